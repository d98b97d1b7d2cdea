"""Transfers over HTTP are those of the store."""

import dataclasses

import pytest

from results.errors import NotFoundError

from ...results.test_transfers import NEW, run


def test_transfers_are_as_in_the_store(client, store):
    begun, done = store.create_transfer(NEW), store.create_transfer(NEW)
    store.add_transfer_run(done, run())
    report = {"complete": True, "runs": 1, "of": 1, "cells": [{"method": "full"}]}
    store.set_transfer_report(done, report, finished=True)
    assert client.transfers() == store.transfers()
    assert client.transfers(limit=1) == [store.transfer(done)]
    assert client.transfer(begun) == store.transfer(begun)
    untold = [dataclasses.replace(one, correct=None) for one in store.transfer_runs(done)]
    assert client.transfer_runs(done) == untold
    with pytest.raises(NotFoundError, match="transfer 99 does not exist"):
        client.transfer(99)
