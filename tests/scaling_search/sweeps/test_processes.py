"""Whole sweeps in processes of their own: on a private Ray, and on a cluster that is there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from results.states import SweepState, TrialState
from scaling_search.sweeps import confirm
from scaling_search.tune.cluster import check_answer
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.errors import WorkError
from search_spaces.families import family

PRIVATE = """
import sys
import psutil
from results.store import Store
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, drive

killed = []

def kill_a_worker(snapshot):
    if snapshot.images_per_second and not killed:
        for process in psutil.Process().children(recursive=True):
            if process.name().startswith("ray::") and "Trainable" in process.name():
                process.kill()
                killed.append(process.pid)

with Store.open(sys.argv[1]) as store:
    data = PreparedDataset.from_dict(store.datasets()[0].details)
    drive(store, 1, data, Execution(workers=1, attempts=2), observe=kill_a_worker)
assert killed
left = psutil.Process().children(recursive=True)
assert not left, left
"""

CLUSTER = """
import sys
from results.store import Store
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, drive
with Store.open(sys.argv[1]) as store:
    data = PreparedDataset.from_dict(store.datasets()[0].details)
    drive(store, 1, data, Execution(workers=2, ray_address=sys.argv[2]))
"""


NO_TOKEN = {"RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": ""}


@pytest.mark.slow
def test_a_sweep_says_nothing_and_leaves_nothing_behind(
    make_scene: Any, python: Any, tmp_path: Path
) -> None:
    """Whatever happens to its workers; here fvcore measures too, of the family the smallest."""
    scene = make_scene()
    frame = Frame.of(get_baseline("efficientnet_b0"))
    for found in filter(lambda one: one.eligible, scene.store.candidates(1)):
        larger = family(frame, Coefficients(found.alpha, found.beta, found.gamma))[1:]
        confirm(scene.store, [(member.spec, member.complexity) for member in larger])
    process = python(PRIVATE, scene.url, HOME=str(tmp_path))
    stdout, stderr = process.communicate(timeout=500)
    assert (process.returncode, stdout, stderr) == (0, "", "")
    assert not (tmp_path / ".ray").exists()
    assert scene.sweep.state is SweepState.FINISHED
    assert {trial.state for trial in scene.trials} == {TrialState.FINISHED}
    assert sum(trial.attempts for trial in scene.trials) == len(scene.trials) + 1
    [record] = scene.store.coefficients()
    assert len(scene.store.family_members(record.id)) == 8


def set_all(patch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        patch.setenv(name, value)


def trains(process: psutil.Process) -> bool:
    try:
        return process.name().startswith("ray::") and "Trainable" in process.name()
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
def test_a_cluster_that_is_there_trains_a_sweep_and_goes_on(
    make_scene: Any,
    python: Any,
    cluster: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = cluster.address
    set_all(monkeypatch, cluster.environment)
    scene = make_scene(candidates=3, seeds=(0,))
    until = time.monotonic() + 300
    process = python(CLUSTER, scene.url, address, **cluster.environment)
    trained_there = False
    while process.poll() is None:
        trained_there |= any(trains(found) for found in cluster.processes())
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (process.returncode, *process.communicate()) == (0, "", "")
    assert trained_there
    assert scene.sweep.state is SweepState.FINISHED
    assert {trial.state for trial in scene.trials} == {TrialState.FINISHED}
    check_answer(address)
    assert cluster.head.poll() is None

    set_all(monkeypatch, NO_TOKEN)
    with pytest.raises(WorkError) as caught:
        check_answer(address)
    assert str(caught.value) == (
        f"the Ray cluster at {address} wants a token: set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN "
        "to its token unless ~/.ray/auth_token holds it"
    )
