"""Contract: what the service reads besides lists: drivers' logs, figures, events of many sweeps."""

import pytest

from results import NotFoundError, SweepState
from results.store.driver_log import KEPT_LINES
from results.values import Climb, Work


def test_the_end_of_a_log_is_kept_in_order(store, scene):
    sweep_id, other = scene.sweep(), scene.sweep()
    store.append_driver_log(sweep_id, [f"line {number}" for number in range(KEPT_LINES + 10)])
    store.append_driver_log(other, ["elsewhere"])
    store.append_driver_log(sweep_id, [])
    store.append_driver_log(sweep_id, ["last \udc80", "x" * 5000])
    everything = store.driver_log(sweep_id, limit=10_000)
    assert len(everything) == KEPT_LINES
    assert everything[0].text == "line 12"
    assert [line.text[:10] for line in everything[-2:]] == ["last \\udc80"[:10], "x" * 10]
    assert len(everything[-1].text) == 4000
    assert store.driver_log(sweep_id, limit=2) == everything[-2:]
    assert store.driver_log(sweep_id, after=everything[-3].id) == everything[-2:]
    assert store.driver_log(sweep_id, after=everything[0].id, limit=1) == everything[1:2]
    assert [line.text for line in store.driver_log(other)] == ["elsewhere"]


def test_a_log_belongs_to_a_sweep(store):
    with pytest.raises(NotFoundError, match="sweep 7 does not exist"):
        store.append_driver_log(7, ["line"])


def test_figures_over_all_sweeps(store, scene, examples):
    store.ping()
    lease = scene.claimed()
    scene.finish(lease, 0.5, images=1000)
    scene.finish(lease, 0.5, 1, images=500)
    scene.start(lease, 2)
    waiting = store.create_sweep(examples.sweep(), examples.plan(), enqueue=True)
    assert store.sweep_states() == {
        lease.sweep_id: SweepState.RUNNING,
        waiting: SweepState.QUEUED,
    }
    assert store.running_trials() == 1
    assert store.queue_length() == 1
    assert store.trained_images([lease.sweep_id, waiting]) == {lease.sweep_id: 1500, waiting: 0}


def test_events_of_many_sweeps_follow_each_position(store, scene):
    first, second, third = (scene.claimed() for _ in range(3))
    store.append_event(first, "note", {"number": 1})
    positions = {first.sweep_id: 1, second.sweep_id: 2, 99: 0}
    found = store.events_since(positions, limit=100)
    assert [(event.sweep, event.seq, event.kind) for event in found] == [
        (first.sweep_id, 2, "claimed"),
        (first.sweep_id, 3, "note"),
    ]
    assert store.events_since({third.sweep_id: 0}, limit=1)[0].kind == "created"
    assert store.events_since({}, limit=10) == []
    assert store.last_event(first.sweep_id) == 3
    with pytest.raises(NotFoundError, match="sweep 99 does not exist"):
        store.last_event(99)


def test_how_the_best_accuracy_rose(store, scene):
    lease, other = scene.claimed(), scene.claimed()
    for place, accuracy in enumerate((0.4, 0.3, 0.4, 0.6)):
        scene.finish(lease, accuracy, place)
    climbs = store.climbs([lease.sweep_id, other.sweep_id, 99])
    assert climbs == {
        lease.sweep_id: (Climb(trials=1, accuracy=0.4), Climb(trials=4, accuracy=0.6)),
        other.sweep_id: (),
        99: (),
    }


def test_what_is_left_to_train(store, scene):
    lease = scene.claimed()
    assert store.work(lease.sweep_id).eta_seconds is None
    scene.finish(lease, 0.5)
    scene.start(lease, 1)
    work = store.work(lease.sweep_id)
    assert work.finished_flops == 8_000_000_000
    assert [flops for flops, _ in work.running_flops] == [8_000_000_001]
    assert work.pending_flops == 16_000_000_001


def test_the_end_is_foreseen_from_the_pace():
    work = Work(
        finished_flops=4.0,
        finished_seconds=40.0,
        pending_flops=6.0,
        running_flops=((2.0, 5.0), (1.0, 60.0)),
    )
    assert work.eta_seconds == pytest.approx((15 + 0 + 60) / 2)


def test_where_sweeps_have_looked(store, examples):
    for dataset in ("photos", "digits", "photos"):
        store.create_sweep(examples.sweep(dataset=dataset), examples.plan())
    assert store.places() == (("efficientnet_b0", "digits"), ("efficientnet_b0", "photos"))
