"""Sweeps that stop before their end, and what resuming them trains."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from results.errors import LeaseHeldError, LeaseLostError
from results.states import AttemptState, SweepState, TrialState
from results.store import Store
from scaling_search.sweeps import Interrupted
from scaling_search.sweeps.progress import Snapshot
from search_spaces.specs.proxy import ProxySpec

LONG = ProxySpec(steps=2000, batch_size=16, reports=1000, norm_images=0)


def once(when: Callable[[Snapshot], bool], action: Callable[[], object]) -> Callable[..., None]:
    """An observer that acts on the first snapshot that is so."""
    acted = False

    def observe(snapshot: Snapshot) -> None:
        nonlocal acted
        if not acted and when(snapshot):
            acted = True
            action()

    return observe


def assert_each_trial_was_finished_once(scene: Any) -> None:
    assert scene.sweep.state is SweepState.FINISHED
    assert {trial.state for trial in scene.trials} == {TrialState.FINISHED}
    ends: dict[int, int] = {}
    for attempt in scene.store.attempts(scene.sweep_id):
        finished = attempt.state is AttemptState.FINISHED
        ends[attempt.trial_id] = ends.get(attempt.trial_id, 0) + finished
    assert set(ends.values()) == {1}
    assert scene.kinds().count("trial_finished") == len(scene.trials)


def test_ctrl_c_keeps_what_is_trained_and_resuming_trains_the_rest(
    make_scene: Any, shared_ray: None
) -> None:
    scene = make_scene()
    interrupt = once(
        lambda found: found.trials.done == 3, lambda: signal.raise_signal(signal.SIGINT)
    )
    with pytest.raises(Interrupted) as caught:
        scene.drive(interrupt)
    assert str(caught.value) == "sweep 1 was interrupted"
    assert scene.sweep.state is SweepState.INTERRUPTED
    assert scene.sweep.lease_owner is None
    assert scene.sweep.outcome is None
    before = {trial.id: trial for trial in scene.trials}
    done = {number for number, trial in before.items() if trial.state is TrialState.FINISHED}
    assert 3 <= len(done) < len(before)
    assert {trial.state for trial in before.values()} == {TrialState.FINISHED, TrialState.PENDING}

    begun = len(scene.started())
    first: list[Snapshot] = []
    scene.drive(first.append)
    assert first[0].trials.done == len(done)
    assert sorted(scene.started()[begun:]) == sorted(before.keys() - done)
    after = {trial.id: trial for trial in scene.trials}
    assert {number: after[number] for number in done} == {number: before[number] for number in done}
    assert_each_trial_was_finished_once(scene)


def test_a_cancellation_from_elsewhere_stops_the_sweep(make_scene: Any, shared_ray: None) -> None:
    scene = make_scene(LONG)

    def cancel() -> None:
        with Store.open(scene.url) as other:
            assert other.request_cancel(1) is SweepState.RUNNING

    with pytest.raises(Interrupted) as caught:
        scene.drive(once(lambda found: found.images_per_second > 0, cancel))
    assert str(caught.value) == "sweep 1 was cancelled"
    assert scene.sweep.state is SweepState.CANCELLED
    assert scene.sweep.lease_owner is None
    assert {trial.state for trial in scene.trials} == {TrialState.PENDING}
    [attempt] = scene.store.attempts(1)
    assert attempt.state is AttemptState.INTERRUPTED
    assert scene.store.epochs(1)


def test_a_driver_whose_sweep_was_taken_over_stops_and_writes_no_more(
    make_scene: Any, shared_ray: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(LONG)

    def take_over() -> None:
        with Store.open(scene.url) as other, monkeypatch.context() as patched:
            patched.setattr("results.store.fencing.is_dead", lambda owner: True)
            other.claim(1, "there:200:2", ttl_seconds=600)

    with pytest.raises(LeaseLostError, match=r"^sweep 1 is driven by there:200:2 \(claim 2\)"):
        scene.drive(once(lambda found: found.images_per_second > 0, take_over))
    assert scene.sweep.state is SweepState.RUNNING
    assert scene.sweep.lease_owner == "there:200:2"
    assert scene.sweep.error is None
    assert scene.kinds()[-1] == "claimed"
    epochs = scene.store.epochs(1)
    assert max(epoch.reported_at for epoch in epochs) <= scene.store.events(1)[-1].at


DRIVER = """
import sys
from results.store import Store
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, drive
url = sys.argv[1]
with Store.open(url) as store:
    data = PreparedDataset.from_dict(store.datasets()[0].details)
    drive(store, 1, data, Execution(workers=1))
"""


@pytest.mark.slow
def test_a_killed_drivers_sweep_is_taken_over_at_once_and_completed(
    make_scene: Any, python: Any, shared_ray: None
) -> None:
    scene = make_scene()
    process = python(DRIVER, scene.url)
    until = time.monotonic() + 300
    while not scene.store.progress([1])[1].finished:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    with pytest.raises(LeaseHeldError, match=f":{process.pid}:"):
        scene.drive()
    descendants = psutil.Process(process.pid).children(recursive=True)
    # Ray's agents, which train nothing, look for their parent only once a minute.
    training = [found for found in descendants if "Agent" not in found.name()]
    process.kill()
    process.wait()
    done = {trial.id for trial in scene.trials if trial.state is TrialState.FINISHED}
    assert 0 < len(done) < len(scene.trials)
    assert scene.sweep.state is SweepState.INTERRUPTED  # as its owner is gone

    begun = len(scene.started())
    scene.drive()
    assert not done & set(scene.started()[begun:])
    assert_each_trial_was_finished_once(scene)
    claims = [event.data for event in scene.store.events(1) if event.kind == "claimed"]
    assert [claim["epoch"] for claim in claims] == [1, 2]
    assert len(training) > 2
    _, alive = psutil.wait_procs(training, timeout=60)
    assert not alive
