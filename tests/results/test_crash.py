"""Contract: kill -9 at any moment loses nothing that was committed, and leaves nothing half."""

from results import TrialState

WRITER = """
import sys
from results import Store
from results.values import EpochReport, TrialResult
store = Store.open(sys.argv[1])
lease = store.claim(int(sys.argv[2]), "doomed:1:1", ttl_seconds=3600)
for trial in store.trials(lease.sweep_id):
    attempt = store.start_attempt(lease, trial.id)
    for epoch in range(1, 4):
        report = EpochReport(epoch=epoch, steps=epoch, images=epoch, accuracy=0.1,
                             images_per_second=1.0)
        store.record_epochs(lease, [(attempt.id, report)])
    store.finish_trial(lease, attempt.id, TrialResult(accuracy=0.5, images=3, steps=3))
    print(trial.id, flush=True)
"""


def test_a_killed_writer_loses_nothing_committed(store, scene, url, python, dead):
    sweep_id = scene.sweep(candidates=150)
    process = python(WRITER, url, str(sweep_id))
    reported = [int(process.stdout.readline()) for _ in range(5)]
    process.kill()
    rest, errors = process.communicate()
    assert errors == ""
    reported += [int(line) for line in rest.split()]

    finished = {trial.id for trial in store.trials(sweep_id, states=[TrialState.FINISHED])}
    assert finished >= set(reported)
    assert len(finished) <= len(reported) + 1
    dead.add("doomed:1:1")
    lease = store.claim(sweep_id, "next:2:2", ttl_seconds=60)
    trials = store.trials(sweep_id)
    assert {trial.state for trial in trials} == {TrialState.FINISHED, TrialState.PENDING}
    assert {trial.id for trial in trials if trial.state is TrialState.FINISHED} >= set(reported)
    epochs = store.epochs(sweep_id)
    for trial_id in reported:
        assert [one.epoch for one in epochs if one.trial == trial_id] == [1, 2, 3]
    events = store.events(sweep_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    missing = next(trial for trial in trials if trial.state is TrialState.PENDING)
    assert store.start_attempt(lease, missing.id).number == missing.attempts + 1
