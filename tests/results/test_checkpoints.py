"""Contract: which trials left their weights, best first; files go when rows go."""

import time

import pytest

from results import NotFoundError, SweepState
from results.checkpoint_files import CHECKPOINT_VARIABLE, checkpoint_path
from results.errors import LeaseLostError
from results.values import NewCheckpoint, NewGallery


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setenv(CHECKPOINT_VARIABLE, str(folder))
    return folder


def finish(scene, examples, lease, trial_id, accuracy, folder, *, at_most=None):
    attempt = scene.store.start_attempt(lease, trial_id)
    scene.store.finish_trial(lease, attempt.id, examples.result(accuracy))
    name = f"{trial_id}.safetensors"
    (folder / name).write_text("weights")
    new = NewCheckpoint(trial=trial_id, name=name, sha256="a" * 64, size_bytes=7)
    scene.store.add_checkpoint(lease, new, at_most=at_most)


def test_checkpoints_are_listed_with_what_their_trial_is(scene, examples, folder):
    lease = scene.claimed()
    for trial in scene.store.trials(lease.sweep_id)[:2]:
        finish(scene, examples, lease, trial.id, 0.4 + trial.id / 100, folder)
    best, second = scene.store.checkpoints(lease.sweep_id)
    assert (best.candidate, best.spec_key, best.seed, best.size_bytes) == (1, "spec1", 0, 7)
    assert best.accuracy > second.accuracy


def test_only_so_many_of_the_most_accurate_stay(scene, examples, folder):
    lease = scene.claimed(candidates=2)
    trials = scene.store.trials(lease.sweep_id)
    for trial, accuracy in zip(trials, (0.3, 0.5, 0.5, 0.4), strict=True):
        finish(scene, examples, lease, trial.id, accuracy, folder, at_most=2)
    kept = [row.trial for row in scene.store.checkpoints(lease.sweep_id)]
    assert kept == [trials[1].id, trials[2].id]
    assert {path.stem for path in folder.iterdir()} == {str(one) for one in kept}


def test_files_of_another_sweep_stay_when_one_is_deleted(scene, examples, folder):
    leases = [scene.claimed(), scene.claimed()]
    for lease in leases:
        finish(scene, examples, lease, scene.store.trials(lease.sweep_id)[0].id, 0.5, folder)
    scene.store.set_state(leases[0], SweepState.FINISHED)
    scene.store.delete_sweep(leases[0].sweep_id)
    (left,) = scene.store.checkpoints(leases[1].sweep_id)
    assert [path.name for path in folder.iterdir()] == [left.name]
    with pytest.raises(NotFoundError):
        scene.store.checkpoints(leases[0].sweep_id)


def test_what_a_killed_driver_did_not_record_goes_and_nothing_else(scene, examples, folder):
    lease, other = scene.claimed(ttl_seconds=0.01), scene.claimed()
    killed, live = scene.store.begin_keeping(lease), scene.store.begin_keeping(other)
    trial = scene.store.trials(lease.sweep_id)[0].id
    start = f"sweep-{lease.sweep_id}-trial"
    recorded, orphan = (f"{start}-{trial}-{killed}{end}.safetensors" for end in "ab")
    stay = [
        recorded,
        f"{start}-9-{'0' * 12}a.safetensors",  # of another database, in the same folder
        f"sweep-{other.sweep_id}-trial-9-{live}a.safetensors",
        f".sweep-{other.sweep_id}-trial-9-{live}b.safetensors.1.tmp",
        f"sweep-1{lease.sweep_id}-trial-9-{killed}a.safetensors",
    ]
    for name in [*stay, orphan, f".{orphan}.1.tmp"]:
        (folder / name).write_text("weights")
    time.sleep(0.05)
    again = scene.claim(lease.sweep_id, owner="there:1:1.0")
    attempt = scene.store.start_attempt(again, trial)
    scene.store.finish_trial(again, attempt.id, examples.result(0.5))
    new = NewCheckpoint(trial=trial, name=recorded, sha256="a" * 64, size_bytes=7)
    scene.store.add_checkpoint(again, new)
    with pytest.raises(LeaseLostError):
        scene.store.begin_keeping(lease)
    mark = scene.store.begin_keeping(again)
    assert mark != killed
    assert sorted(path.name for path in folder.iterdir()) == sorted(stay)

    (folder / f"{start}-{trial}-{mark}a.safetensors").write_text("never recorded")
    scene.store.set_state(again, SweepState.FINISHED)
    scene.store.delete_sweep(lease.sweep_id)
    assert sorted(path.name for path in folder.iterdir()) == sorted(stay[1:])


def test_a_driver_that_lost_its_lease_records_nothing(scene, examples, folder):
    lease = scene.claimed(ttl_seconds=0.01)
    time.sleep(0.05)
    scene.claim(lease.sweep_id, owner="there:1:1.0")
    new = NewCheckpoint(trial=1, name="a", sha256="", size_bytes=1)
    with pytest.raises(LeaseLostError):
        scene.store.add_checkpoint(lease, new)
    assert scene.store.checkpoints(lease.sweep_id) == []


def test_a_name_never_leaves_the_folder(folder):
    assert checkpoint_path("../../etc/passwd") == folder / "passwd"


def test_a_sweep_has_its_latest_gallery(scene):
    sweep_id = scene.sweep()
    with pytest.raises(NotFoundError):
        scene.store.gallery(sweep_id)
    with pytest.raises(NotFoundError, match=f"`scaling-search cam --sweep {sweep_id}` makes one"):
        scene.store.gallery_file(sweep_id, "page")
    for energy in (0.1, 0.2):
        networks = ({"name": "baseline", "energy": energy},)
        new = NewGallery(sweep_id=sweep_id, networks=networks, page=b"<html>", picture=b"PNG")
        scene.store.put_gallery(new)
    assert scene.store.gallery(sweep_id).networks == ({"name": "baseline", "energy": 0.2},)
    assert scene.store.gallery_file(sweep_id, "page") == b"<html>"
    assert scene.store.gallery_file(sweep_id, "picture") == b"PNG"
