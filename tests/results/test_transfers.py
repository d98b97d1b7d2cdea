"""Transfers and their runs in the record."""

import pytest

from results.checkpoint_files import checkpoint_path
from results.errors import NotFoundError
from results.values import NewTransfer, NewTransferRun

NEW = NewTransfer(
    name="photos",
    spec={"seeds": [0]},
    weights=({"name": "b0"},),
    datasets=({"name": "photos"},),
    versions={"torch": "2.13.0"},
    hardware={"cores": 2},
)


def run(**changes):
    fields = {
        "weights": "b0", "dataset": "photos", "method": "full", "seed": 0, "learning_rate": 0.004,
        "role": "result", "spec_key": "k", "resolution_px": 32, "params": 10, "flops": 20,
        "trained_params": 10, "accuracy": 0.75, "validation_accuracy": 0.5, "correct": b"\xe0",
        "n_images": 4, "steps": 2, "images": 64, "train_seconds": 0.5, "seconds": 1.0,
        "diverged": False, "curve": ((32, 2.5, 0.25), (64, None, 0.5)),
    }  # fmt: skip
    return NewTransferRun(**(fields | changes))


def test_what_is_stored_is_read(store):
    first, second = store.create_transfer(NEW), store.create_transfer(NEW)
    assert [row.id for row in store.transfers()] == [second, first]
    assert [row.id for row in store.transfers(limit=1)] == [second]
    row = store.transfer(first)
    assert (row.weights, row.cells, row.runs_of, row.finished_at) == (NEW.weights, (), None, None)
    store.add_transfer_run(first, run())
    store.add_transfer_run(first, run(role="rate", accuracy=None, correct=None))
    store.add_transfer_run(first, run(accuracy=float("nan"), seed=1, diverged=True))
    found = store.transfer_runs(first)
    assert [one.accuracy for one in found] == [0.75, None, None]
    assert (found[0].curve, found[0].correct) == (((32, 2.5, 0.25), (64, None, 0.5)), b"\xe0")
    assert store.transfer_runs(second) == []


def test_a_run_is_stored_once(store):
    number = store.create_transfer(NEW)
    store.add_transfer_run(number, run())
    store.add_transfer_run(number, run(accuracy=0.1))
    assert [one.accuracy for one in store.transfer_runs(number)] == [0.75]


def test_a_report_takes_the_place_of_the_last(store):
    number = store.create_transfer(NEW)
    store.set_transfer_report(number, {"cells": []}, finished=False)
    assert store.transfer(number).finished_at is None
    report = {"cells": [{"method": "full"}], "runs": 2, "of": 3, "complete": False}
    store.set_transfer_report(number, report, finished=True)
    ended = store.transfer(number)
    assert ended.cells == ({"method": "full"},)
    assert (ended.runs_done, ended.runs_of, ended.complete) == (2, 3, False)
    store.set_transfer_report(number, report, finished=True)
    assert store.transfer(number).finished_at == ended.finished_at
    for missing in (store.transfer, store.transfer_runs):
        with pytest.raises(NotFoundError, match="transfer 99 does not exist"):
            missing(99)
    with pytest.raises(NotFoundError):
        store.set_transfer_report(99, {}, finished=True)


def test_only_the_latest_file_of_a_cell_stays(store, tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setenv("SCALING_SEARCH_CHECKPOINT_DIR", str(folder))
    number = store.create_transfer(NEW)

    def kept(name, **changes):
        checkpoint_path(name).write_bytes(b"weights")
        new = run(checkpoint=name, sha256="ab", size_bytes=7, **changes)
        store.add_transfer_run(number, new, only_checkpoint=True)

    kept("first", seed=0)
    kept("elsewhere", dataset="flowers")
    kept("second", seed=1)
    kept("again", seed=1)  # the same run by another process
    names = [one.checkpoint for one in store.transfer_runs(number)]
    assert names == [None, "elsewhere", "second"]
    assert sorted(path.name for path in folder.iterdir()) == ["elsewhere", "second"]
