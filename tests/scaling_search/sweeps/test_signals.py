"""Reasons to stop: signals, a wish to cancel, a lease that is gone."""

from __future__ import annotations

import dataclasses
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from results.errors import DatabaseUnavailableError, LeaseLostError
from results.values import Lease
from scaling_search.sweeps import lease as leases
from scaling_search.sweeps.lease import held
from scaling_search.sweeps.signals import Watch


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_wish_to_stop_and_the_next_one_does_what_it_did(number: int) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    watch = Watch()
    with watch.catching_signals():
        assert not watch.should_stop()
        signal.raise_signal(number)
        assert watch.interrupted
        assert watch.should_stop()
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_signals_are_the_processs_own_again_after_a_quiet_run() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Watch().catching_signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[Any] = []

    def run() -> None:
        with Watch().catching_signals():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]


class Record:
    """A store of which a driver only looks at its sweep and renews its lease."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.renewed = 0

    def _answer(self, lease: Any) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return dataclasses.replace(lease, cancel_requested=answer)

    def sweep(self, sweep_id: int) -> Any:
        return self._answer(LEASE)

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Any:
        self.renewed += 1
        return self._answer(lease)


LEASE = Lease(sweep_id=1, owner="o", epoch=1, expires_at=None, cancel_requested=False)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_LOOK_SECONDS", 0.01)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_wish_to_cancel_is_seen() -> None:
    watch = Watch()
    with held(Record(False, False, True, False), LEASE, watch):  # type: ignore[arg-type]
        wait_for(watch.should_stop)
    assert watch.cancelled
    assert watch.problem is None


def test_the_lease_is_renewed_as_long_as_the_block_runs() -> None:
    record, watch = Record(False), Watch()
    with held(record, LEASE, watch):  # type: ignore[arg-type]
        wait_for(lambda: record.renewed >= 3)
    after = record.renewed
    time.sleep(0.5)
    assert record.renewed == after
    assert not watch.should_stop()


def test_a_lost_lease_is_a_problem() -> None:
    lost, watch = LeaseLostError("gone"), Watch()
    with held(Record(False, lost), LEASE, watch):  # type: ignore[arg-type]
        wait_for(watch.should_stop)
    assert watch.problem is lost


def test_a_database_that_is_away_for_a_moment_is_none() -> None:
    away, watch = DatabaseUnavailableError("locked"), Watch()
    with held(Record(False, away, away, True), LEASE, watch):  # type: ignore[arg-type]
        wait_for(watch.should_stop)
    assert watch.problem is None
    assert watch.cancelled
