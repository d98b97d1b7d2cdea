"""Contract: runners take submitted sweeps in turn, each one once, and lose none."""

import pytest

from results import (
    ConflictError,
    LeaseHeldError,
    LeaseLostError,
    NotFoundError,
    SweepState,
    TrialState,
    Verdict,
)
from results.states import ENDED
from results.values import Outcome
from search_spaces.errors import InputError


def _submit(store, examples, **changes):
    return store.create_sweep(examples.sweep(**changes), examples.plan(1), enqueue=True)


def _next(store, owner="runner:1:0", **options):
    lease = store.claim_next(owner, ttl_seconds=60, **options)
    return lease and lease.sweep_id


def test_first_come_first_served(store, examples):
    first, second = _submit(store, examples), _submit(store, examples)
    assert store.queue_length() == 2
    assert [_next(store), _next(store), _next(store)] == [first, second, None]
    assert store.sweep(first).state is SweepState.RUNNING
    assert store.queue_length() == 0


def test_a_sweep_that_its_creator_drives_is_left_alone(store, scene):
    sweep_id = scene.sweep()
    assert store.sweep(sweep_id).queued_at is None
    assert _next(store) is None
    lease = scene.claim(sweep_id, ttl_seconds=0.001)
    assert _next(store) is None
    store.release(lease)


def test_what_a_runner_left_is_taken_over(store, examples, dead):
    sweep_id = _submit(store, examples)
    lost = store.claim_next("runner:1:0", ttl_seconds=0.001)
    trial = store.trials(sweep_id)[0]
    store.start_attempt(lost, trial.id)
    lease = store.claim_next("runner:2:0", ttl_seconds=60)
    assert (lease.sweep_id, lease.epoch) == (sweep_id, 2)
    assert store.trial(trial.id).state is TrialState.PENDING
    with pytest.raises(LeaseLostError):
        store.append_event(lost, "late", {})
    assert _next(store) is None
    dead.add("runner:2:0")
    assert _next(store) == sweep_id


def test_a_wish_to_cancel_outlives_the_runner(store, examples, dead):
    sweep_id = _submit(store, examples)
    store.claim_next("runner:1:0", ttl_seconds=60)
    store.request_cancel(sweep_id)
    dead.add("runner:1:0")
    lease = store.claim_next("runner:2:0", ttl_seconds=60)
    assert lease.cancel_requested


def test_a_cancelled_or_deleted_sweep_is_not_taken(store, examples):
    cancelled, deleted = _submit(store, examples), _submit(store, examples)
    for sweep_id in (cancelled, deleted):
        store.request_cancel(sweep_id)
    store.delete_sweep(deleted)
    assert _next(store) is None


CLAIM = """
import sys
from results import Store
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while (lease := store.claim_next(sys.argv[2], ttl_seconds=60)) is not None:
        print(lease.sweep_id)
"""


def test_of_many_runners_each_gets_other_sweeps(store, examples, url, python):
    submitted = [_submit(store, examples) for _ in range(12)]
    processes = [python(CLAIM, url, f"runner:{number}:0") for number in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    claimed = [int(line) for p in processes for line in p.communicate()[0].split()]
    assert sorted(claimed) == submitted


def test_a_lease_of_the_queue_lasts(store):
    with pytest.raises(InputError, match="ttl_seconds is 0: a lease must last longer"):
        store.claim_next("me", ttl_seconds=0)


@pytest.mark.parametrize("state", [SweepState.INTERRUPTED, SweepState.FAILED, SweepState.CANCELLED])
def test_a_stopped_sweep_waits_again_at_the_end(store, scene, examples, state):
    lease = scene.claimed()
    store.set_state(lease, state, error="why")
    store.release(lease)
    waiting = _submit(store, examples)
    assert store.requeue(lease.sweep_id) is SweepState.QUEUED
    sweep = store.sweep(lease.sweep_id)
    assert (sweep.error, sweep.finished_at, sweep.cancel_requested) == (None, None, False)
    assert store.events(lease.sweep_id)[-1].data["after"] == "queued"
    assert [_next(store), _next(store)] == [waiting, lease.sweep_id]


def test_requeuing_what_waits_changes_nothing(store, examples):
    sweep_id = _submit(store, examples)
    before = store.sweep(sweep_id)
    assert store.requeue(sweep_id) is SweepState.QUEUED
    assert store.sweep(sweep_id) == before
    assert len(store.events(sweep_id)) == 1


def test_a_sweep_that_nobody_drove_can_be_handed_over(store, scene):
    sweep_id = scene.sweep()
    store.requeue(sweep_id)
    assert _next(store) == sweep_id


def test_requeuing_takes_a_sweep_from_a_dead_driver_only(store, scene, dead):
    lease = scene.claimed()
    attempt = scene.start(lease)
    with pytest.raises(LeaseHeldError) as caught:
        store.requeue(lease.sweep_id)
    assert str(caught.value) == (
        "sweep 1 is running, driven by here:100:1.0: there is nothing to resume"
    )
    dead.add(lease.owner)
    assert store.requeue(lease.sweep_id) is SweepState.QUEUED
    with pytest.raises(LeaseLostError):
        store.fail_attempt(lease, attempt.id, "late", retry=False)


def test_a_finished_sweep_is_not_requeued(store, scene):
    lease = scene.claimed()
    store.set_state(lease, SweepState.FINISHED)
    with pytest.raises(ConflictError, match="sweep 1 is finished and cannot become queued"):
        store.requeue(lease.sweep_id)


@pytest.mark.parametrize("state", ENDED)
def test_what_has_ended_is_deleted_with_all_it_holds(store, scene, examples, state):
    other = scene.sweep()
    lease = scene.claimed()
    scene.finish(lease, 0.5)
    candidate = store.candidates(lease.sweep_id)[0]
    store.set_outcome(
        lease,
        Outcome(verdict=Verdict.CHOSEN),
        coefficients=examples.coefficients(candidate.id),
        family=[examples.member("b0")],
    )
    store.append_driver_log(lease.sweep_id, ["line"])
    store.set_state(lease, state)
    store.delete_sweep(lease.sweep_id)
    assert [sweep.id for sweep in store.sweeps()] == [other]
    assert store.trials(lease.sweep_id) == []
    assert store.coefficients() == []
    assert store.driver_log(lease.sweep_id) == []
    with pytest.raises(NotFoundError):
        store.delete_sweep(lease.sweep_id)
    assert scene.sweep() > lease.sweep_id


def test_what_may_go_on_is_not_deleted(store, scene):
    lease = scene.claimed()
    with pytest.raises(ConflictError) as caught:
        store.delete_sweep(lease.sweep_id)
    assert str(caught.value) == (
        "sweep 1 is running: only one that has ended can be deleted; cancel it first"
    )


def test_the_driver_says_what_it_runs_on(store, scene):
    lease = scene.claimed(versions={}, hardware={})
    store.record_environment(lease, {"torch": "2.13.0"}, {"cores": 2})
    sweep = store.sweep(lease.sweep_id)
    assert (sweep.versions, sweep.hardware) == ({"torch": "2.13.0"}, {"cores": 2})
    scene.take_over(lease)
    with pytest.raises(LeaseLostError):
        store.record_environment(lease, {}, {})
