"""Contract: one driver a sweep; a driver that lost its lease cannot write; legal states only."""

import re
import time
from datetime import timedelta

import pytest

from results import (
    ConflictError,
    LeaseHeldError,
    LeaseLostError,
    NotFoundError,
    SweepState,
    TrialState,
)
from results.states import ENDED, SWEEP_TRANSITIONS, AttemptState
from results.values import Outcome
from search_spaces.errors import InputError


def test_a_claim_makes_a_sweep_running(store, scene):
    lease = scene.claimed()
    sweep = store.sweep(lease.sweep_id)
    assert (sweep.state, sweep.lease_owner, sweep.lease_epoch) == ("running", "here:100:1.0", 1)
    assert sweep.lease_expires_at == lease.expires_at
    assert timedelta(0) <= lease.expires_at - sweep.started_at <= timedelta(seconds=61)


def test_a_live_lease_is_respected(store, scene):
    lease = scene.claimed()
    with pytest.raises(LeaseHeldError) as caught:
        store.claim(lease.sweep_id, "there:2:2.0", ttl_seconds=60)
    assert re.fullmatch(
        r"sweep 1 is driven by here:100:1\.0, whose lease runs until \d\d:\d\d:\d\d UTC unless "
        r"renewed: wait for it, or stop it with `scaling-search cancel 1`",
        str(caught.value),
    )
    assert store.sweep(lease.sweep_id).lease_epoch == 1


def test_a_lapsed_lease_writes_until_someone_takes_over(store, scene):
    lease = scene.claimed(ttl_seconds=0.001)
    attempt = scene.start(lease)
    second = scene.claim(lease.sweep_id, owner="there:2:2.0")
    assert second.epoch == 2
    with pytest.raises(LeaseLostError) as caught:
        store.fail_attempt(lease, attempt.id, "too late", retry=False)
    assert str(caught.value) == (
        "sweep 1 is driven by there:2:2.0 (claim 2); here:100:1.0 held claim 1 and can no longer "
        "write: it must stop"
    )


def test_a_lapsed_sweep_is_interrupted_in_lists_filters_and_counts(store, scene):
    lapsed, driven = scene.claimed(ttl_seconds=0.001), scene.claimed()
    for lease in (lapsed, driven):
        scene.start(lease)
    assert store.sweep_states() == {
        lapsed.sweep_id: SweepState.INTERRUPTED,
        driven.sweep_id: SweepState.RUNNING,
    }
    assert store.running_trials() == 1
    for state, there in ((SweepState.INTERRUPTED, lapsed), (SweepState.RUNNING, driven)):
        assert [row.id for row in store.sweeps(states=[state])] == [there.sweep_id]


def test_a_dead_owner_is_replaced_at_once(store, scene, dead):
    lease = scene.claimed(ttl_seconds=3600)
    dead.add(lease.owner)
    store.claim(lease.sweep_id, "there:2:2.0", ttl_seconds=60)
    assert store.sweep(lease.sweep_id).lease_owner == "there:2:2.0"


def test_a_sweep_of_a_dead_owner_is_interrupted_while_its_lease_runs(store, scene, dead):
    gone, driven = scene.claimed(ttl_seconds=3600), scene.claimed()
    for lease in (gone, driven):
        scene.start(lease)
    dead.add(gone.owner)
    driven = scene.claim(scene.sweep(), owner="there:2:2.0")
    found = store.sweep(gone.sweep_id)
    assert (found.state, found.driven, found.abandoned) == (SweepState.INTERRUPTED, False, True)
    assert store.sweep_state(gone.sweep_id) is SweepState.INTERRUPTED
    assert [row.id for row in store.sweeps(states=[SweepState.RUNNING])] == [driven.sweep_id]
    assert store.running_trials() == 0


