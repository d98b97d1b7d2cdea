"""Contract: trials go from pending to a final result, through numbered attempts and epochs."""

from datetime import timedelta

import numpy as np
import pytest

from results import ConflictError, NotFoundError, TrialState
from results.states import AttemptState
from results.values import After
from results.values.trials import pack_correct
from search_spaces.errors import InputError


def test_a_trial_goes_from_pending_to_finished(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    running = store.trial(attempt.trial_id)
    assert (running.state, running.attempts, running.worker) == (TrialState.RUNNING, 1, "w1")
    assert running.started_at == attempt.started_at
    assert attempt.started_at.utcoffset() == timedelta(0)

    result = examples.result(
        0.75, top5_accuracy=0.9, images_per_second=365.7, peak_memory_bytes=5_000_000_000
    )
    trial = store.finish_trial(lease, attempt.id, result)
    assert trial == store.trial(attempt.trial_id)
    assert (trial.state, trial.accuracy, trial.top5_accuracy) == (TrialState.FINISHED, 0.75, 0.9)
    assert (trial.images, trial.steps, trial.train_seconds) == (1280, 20, 3.5)
    assert trial.peak_memory_bytes == 5_000_000_000
    assert trial.finished_at >= trial.started_at
    (ended,) = store.attempts(lease.sweep_id)
    assert (ended.state, ended.number) == (AttemptState.FINISHED, 1)
    assert ended.finished_at is not None


def test_a_worker_known_only_at_the_end_is_kept_with_trial_and_attempt(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    trial = store.finish_trial(lease, attempt.id, examples.result(0.5), worker="host:42")
    assert trial.worker == "host:42"
    assert [a.worker for a in store.attempts(lease.sweep_id)] == ["host:42"]


@pytest.mark.parametrize("diverged", [False, True])
def test_a_result_is_final(store, scene, examples, diverged):
    lease = scene.claimed()
    attempt = scene.start(lease)
    trial = store.finish_trial(lease, attempt.id, examples.result(0.5, diverged=diverged))
    changes = [
        lambda: store.start_attempt(lease, trial.id),
        lambda: store.finish_trial(lease, attempt.id, examples.result(0.9)),
        lambda: store.fail_attempt(lease, attempt.id, "late", retry=True),
        lambda: store.record_epochs(lease, [examples.epoch(attempt, 1)]),
    ]
    messages = []
    for change in changes:
        with pytest.raises(ConflictError) as caught:
            change()
        messages.append(str(caught.value))
    state = "diverged" if diverged else "finished"
    assert messages[0] == f"trial 1 is {state}: only a pending trial can be started"
    assert set(messages[1:]) == {
        f"attempt 1 of trial 1 is {state}: what has ended is final, only a running attempt reports"
    }
    assert store.retry_failed(lease) == 0
    scene.take_over(lease)
    assert store.trial(trial.id) == trial
    assert store.epochs(lease.sweep_id) == []


def test_a_diverged_trial_keeps_no_nonsense(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    store.record_epochs(
        lease, [examples.epoch(attempt, 1, train_loss=float("inf"), accuracy=float("nan"))]
    )
    result = examples.result(float("nan"), loss=float("inf"), diverged=True)
    trial = store.finish_trial(lease, attempt.id, result)
    assert trial.state is TrialState.DIVERGED
    assert (trial.accuracy, trial.loss) == (None, None)
    assert trial.error == "diverged at step 20"
    (epoch,) = store.epochs(lease.sweep_id)
    assert (epoch.train_loss, epoch.accuracy) == (None, None)


@pytest.mark.parametrize("accuracy", [None, float("nan"), -0.1, 1.5])
def test_a_finished_trial_has_an_accuracy(examples, accuracy):
    with pytest.raises(InputError) as caught:
        examples.result(accuracy)
    assert str(caught.value) == (
        f"accuracy is {accuracy}: a finished trial's accuracy lies between 0 and 1; mark a trial "
        "without one as diverged"
    )


def test_a_failed_attempt_is_retried_then_recorded(store, scene, examples):
    lease = scene.claimed()
    first = scene.start(lease)
    trial = store.fail_attempt(lease, first.id, "worker died", retry=True)
    assert (trial.state, trial.error, trial.finished_at) == (
        TrialState.PENDING,
        "worker died",
        None,
    )
    second = scene.start(lease)
    assert second.number == 2
    assert store.trial(trial.id).error is None
    trial = store.fail_attempt(lease, second.id, "out of memory\n\0 at b\udcff", retry=False)
    assert trial.state is TrialState.FAILED
    assert trial.error == "out of memory\n\\x00 at b\\udcff"
    assert trial.finished_at is not None
    attempts = store.attempts(lease.sweep_id, trial_id=trial.id)
    assert [(one.number, one.state, one.error) for one in attempts] == [
        (1, AttemptState.FAILED, "worker died"),
        (2, AttemptState.FAILED, "out of memory\n\\x00 at b\\udcff"),
    ]
    with pytest.raises(ConflictError, match="trial 1 is failed: only a pending trial can be"):
        scene.start(lease)
    assert store.retry_failed(lease) == 1
    assert scene.start(lease).number == 3


def test_epochs_of_many_trials_are_stored_in_one_write(store, scene, examples):
    lease = scene.claimed()
    one, two = scene.start(lease), scene.start(lease, place=1)
    store.record_epochs(
        lease,
        [
            examples.epoch(one, 1, train_loss=2.3, validation_loss=2.2, top5_accuracy=0.4),
            examples.epoch(two, 1),
        ],
    )
    store.record_epochs(lease, [examples.epoch(one, 2)])
    store.record_epochs(lease, [])
    epochs = store.epochs(lease.sweep_id)
    assert [(epoch.trial, epoch.attempt, epoch.epoch) for epoch in epochs] == [
        (one.trial_id, 1, 1),
        (two.trial_id, 1, 1),
        (one.trial_id, 1, 2),
    ]
    first = epochs[0]
    assert (first.train_loss, first.validation_loss, first.top5_accuracy) == (2.3, 2.2, 0.4)
    assert (first.steps, first.images, first.accuracy) == (10, 640, 0.1)
    assert first.reported_at >= one.started_at
    assert [epoch.epoch for epoch in store.epochs(lease.sweep_id, trial_ids=[one.trial_id])] == [
        1,
        2,
    ]
    assert store.epochs(lease.sweep_id, trial_ids=[]) == []
    assert store.epochs(lease.sweep_id, after=After(value=None, id=epochs[0].id), limit=1) == [
        epochs[1]
    ]
    assert scene.kinds(lease.sweep_id)[-2:] == ["epochs", "epochs"]


def test_an_epoch_is_reported_once_and_a_batch_is_whole(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    store.record_epochs(lease, [examples.epoch(attempt, 1)])
    events = store.events(lease.sweep_id)
    with pytest.raises(ConflictError) as caught:
        store.record_epochs(lease, [examples.epoch(attempt, 2), examples.epoch(attempt, 1)])
    assert str(caught.value) == (
        "already recorded: one of epoch 2 of trial 1, epoch 1 of trial 1; an attempt reports each "
        "epoch once"
    )
    assert [epoch.epoch for epoch in store.epochs(lease.sweep_id)] == [1]
    assert store.events(lease.sweep_id) == events


def test_a_second_attempt_reports_its_own_epochs(store, scene, examples):
    lease = scene.claimed()
    first = scene.start(lease)
    store.record_epochs(lease, [examples.epoch(first, 1)])
    store.fail_attempt(lease, first.id, "killed", retry=True)
    second = scene.start(lease)
    store.record_epochs(lease, [examples.epoch(second, 1)])
    assert [(epoch.attempt, epoch.epoch) for epoch in store.epochs(lease.sweep_id)] == [
        (1, 1),
        (2, 1),
    ]


def test_a_lease_reaches_its_own_sweep_only(store, scene, examples):
    mine, other = scene.claimed(), scene.claimed()
    theirs = scene.start(other)
    with pytest.raises(
        NotFoundError, match=f"sweep {mine.sweep_id} has no trial {theirs.trial_id}"
    ):
        store.start_attempt(mine, theirs.trial_id)
    with pytest.raises(NotFoundError, match=f"sweep {mine.sweep_id} has no attempt {theirs.id}"):
        store.finish_trial(mine, theirs.id, examples.result())
    with pytest.raises(NotFoundError, match=f"sweep {mine.sweep_id} has no attempt {theirs.id}"):
        store.record_epochs(mine, [examples.epoch(theirs, 1)])


def test_per_image_results_read_back_exactly(store, scene, generator):
    lease = scene.claimed()
    expected = {}
    for place, length in enumerate((1, 8, 1797)):
        correct = generator.random(length) < 0.5
        trial = scene.finish(lease, 0.5, place, correct=pack_correct(correct), n_validation=length)
        assert trial.n_validation == length
        expected[trial.id] = correct
    scene.finish(lease, 0.5, place=3)
    stored = store.correct(lease.sweep_id)
    assert stored.keys() == expected.keys()
    for trial_id, correct in expected.items():
        assert stored[trial_id].dtype == np.bool_
        np.testing.assert_array_equal(stored[trial_id], correct)


def test_trials_are_filtered_and_paged(store, scene):
    lease = scene.claimed(candidates=3)
    finished = scene.finish(lease, 0.5, place=2)
    trials = store.trials(lease.sweep_id)
    assert store.trials(lease.sweep_id, states=[TrialState.FINISHED]) == [finished]
    same = store.trials(lease.sweep_id, candidate=finished.candidate)
    assert [trial.seed for trial in same] == [0, 1]
    assert (
        store.trials(lease.sweep_id, after=After(value=None, id=trials[1].id), limit=2)
        == trials[2:4]
    )
    assert store.trials(999) == []
    with pytest.raises(NotFoundError, match="trial 999 does not exist"):
        store.trial(999)


def test_numpy_figures_are_stored_as_numbers(store, scene, examples):
    lease = scene.claimed()
    store.append_event(lease, "note", {"mean": np.float32(0.5), "count": np.int64(3)})
    assert store.events(lease.sweep_id)[-1].data == {"mean": 0.5, "count": 3}
    trial = scene.finish(lease, np.float64(0.25))
    assert trial.accuracy == 0.25
