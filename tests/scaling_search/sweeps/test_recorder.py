"""What becomes of workers' reports when storing or showing them does not go well. No Ray here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from results.errors import LeaseLostError
from results.states import AttemptState, TrialState
from results.values.trials import EpochReport, TrialResult
from scaling_search.sweeps.progress import Snapshot, Tracker
from scaling_search.sweeps.recorder import Recorder
from scaling_search.sweeps.signals import Watch

WORKER = "here:1"


def report(epoch: int) -> EpochReport:
    return EpochReport(
        epoch=epoch,
        steps=2 * epoch,
        images=32 * epoch,
        train_loss=1.5,
        validation_loss=1.25,
        accuracy=0.5,
        top5_accuracy=None,
        learning_rate=0.1,
        images_per_second=100.0,
        peak_memory_bytes=1000,
        diverged=False,
    )


def result(correct: list[bool], *, diverged: bool = False) -> TrialResult:
    return TrialResult(
        accuracy=float(np.mean(correct)),
        top5_accuracy=None,
        loss=None if diverged else 1.25,
        correct=np.packbits(correct).tobytes(),
        n_validation=len(correct),
        steps=4,
        images=64,
        diverged=diverged,
        train_seconds=1.0,
        seconds=2.0,
        images_per_second=64.0,
        peak_memory_bytes=1000,
    )


class Recording:
    """A recorder of a claimed sweep."""

    def __init__(self, scene: Any, observe: Callable[[Snapshot], None]) -> None:
        self.scene, self.watch = scene, Watch()
        self.lease = scene.store.claim(1, "here:1:1", ttl_seconds=60)
        tracker = Tracker(scene.store.candidates(1), scene.trials, 2)
        self.recorder = Recorder(scene.store, self.lease, tracker, self.watch, observe)

    def trial(self, number: int = 0) -> Any:
        return self.scene.trials[number]


@pytest.fixture
def recording(make_scene: Any) -> Callable[..., Recording]:
    def make(observe: Callable[[Snapshot], None] = lambda snapshot: None) -> Recording:
        return Recording(make_scene(candidates=2, seeds=(0,)), observe)

    return make


def test_a_result_is_stored_image_by_image(recording: Callable[..., Recording]) -> None:
    made = recording()
    correct = [True, False, True, True, False, True, True, True, True]
    number = made.trial().id
    made.recorder.started(number)
    made.recorder.reported(number, report(1), WORKER)
    made.recorder.finished(number, result(correct), WORKER)
    stored = made.trial()
    assert stored.state is TrialState.FINISHED
    assert stored.accuracy == pytest.approx(7 / 9)
    assert made.scene.store.correct(1)[number].tolist() == correct
    [epoch] = made.scene.store.epochs(1)
    assert (epoch.accuracy, epoch.validation_loss, epoch.train_loss) == (0.5, 1.25, 1.5)
    assert not made.watch.should_stop()


def test_a_diverged_trial_has_where_it_diverged(recording: Callable[..., Recording]) -> None:
    made = recording()
    made.recorder.started(made.trial().id)
    made.recorder.finished(made.trial().id, result([False, True], diverged=True), WORKER)
    stored = made.trial()
    assert (stored.state, stored.error) == (TrialState.DIVERGED, "diverged at step 4")


def test_a_failed_attempt_is_followed_by_the_next(recording: Callable[..., Recording]) -> None:
    made = recording()
    number = made.trial().id
    made.recorder.started(number)
    made.recorder.failed(number, "OSError: gone", final=False)
    assert made.trial().state is TrialState.PENDING
    made.recorder.started(number)
    made.recorder.failed(number, "OSError: gone again", final=True)
    assert (made.trial().state, made.trial().error) == (TrialState.FAILED, "OSError: gone again")
    assert [
        (attempt.number, attempt.state, attempt.error)
        for attempt in made.scene.store.attempts(1, trial_id=number)
    ] == [
        (1, AttemptState.FAILED, "OSError: gone"),
        (2, AttemptState.FAILED, "OSError: gone again"),
    ]


def test_a_worker_that_died_before_it_began_cost_an_attempt_too(
    recording: Callable[..., Recording],
) -> None:
    made = recording()
    number = made.trial().id
    made.recorder.failed(number, "the worker died", final=False)
    made.recorder.failed(number, "the worker died", final=True)
    assert made.watch.problem is None
    assert made.trial().state is TrialState.FAILED
    attempts = made.scene.store.attempts(1, trial_id=number)
    assert [(attempt.number, attempt.error) for attempt in attempts] == [
        (1, "the worker died"),
        (2, "the worker died"),
    ]


def test_a_keyboard_interrupt_out_of_the_display_is_a_wish_to_stop(
    recording: Callable[..., Recording],
) -> None:
    def observe(snapshot: Snapshot) -> None:
        raise KeyboardInterrupt

    made = recording(observe)
    made.recorder.started(made.trial().id)
    assert made.watch.interrupted
    assert made.recorder.should_stop()
    assert made.trial().state is TrialState.RUNNING


def test_a_display_that_fails_ends_the_run_with_its_own_error(
    recording: Callable[..., Recording],
) -> None:
    broken = BrokenPipeError("the terminal is gone")

    def observe(snapshot: Snapshot) -> None:
        raise broken

    made = recording(observe)
    made.recorder.started(made.trial().id)
    assert made.watch.problem is broken
    assert made.recorder.should_stop()


def test_after_a_problem_nothing_more_is_written(
    recording: Callable[..., Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Snapshot] = []
    made = recording(told.append)
    first, second = made.trial(0).id, made.trial(1).id
    made.recorder.started(first)
    with monkeypatch.context() as patched:
        patched.setattr("results.store.fencing.is_dead", lambda owner: True)
        made.scene.store.claim(1, "there:2:2", ttl_seconds=60)
    made.recorder.reported(first, report(1), WORKER)
    assert isinstance(made.watch.problem, LeaseLostError)
    problem, events, seen = made.watch.problem, made.scene.kinds(), len(told)
    made.recorder.started(second)
    made.recorder.finished(first, result([True]), WORKER)
    assert made.watch.problem is problem
    assert made.scene.kinds() == events
    assert len(told) == seen
    assert made.trial(0).state is TrialState.PENDING