def test_a_takeover_makes_running_trials_pending(store, scene, examples):
    lease = scene.claimed()
    finished = scene.finish(lease, 0.5)
    running = scene.start(lease, place=1)
    store.record_epochs(lease, [examples.epoch(running, 1)])
    second = scene.take_over(lease)

    trials = store.trials(lease.sweep_id)
    assert trials[0] == finished
    assert (trials[1].state, trials[1].attempts) == (TrialState.PENDING, 1)
    (interrupted,) = store.attempts(lease.sweep_id, trial_id=running.trial_id)
    assert interrupted.state is AttemptState.INTERRUPTED
    assert interrupted.finished_at is not None
    assert [epoch.epoch for epoch in store.epochs(lease.sweep_id)] == [1]
    assert scene.start(second, place=1).number == 2
    assert store.events(lease.sweep_id)[-2].data == {
        "owner": "there:200:2.0",
        "epoch": 2,
        "before": "running",
        "interrupted_trials": 1,
    }


def test_every_write_of_a_driver_is_fenced(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    scene.take_over(lease)
    before = _everything(store, lease.sweep_id)
    trial = store.trials(lease.sweep_id)[1]
    candidate = store.candidates(lease.sweep_id)[0]
    writes = [
        lambda: store.renew(lease, ttl_seconds=60),
        lambda: store.set_state(lease, SweepState.FINISHED),
        lambda: store.start_attempt(lease, trial.id),
        lambda: store.record_epochs(lease, [examples.epoch(attempt, 1)]),
        lambda: store.finish_trial(lease, attempt.id, examples.result()),
        lambda: store.fail_attempt(lease, attempt.id, "x", retry=True),
        lambda: store.retry_failed(lease),
        lambda: store.append_event(lease, "note", {}),
        lambda: store.set_outcome(
            lease, Outcome(verdict=None), coefficients=examples.coefficients(candidate.id)
        ),
    ]
    for write in writes:
        with pytest.raises(LeaseLostError):
            write()
    store.release(lease)
    assert _everything(store, lease.sweep_id) == before


def _everything(store, sweep_id):
    return (
        store.sweep(sweep_id),
        store.trials(sweep_id),
        store.attempts(sweep_id),
        store.epochs(sweep_id),
        store.events(sweep_id),
        store.coefficients(),
    )


def test_renewing_moves_the_end(store, scene):
    lease = scene.claimed(ttl_seconds=1)
    renewed = store.renew(lease, ttl_seconds=100)
    assert renewed.expires_at - lease.expires_at > timedelta(seconds=90)
    assert store.sweep(lease.sweep_id).lease_expires_at == renewed.expires_at
    assert renewed.epoch == lease.epoch


def test_what_is_read_says_whether_the_lease_runs(store, scene):
    lease = scene.claimed()

    def told():
        stored = store.sweep(lease.sweep_id)
        (row,) = store.sweeps()
        assert (row.driven, row.state) == (stored.driven, stored.state)
        return stored.driven

    assert told() is True
    store.renew(lease, ttl_seconds=0.001)
    time.sleep(0.01)
    assert told() is False
    store.set_state(store.renew(lease, ttl_seconds=60), SweepState.FINISHED)
    assert told() is False
    store.release(lease)
    assert told() is False


@pytest.mark.parametrize("ttl_seconds", [0, -1, float("nan")])
def test_a_lease_lasts(store, scene, ttl_seconds):
    sweep_id = scene.sweep()
    with pytest.raises(InputError) as caught:
        store.claim(sweep_id, "me", ttl_seconds=ttl_seconds)
    assert str(caught.value) == (
        f"ttl_seconds is {ttl_seconds:g}: a lease must last longer than 0 seconds; "
        "use for example 30"
    )


def test_a_released_sweep_is_free(store, scene):
    lease = scene.claimed(ttl_seconds=3600)
    store.release(lease)
    store.release(lease)
    assert store.sweep(lease.sweep_id).lease_owner is None
    with pytest.raises(LeaseLostError, match="sweep 1 is driven by nobody"):
        store.append_event(lease, "note", {})
    assert scene.claim(lease.sweep_id, owner="there:2:2.0").epoch == 2
    assert scene.kinds(lease.sweep_id) == ["created", "claimed", "released", "claimed"]


CLAIM = """
import sys
from results import ConflictError, Store
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print(store.claim(int(sys.argv[2]), sys.argv[3], ttl_seconds=60).owner)
    except ConflictError as error:
        print(type(error).__name__)
"""


def test_of_many_processes_exactly_one_claims(store, scene, url, python):
    sweep_id = scene.sweep()
    processes = [python(CLAIM, url, str(sweep_id), f"host:{number}:0") for number in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0].strip() for process in processes]
    winners = [answer for answer in answers if answer.startswith("host:")]
    assert len(winners) == 1, answers
    assert answers.count("LeaseHeldError") == 3
    assert store.sweep(sweep_id).lease_owner == winners[0]


