"""Trials through Ray Tune, on the Ray that all tests share."""

from __future__ import annotations

import dataclasses
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from scaling_search.training import Training
from scaling_search.tune.trials import TrialTask
from search_spaces.baselines import AllowedReferences
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

FOREVER = ProxySpec(steps=1000, batch_size=16, reports=1000, norm_images=0)


@pytest.fixture(scope="module")
def tasks(bench: Any) -> list[TrialTask]:
    """Not in the order of their weights; the last one is the third to be trained."""
    weights = {0: 3.0, 1: 4.0, 2: 1.0, 3: 2.0}
    return [bench.task(number, seed=number, weight=weight) for number, weight in weights.items()]


@pytest.fixture(scope="module")
def heard(bench: Any, tasks: list[TrialTask]) -> Any:
    """What one worker told of four trials."""
    return bench.run(tasks)


def test_the_longest_trial_starts_first(heard: Any) -> None:
    assert heard.of("started") == [1, 0, 3, 2]
    assert heard.of("finished") == [1, 0, 3, 2]


def test_each_epoch_is_reported_as_it_comes_and_then_the_result(heard: Any) -> None:
    kinds = ["started", "reported", "reported", "finished"]
    assert heard.events == [(kind, trial) for trial in (1, 0, 3, 2) for kind in kinds]
    assert [report.epoch for report in heard.reports[3]] == [1, 2]
    assert [report.steps for report in heard.reports[3]] == [2, 4]
    assert heard.results[3].accuracy == heard.reports[3][-1].accuracy
    assert heard.results[3].n_validation == 287


def test_a_worker_trains_one_trial_after_another(heard: Any) -> None:
    assert len(set(heard.workers.values())) == 1


def test_a_reused_workers_third_trial_equals_a_fresh_ones(
    bench: Any, tasks: list[TrialTask], heard: Any
) -> None:
    fresh = bench.run(tasks[3:])
    assert fresh.workers[3] != heard.workers[3]

    def told(by: Any) -> list[Any]:
        reports = [dataclasses.asdict(report) for report in by.reports[3]]
        result = dataclasses.asdict(by.results[3])
        for values in [*reports, result]:
            for speed in ("images_per_second", "peak_memory_bytes", "train_seconds", "seconds"):
                values.pop(speed, None)
        return [*reports, result]

    assert told(heard) == told(fresh)

    alone = Training(NetworkSpec.from_dict(tasks[3].spec), bench.proxy, bench.data, seed=3)
    reports = list(alone.epochs())
    assert alone.result is not None
    assert alone.result.correct == heard.results[3].correct
    assert reports[-1].validation_loss == heard.results[3].loss
    assert reports[-1].train_loss == heard.reports[3][-1].train_loss


def test_the_seed_is_the_trials(heard: Any) -> None:
    """Trials 0 and 3 are the same network."""
    assert heard.results[0].loss != heard.results[3].loss


def test_a_trial_that_raises_is_tried_as_often_as_asked_while_others_finish(bench: Any) -> None:
    bad = bench.task(1, weight=9, baseline="efficientnet_b1x")
    heard = bench.run([bench.task(0), bad, bench.task(2)], attempts=2)
    assert [kind for kind, trial in heard.events if trial == 1] == [
        "started",
        "failed",
        "started",
        "failed for good",
    ]
    assert sorted(heard.results) == [0, 2]
    assert len(set(heard.errors[1])) == 1
    error = heard.errors[1][0]
    assert "\n" not in error
    assert error.startswith("InputError: ")
    assert "efficientnet_b1x" in error


def test_a_trial_that_raised_once_is_trained_in_another_process(bench: Any, tmp_path: Path) -> None:
    """The images come back, as those of a network drive would, before the second attempt."""
    away = tmp_path / "away"
    data = dataclasses.replace(bench.data, path=str(away))

    def on(kind: str, trial: int, about: str) -> None:
        if kind == "failed":
            away.symlink_to(bench.data.path)

    heard = bench.run([bench.task(0)], bench.heard(on=on), data=data)
    assert [kind for kind, _ in heard.events] == [
        "started",
        "failed",
        "started",
        "reported",
        "reported",
        "finished",
    ]
    assert str(away) in heard.errors[0][0]


def test_a_killed_worker_costs_an_attempt_not_the_trial(bench: Any) -> None:
    killed: list[str] = []

    def on(kind: str, trial: int, about: str) -> None:
        if kind == "reported" and trial == 0 and not killed:
            killed.append(about)
            os.kill(int(about.rpartition(":")[2]), signal.SIGKILL)

    long = ProxySpec(steps=8, batch_size=16, reports=4, norm_images=0)
    heard = bench.run([bench.task(0, weight=2), bench.task(1)], bench.heard(on=on), proxy=long)
    assert heard.errors == {
        0: ["the worker died: it was killed, ran out of memory, or its node is gone"]
    }
    assert sorted(heard.results) == [0, 1]
    assert heard.workers[0] != killed[0]
    epochs = [report.epoch for report in heard.reports[0]]
    assert epochs == [*range(1, len(epochs) - 3), 1, 2, 3, 4]


def test_a_worker_that_cannot_begin_fails_its_trial_with_the_reason(bench: Any) -> None:
    refused = AllowedReferences(names=("no reference",))
    heard = bench.run([bench.task(0)], references=refused, attempts=2)
    assert heard.events == [("failed", 0), ("failed for good", 0)]
    for error in heard.errors[0]:
        assert "InputError: baseline 'no reference' is neither a name nor a reference" in error
        assert "\n" not in error


@pytest.mark.parametrize(("workers", "cpus_per_trial", "expected"), [(2, 1, 2), (2, 2, 1)])
def test_as_many_trials_run_at_once_as_workers_and_cpus_allow_until_told_to_stop(
    bench: Any, workers: int, cpus_per_trial: int, expected: int
) -> None:
    """Trials without an end, so that the second one is sure to begin in time if it may."""
    running: set[int] = set()
    reports: list[int] = []
    most = 0

    def on(kind: str, trial: int, about: str) -> None:
        nonlocal most
        if kind == "started":
            running.add(trial)
        if kind == "reported":
            reports.append(trial)
        most = max(most, len(running))

    def stop() -> bool:
        return len(set(reports)) == expected and len(reports) > 20

    heard = bench.run(
        [bench.task(number) for number in range(3)],
        bench.heard(on=on, stop=stop),
        proxy=FOREVER,
        workers=workers,
        cpus_per_trial=cpus_per_trial,
    )
    assert most == expected
    assert not heard.results  # stopped before, and nothing is wrong with what was stopped
    assert not heard.errors


def test_a_trial_that_no_node_has_room_for_is_refused(bench: Any) -> None:
    with pytest.raises(InputError) as caught:
        bench.run([bench.task(0)], cpus_per_trial=3)
    assert str(caught.value) == (
        "a trial asks for 3 CPUs and 0 GPUs, and no node of the Ray cluster has that much "
        "(nodes: 2 CPUs and 0 GPUs): lower cpus_per_trial or gpus_per_trial"
    )
