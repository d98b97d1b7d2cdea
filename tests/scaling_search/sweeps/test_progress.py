"""How far a sweep is: the arithmetic behind the progress display."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from results.states import TrialState
from results.values import Candidate, Trial
from results.values.trials import EpochReport
from scaling_search.sweeps import progress
from scaling_search.sweeps.progress import Tracker
from search_spaces.specs.sweep import FRESH


def candidate(number: int, flops: int, *, eligible: bool = True) -> Candidate:
    return Candidate(
        id=number,
        index=number,
        roles=("search",),
        spec={},
        spec_key=str(number),
        coefficients=((1.0, 1.0, 1.0),),
        representative=(1.0, 1.0, 1.0),
        flops=flops,
        params=1,
        activations=1,
        nominal_ratio=1.0,
        measured_ratio=1.0,
        eligible=eligible,
        finished=0,
        diverged=0,
        stopped=0,
        failed=0,
        accuracy_mean=None,
        accuracy_std=None,
    )


def trial(number: int, of: int, state: str = "pending", accuracy: float | None = None) -> Trial:
    nothing = {field.name: None for field in dataclasses.fields(Trial)}
    known: dict[str, Any] = {
        "id": number,
        "candidate_id": of,
        "seed": number,
        "state": TrialState(state),
        "attempts": 0,
        "accuracy": accuracy,
    }
    return Trial(**(nothing | known))


def report(epoch: int, speed: float = 100.0) -> EpochReport:
    return EpochReport(
        epoch=epoch,
        steps=epoch,
        images=epoch,
        train_loss=1.0,
        validation_loss=1.0,
        accuracy=0.5,
        top5_accuracy=None,
        learning_rate=0.1,
        images_per_second=speed,
        peak_memory_bytes=1,
        diverged=False,
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time; tests move it."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def tracker(clock: list[float]) -> Tracker:
    """A cheap candidate with trials 1 and 2, one of three times the cost with 3 and 4."""
    candidates = [candidate(1, 100), candidate(2, 300)]
    return Tracker(candidates, [trial(1, 1), trial(2, 1), trial(3, 2), trial(4, 2)], reports=4)


def test_trials_count_by_their_cost(tracker: Tracker) -> None:
    assert tracker.weight(1) == 100
    assert tracker.weight(3) == 300
    tracker.started(3)
    tracker.ended(3, TrialState.FINISHED, 0.5)
    assert tracker.snapshot().fraction == pytest.approx(300 / 800)
    assert tracker.snapshot().trials.done == 1
    assert tracker.snapshot().trials.total == 4


def test_epochs_of_running_trials_count_in_part(tracker: Tracker) -> None:
    tracker.started(3)
    tracker.reported(3, report(1))
    tracker.started(1)
    tracker.reported(1, report(2))
    found = tracker.snapshot()
    assert found.fraction == pytest.approx((300 / 4 + 100 / 2) / 800)
    assert (found.trials.running, found.trials.done) == (2, 0)


def test_an_attempt_that_came_to_nothing_counts_for_nothing(tracker: Tracker) -> None:
    tracker.started(3)
    tracker.reported(3, report(3))
    tracker.dropped(3)
    found = tracker.snapshot()
    assert (found.fraction, found.trials.running, found.images_per_second) == (0, 0, 0)
    tracker.started(3)
    assert tracker.snapshot().fraction == 0


def test_the_end_is_extrapolated_from_the_pace_so_far(tracker: Tracker, clock: list[float]) -> None:
    assert tracker.snapshot().eta_seconds is None
    tracker.started(3)
    clock[0] += 30
    assert tracker.snapshot().eta_seconds is None
    tracker.ended(3, TrialState.FINISHED, 0.5)
    assert tracker.snapshot().eta_seconds == pytest.approx(30 * 500 / 300)


def test_a_resumed_sweep_reckons_with_this_runs_pace_alone(clock: list[float]) -> None:
    candidates = [candidate(1, 100)]
    trials = [trial(1, 1, "finished", 0.4), trial(2, 1, "diverged"), trial(3, 1), trial(4, 1)]
    tracker = Tracker(candidates, trials, reports=4)
    found = tracker.snapshot()
    assert (str(found.trials), found.fraction) == ("2 of 4 trials done, 1 diverged", 0.5)
    assert found.eta_seconds is None
    tracker.started(3)
    clock[0] += 10
    tracker.ended(3, TrialState.FINISHED, 0.5)
    assert tracker.snapshot().eta_seconds == pytest.approx(10)


def test_the_leader_has_the_best_mean_of_those_that_may_win(clock: list[float]) -> None:
    candidates = [candidate(1, 1), candidate(2, 1), candidate(3, 1, eligible=False)]
    trials = [trial(n, 1 + n % 3) for n in range(9)]
    tracker = Tracker(candidates, trials, reports=1)
    assert tracker.snapshot().leader is None
    for number, accuracy in ((0, 0.5), (3, 0.7), (1, 0.65), (2, 0.99)):
        tracker.started(number)
        tracker.ended(number, TrialState.FINISHED, accuracy)
    found = tracker.snapshot()
    assert found.leader is candidates[1]
    assert found.leader_accuracy == pytest.approx(0.65)
    assert found.leader_trials == 1
    tracker.ended(6, TrialState.FINISHED, 0.9)
    found = tracker.snapshot()
    assert found.leader is candidates[0]
    assert found.leader_accuracy == pytest.approx(0.7)
    assert found.leader_trials == 3


def test_a_diverged_trial_is_done_and_a_failed_one_is_not(tracker: Tracker) -> None:
    tracker.started(1)
    tracker.ended(1, TrialState.DIVERGED)
    tracker.started(3)
    tracker.ended(3, TrialState.FAILED)
    found = tracker.snapshot()
    assert str(found.trials) == "1 of 4 trials done, 1 failed, 1 diverged"
    assert (found.trials.ended, found.leader) == (2, None)
    assert found.fraction == 100 / 800


def test_nobody_waits_for_failed_trials(tracker: Tracker, clock: list[float]) -> None:
    tracker.started(3)
    tracker.ended(3, TrialState.FAILED)
    clock[0] += 30
    tracker.started(4)
    tracker.ended(4, TrialState.FINISHED, 0.5)
    assert tracker.snapshot().eta_seconds == pytest.approx(30 * 200 / 300)


def test_what_is_tried_again_is_no_longer_failed(tracker: Tracker) -> None:
    tracker.started(1)
    tracker.ended(1, TrialState.FAILED)
    tracker.add([trial(1, 1)])
    assert str(tracker.snapshot().trials) == "0 of 4 trials done"


def test_speeds_of_running_trials_add_up(tracker: Tracker) -> None:
    for number, speed in ((1, 100.0), (3, 40.0)):
        tracker.started(number)
        tracker.reported(number, report(1, speed))
    assert tracker.snapshot().images_per_second == 140
    tracker.ended(1, TrialState.FINISHED, 0.5)
    assert tracker.snapshot().images_per_second == 40


def test_confirmation_has_no_part_in_who_leads() -> None:
    fresh = dataclasses.replace(trial(3, of=1, state="finished", accuracy=0.1), seed=FRESH)
    trials = [trial(1, of=1, state="finished", accuracy=0.6), trial(2, of=2), fresh]
    tracker = Tracker([candidate(1, 10), candidate(2, 10)], trials, 1)
    tracker.ended(2, TrialState.FINISHED, 0.5)
    more = dataclasses.replace(trial(4, of=2), seed=FRESH + 1)
    tracker.add([more])
    tracker.ended(4, TrialState.FINISHED, 0.9)
    now = tracker.snapshot()
    assert now.leader is not None
    assert (now.leader.index, now.leader_accuracy, now.leader_trials) == (1, 0.6, 1)
    assert str(now.trials) == "4 of 4 trials done"


def test_a_stopped_trial_is_over_and_not_lost() -> None:
    tracker = Tracker([candidate(1, 10)], [trial(1, of=1), trial(2, of=1)], 4)
    tracker.started(1)
    tracker.ended(1, TrialState.STOPPED)
    tracker.decided("others were better")
    now = tracker.snapshot()
    assert (now.trials.done, now.trials.running) == (1, 0)
    assert str(now.trials) == "1 of 2 trials done, 1 stopped early"
    assert now.decision == "others were better"