def _bring_to(store, scene, state):
    """A sweep in `state`, and a lease on it unless it is queued."""
    sweep_id = scene.sweep()
    if state is SweepState.QUEUED:
        return sweep_id, None
    lease = scene.claim(sweep_id)
    if state is not SweepState.RUNNING:
        store.set_state(lease, state)
    return sweep_id, lease


@pytest.mark.parametrize(
    "before", [state for state in SweepState if state is not SweepState.QUEUED]
)
@pytest.mark.parametrize("after", list(SweepState))
def test_only_legal_states_follow(store, scene, before, after):
    sweep_id, lease = _bring_to(store, scene, before)
    if after in SWEEP_TRANSITIONS[before]:
        store.set_state(lease, after, error="why")
        sweep = store.sweep(sweep_id)
        assert (sweep.state, sweep.error) == (after, "why")
        assert (sweep.finished_at is not None) == (after in ENDED)
    else:
        with pytest.raises(ConflictError, match=f"sweep 1 is {before} and cannot become {after}: "):
            store.set_state(lease, after)
        assert store.sweep(sweep_id).state is before


def test_an_illegal_state_says_what_is_legal(store, scene):
    _, lease = _bring_to(store, scene, SweepState.FAILED)
    with pytest.raises(ConflictError) as caught:
        store.set_state(lease, SweepState.FINISHED)
    assert str(caught.value) == (
        "sweep 1 is failed and cannot become finished: only queued, running may follow failed"
    )


RESUMABLE = [
    SweepState.INTERRUPTED,
    SweepState.INCOMPLETE,
    SweepState.FAILED,
    SweepState.CANCELLED,
]


@pytest.mark.parametrize("state", RESUMABLE)
def test_an_ended_sweep_can_be_resumed(store, scene, state):
    sweep_id, lease = _bring_to(store, scene, state)
    store.release(lease)
    started_at = store.sweep(sweep_id).started_at
    resumed = scene.claim(sweep_id)
    sweep = store.sweep(sweep_id)
    assert sweep.state is SweepState.RUNNING
    assert (sweep.finished_at, sweep.error, sweep.started_at) == (None, None, started_at)
    assert not resumed.cancel_requested


def test_a_finished_sweep_cannot_be_claimed(store, scene):
    sweep_id, lease = _bring_to(store, scene, SweepState.FINISHED)
    store.release(lease)
    with pytest.raises(ConflictError) as caught:
        scene.claim(sweep_id)
    assert str(caught.value) == (
        "sweep 1 is finished and cannot become running: nothing may follow finished; submit a new "
        "sweep instead"
    )


