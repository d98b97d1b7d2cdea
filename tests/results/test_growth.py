"""Contract: what a strategy adds and stops, and what an extension does."""

import pytest

from results import ConflictError, NotFoundError, SweepState, TrialState
from results.states import AttemptState
from results.values import StoppedTrial

STOPPED = StoppedTrial(rung=2, epoch=3, images=960, steps=30, accuracy=0.4)


def test_a_stopped_trial_is_final_and_has_no_accuracy(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    trial = store.stop_trial(lease, attempt.id, STOPPED, worker="host:7")
    assert trial == store.trial(trial.id)
    assert (trial.state, trial.rung, trial.accuracy) == (TrialState.STOPPED, 2, None)
    assert (trial.images, trial.steps, trial.worker) == (960, 30, "host:7")
    (ended,) = store.attempts(lease.sweep_id)
    assert (ended.state, ended.worker) == (AttemptState.STOPPED, "host:7")
    with pytest.raises(ConflictError):
        store.finish_trial(lease, attempt.id, examples.result(0.9))
    with pytest.raises(ConflictError):
        store.start_attempt(lease, trial.id)
    event = store.events(lease.sweep_id)[-1]
    assert (event.kind, event.data["rung"], event.data["epoch"]) == ("trial_stopped", 2, 3)
    progress = store.progress([lease.sweep_id])[lease.sweep_id]
    assert (progress.stopped, progress.done, progress.failed) == (1, 1, 0)


def test_a_candidate_whose_trials_were_stopped_or_never_came_is_listed(store, examples):
    sweep_id = store.create_sweep(examples.sweep(), examples.plan(), first_seeds=())
    assert store.trials(sweep_id) == []
    lease = store.claim(sweep_id, "here:1:0", ttl_seconds=60)
    first = store.candidates(sweep_id)[0]
    (trial,) = store.add_trials(lease, [(first.id, 0)])
    store.stop_trial(lease, store.start_attempt(lease, trial.id).id, STOPPED)
    listed = store.candidates(sweep_id, limit=10)
    assert len(listed) == len(store.candidates(sweep_id))
    assert (listed[0].stopped, listed[0].finished, listed[0].accuracy_mean) == (1, 0, None)
    assert (listed[1].stopped, listed[1].finished, listed[1].accuracy_mean) == (0, 0, None)


def test_a_stopped_trial_goes_on_where_it_is_asked_for(store, scene, examples):
    lease = scene.claimed()
    attempt = scene.start(lease)
    stopped = store.stop_trial(lease, attempt.id, STOPPED)
    size = store.search_size(lease.sweep_id)
    (again,) = store.add_trials(lease, [(stopped.candidate_id, stopped.seed)])
    assert (again.id, again.state, again.attempts) == (stopped.id, TrialState.PENDING, 1)
    assert (again.rung, again.images, again.steps, again.finished_at) == (None,) * 4
    assert store.search_size(lease.sweep_id) == size + store.candidates(lease.sweep_id)[0].eligible
    event = store.events(lease.sweep_id)[-1]
    assert (event.kind, event.data) == ("trials_added", {"trials": 0, "stopped": 1})
    whole = store.finish_trial(lease, store.start_attempt(lease, again.id).id, examples.result(0.9))
    assert (whole.state, whole.attempts) == (TrialState.FINISHED, 2)
    assert [one.state for one in store.attempts(lease.sweep_id, trial_id=whole.id)] == [
        AttemptState.STOPPED,
        AttemptState.FINISHED,
    ]


def test_trials_are_added_once(store, scene):
    lease = scene.claimed()
    before = store.trials(lease.sweep_id)
    candidate, seed = before[0].candidate_id, 77
    wanted = [(candidate, seed), (candidate, before[0].seed), (candidate, seed)]
    added = store.add_trials(lease, wanted)
    assert [trial.seed for trial in added] == [77, before[0].seed, 77]
    assert added[1] == before[0]
    assert added[0].state is TrialState.PENDING
    assert store.add_trials(lease, wanted) == added
    assert len(store.trials(lease.sweep_id)) == len(before) + 1
    kinds = [event.kind for event in store.events(lease.sweep_id)]
    assert kinds.count("trials_added") == 1
    with pytest.raises(NotFoundError):
        store.add_trials(lease, [(10**6, 0)])


def test_an_extended_sweep_keeps_all_that_it_has_and_waits_for_the_rest(store, scene, examples):
    lease = scene.claimed()
    done = store.finish_trial(lease, scene.start(lease).id, examples.result(0.5))
    store.set_state(lease, SweepState.FINISHED)
    store.release(lease)
    sweep, present = store.sweep(lease.sweep_id), store.candidates(lease.sweep_id)
    trials = store.trials(sweep.id)
    seeds = (*sweep.seeds, 99)
    reused = store.extend(
        sweep.id,
        {**sweep.spec, "seeds": list(seeds)},
        seeds=seeds,
        first_seeds=seeds,
        candidates=[examples.candidate(len(present))],
    )
    assert reused == 1
    now = store.sweep(sweep.id)
    assert (now.state, now.seeds, now.finished_at) == (SweepState.QUEUED, seeds, None)
    assert store.trial(done.id) == done
    after = store.trials(sweep.id)
    assert after[: len(trials)] == trials
    assert len(after) == (len(present) + 1) * len(seeds)
    event = store.events(sweep.id)[-1]
    assert (event.kind, event.data["reused"], event.data["candidates"]) == ("extended", 1, 1)
    with pytest.raises(ConflictError, match="only one that has ended can be extended"):
        store.extend(sweep.id, now.spec, seeds=seeds, first_seeds=seeds)
