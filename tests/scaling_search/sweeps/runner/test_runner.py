"""What a runner does with sweeps and drivers, whatever happens to either."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from results.errors import DatabaseUnavailableError
from results.states import SweepState
from scaling_search.sweeps.runner import RunnerOptions, runner
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError


def test_sweeps_are_driven_one_at_a_time_in_their_order(scene: Any, until: Any) -> None:
    first, second, third = scene.submit(3)
    scene.run()
    for place, (now, later) in enumerate([(first, second), (second, third)]):
        scene.wait_for_drivers(place + 1)
        assert scene.state(now) is SweepState.RUNNING
        assert scene.state(later) is SweepState.QUEUED
        scene.finish(place)
    scene.wait_for_drivers(3)
    assert [lease.sweep_id for lease in scene.leases] == [first, second, third]
    assert scene.state(second) is SweepState.FINISHED
    assert scene.log(first)[-1] == "runner: finished"


def test_as_many_sweeps_are_driven_as_there_are_slots(scene: Any, until: Any) -> None:
    first, second, third = scene.submit(3)
    scene.run(slots=2)
    scene.wait_for_drivers(2)
    assert scene.state(third) is SweepState.QUEUED
    scene.finish(1)
    scene.wait_for_drivers(3)
    assert scene.state(first) is SweepState.RUNNING
    assert scene.state(second) is SweepState.FINISHED


def test_the_lease_is_renewed_as_long_as_the_driver_lives(scene: Any, until: Any) -> None:
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)
    granted = scene.leases[0].expires_at
    until(
        lambda: (
            scene.store.sweep(sweep_id).lease_expires_at.timestamp()
            > time.time()
            > granted.timestamp()
        )
    )
    assert scene.store.claim_next("other:1:1", ttl_seconds=60) is None


def test_what_a_driver_writes_is_kept(scene: Any, until: Any) -> None:
    scene.command = ("sh", "-c", "echo one; echo two >&2; exec cat")
    (sweep_id,) = scene.submit()
    scene.run()
    until(lambda: scene.log(sweep_id)[1:] == ["one", "two"])
    assert scene.log(sweep_id)[0].startswith("runner: claimed by ")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo oops; exit 3", "the driver ended with 3"),
        ("exit 0", "the driver ended with 0"),
        (
            "kill -KILL $$",
            "the driver was ended by SIGKILL; the machine may have run out of memory",
        ),
    ],
)
def test_a_driver_that_ends_without_a_word_fails_its_sweep(
    scene: Any, until: Any, script: str, reason: str
) -> None:
    scene.command = ("sh", "-c", script)
    (sweep_id,) = scene.submit()
    scene.run()
    until(lambda: scene.state(sweep_id) is SweepState.FAILED)
    sweep = scene.store.sweep(sweep_id)
    assert sweep.error == f"{reason}: resume the sweep to go on where it was"
    until(lambda: scene.store.sweep(sweep_id).lease_owner is None)
    until(lambda: scene.log(sweep_id)[-1] == f"runner: failed: {sweep.error}")
    assert ("oops" in scene.log(sweep_id)) == ("oops" in script)

    scene.command = ("cat",)
    scene.store.requeue(sweep_id)
    scene.wait_for_drivers(2)
    until(lambda: scene.state(sweep_id) is SweepState.RUNNING)


def test_a_driver_without_its_database_is_followed_by_another(scene: Any, until: Any) -> None:
    scene.command = ("sh", "-c", "exit 75")
    first, second = scene.submit(2)
    scene.run()
    scene.wait_for_drivers(2)
    scene.command = ("cat",)
    assert {lease.sweep_id for lease in scene.leases[:2]} == {first}  # it kept its place
    assert scene.state(second) is SweepState.QUEUED


def test_a_cancellation_is_forwarded(scene: Any, until: Any) -> None:
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)
    scene.store.request_cancel(sweep_id)
    until(lambda: "cancel" in scene.log(sweep_id))  # cat says what it hears
    assert scene.state(sweep_id) is SweepState.RUNNING
    scene.finish(0, SweepState.CANCELLED)
    until(lambda: scene.log(sweep_id)[-1] == "runner: cancelled")
    assert scene.log(sweep_id).count("cancel") == 1


def test_a_driver_that_does_not_hear_of_a_cancellation_is_ended(
    scene: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_GRACE_SECONDS", 0.3)
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)
    scene.store.request_cancel(sweep_id)
    until(lambda: scene.state(sweep_id) is SweepState.CANCELLED)
    assert scene.store.sweep(sweep_id).error is None


def test_a_driver_that_stays_after_its_sweep_has_ended_is_ended(
    scene: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_GRACE_SECONDS", 0.3)
    first, second = scene.submit(2)
    scene.run()
    scene.wait_for_drivers(1)
    scene.store.set_state(scene.leases[0], SweepState.FINISHED)
    scene.store.release(scene.leases[0])
    scene.wait_for_drivers(2)
    assert scene.state(first) is SweepState.FINISHED
    assert scene.leases[1].sweep_id == second


def test_a_runner_that_stops_gives_its_sweeps_back_in_their_places(scene: Any) -> None:
    first, second = scene.submit(2)
    place = scene.store.sweep(first).queued_at
    scene.run()
    scene.wait_for_drivers(1)
    scene.stop()
    sweep = scene.store.sweep(first)
    assert (sweep.state, sweep.lease_owner, sweep.queued_at) == (SweepState.QUEUED, None, place)
    assert scene.started[0].returncode == -signal.SIGTERM
    assert scene.ray.closed
    assert scene.store.claim_next("other:1:1", ttl_seconds=60).sweep_id == first
    assert scene.state(second) is SweepState.QUEUED


def test_a_frozen_driver_loses_its_lease_and_another_follows(scene: Any, until: Any) -> None:
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)
    scene.started[0].send_signal(signal.SIGSTOP)
    scene.wait_for_drivers(2)
    assert scene.started[0].returncode == -signal.SIGKILL
    assert [lease.epoch for lease in scene.leases] == [1, 2]
    assert "runner: the driver is frozen and is killed" in scene.log(sweep_id)


def test_a_driver_whose_sweep_another_runner_took_is_ended(
    scene: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)
    with monkeypatch.context() as patched:
        patched.setattr("results.store.fencing.is_dead", lambda owner: True)
        taken = scene.store.claim_next("other:1:1", ttl_seconds=60)
    until(lambda: scene.started[0].poll() is not None)
    until(lambda: scene.log(sweep_id)[-1] == "runner: left to another runner")
    sweep = scene.store.sweep(sweep_id)
    assert (sweep.state, sweep.lease_owner) == (SweepState.RUNNING, "other:1:1")
    assert sweep.lease_epoch == taken.epoch == 2


def test_sweeps_wait_while_the_cluster_is_away(scene: Any, until: Any) -> None:
    (sweep_id,) = scene.submit()
    scene.ray.away = "no Ray cluster answers"
    scene.run()
    until(lambda: scene.said)
    time.sleep(0.5)  # a few more looks
    assert scene.said == [("waiting: no Ray cluster answers", None)]
    assert scene.state(sweep_id) is SweepState.QUEUED
    scene.ray.away = None
    scene.wait_for_drivers(1)


def test_a_database_that_is_away_for_a_moment_costs_nothing(
    scene: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sweep_id,) = scene.submit()
    scene.run()
    scene.wait_for_drivers(1)

    def away(*arguments: Any, **options: Any) -> None:
        raise DatabaseUnavailableError("the database is locked")

    with monkeypatch.context() as patch:
        for name in ("sweep", "renew", "claim_next", "append_driver_log"):
            patch.setattr(scene.store, name, away)
        until(lambda: ("waiting: the database is locked", None) in scene.said)
        assert scene.started[0].poll() is None
    expired = scene.leases[0].expires_at
    until(lambda: scene.store.sweep(sweep_id).lease_expires_at > expired)
    assert (len(scene.started), scene.state(sweep_id)) == (1, SweepState.RUNNING)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"slots": 0}, "slots is 0: it must be between 1 and 1000"),
        (
            {"lease_seconds": 0.1},
            "lease_seconds is 0.1: it must be between 1 and 86400; use for example 60",
        ),
    ],
)
def test_what_a_runner_cannot_do_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        RunnerOptions(execution=Execution(workers=1), **changes)
    assert str(caught.value) == message