def test_a_sweep_with_a_failed_trial_is_incomplete_and_not_finished(store, scene, examples):
    lease = scene.claimed()
    scene.finish(lease, 0.5)
    store.fail_attempt(lease, scene.start(lease, 1).id, "the worker died", retry=False)
    scene.finish(lease, 0.6, place=2)
    store.finish_trial(lease, scene.start(lease, 3).id, examples.result(None, diverged=True))
    assert store.set_state(lease, SweepState.FINISHED) is SweepState.INCOMPLETE
    sweep, progress = store.sweep(1), store.progress([1])[1]
    assert (sweep.state, sweep.finished_at is not None) == (SweepState.INCOMPLETE, True)
    assert scene.store.events(1)[-1].data["after"] == "incomplete"
    assert (progress.done, progress.ended, progress.total) == (3, 4, 4)
    assert str(progress) == "3 of 4 trials done, 1 failed, 1 diverged"

    store.release(lease)
    assert store.requeue(1) is SweepState.QUEUED
    again = scene.claim(1)
    assert store.retry_failed(again) == 1
    states = [trial.state for trial in store.trials(1)]
    kept, diverging = TrialState.FINISHED, TrialState.DIVERGED
    assert states == [kept, TrialState.PENDING, kept, diverging]
    scene.finish(again, 0.7, place=1)
    assert [trial.attempts for trial in store.trials(1)] == [1, 2, 1, 1]
    assert store.set_state(again, SweepState.FINISHED) is SweepState.FINISHED
    assert str(store.progress([1])[1]) == "4 of 4 trials done, 1 diverged"


def test_a_diverged_trial_is_a_result_so_that_the_sweep_is_finished(store, scene, examples):
    lease = scene.claimed(candidates=1, seeds=(0,))
    store.finish_trial(lease, scene.start(lease).id, examples.result(None, diverged=True))
    assert store.retry_failed(lease) == 0
    assert store.set_state(lease, SweepState.FINISHED) is SweepState.FINISHED


def test_leaving_running_makes_running_trials_pending(store, scene):
    lease = scene.claimed()
    scene.start(lease)
    store.set_state(lease, SweepState.INTERRUPTED)
    assert {trial.state for trial in store.trials(lease.sweep_id)} == {TrialState.PENDING}


def test_a_live_driver_is_asked_to_cancel(store, scene):
    lease = scene.claimed()
    assert store.request_cancel(lease.sweep_id) is SweepState.RUNNING
    assert store.request_cancel(lease.sweep_id) is SweepState.RUNNING
    assert scene.kinds(lease.sweep_id).count("cancel_requested") == 1
    renewed = store.renew(lease, ttl_seconds=60)
    assert renewed.cancel_requested
    assert scene.take_over(renewed).cancel_requested
    assert not lease.cancel_requested


@pytest.mark.parametrize("state", [SweepState.QUEUED, SweepState.INTERRUPTED])
def test_a_sweep_that_waits_is_cancelled_at_once(store, scene, state):
    sweep_id, _ = _bring_to(store, scene, state)
    assert store.request_cancel(sweep_id) is SweepState.CANCELLED
    assert store.request_cancel(sweep_id) is SweepState.CANCELLED
    assert store.sweep(sweep_id).finished_at is not None


def test_cancelling_fences_off_a_driver_that_is_gone(store, scene, dead):
    lease = scene.claimed(ttl_seconds=3600)
    attempt = scene.start(lease)
    dead.add(lease.owner)
    state = store.request_cancel(lease.sweep_id)
    assert state is SweepState.CANCELLED
    assert {trial.state for trial in store.trials(lease.sweep_id)} == {TrialState.PENDING}
    with pytest.raises(LeaseLostError):
        store.fail_attempt(lease, attempt.id, "late", retry=False)


@pytest.mark.parametrize("state", [SweepState.FINISHED, SweepState.INCOMPLETE, SweepState.FAILED])
def test_what_has_ended_cannot_be_cancelled(store, scene, state):
    sweep_id, _ = _bring_to(store, scene, state)
    with pytest.raises(ConflictError) as caught:
        store.request_cancel(sweep_id)
    assert str(caught.value) == f"sweep 1 is {state}: there is nothing to cancel"


def test_unknown_sweeps_cannot_be_claimed_or_cancelled(store):
    with pytest.raises(NotFoundError):
        store.claim(5, "me", ttl_seconds=1)
    with pytest.raises(NotFoundError):
        store.request_cancel(5)
