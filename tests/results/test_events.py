"""Contract: events are append-only, numbered without gaps, and written with what they report."""

import threading

import pytest

from results import SweepState, Verdict
from results.values import Outcome
from search_spaces.errors import InputError


def test_a_sweep_tells_its_story(store, scene, examples):
    lease = scene.claimed(candidates=1)
    attempt = scene.start(lease)
    store.record_epochs(lease, [examples.epoch(attempt, 1, train_loss=2.0)])
    store.finish_trial(lease, attempt.id, examples.result(0.5))
    failing = scene.start(lease, place=1)
    store.fail_attempt(lease, failing.id, "no memory", retry=False)
    store.set_outcome(lease, Outcome(verdict=Verdict.INCONCLUSIVE))
    store.set_state(lease, SweepState.FINISHED)  # a trial failed: it is incomplete
    events = store.events(lease.sweep_id)
    assert [event.seq for event in events] == list(range(1, 10))
    candidate = store.candidates(lease.sweep_id)[0].id
    about = {"candidate": candidate, "seed": 0, "trial": 1}
    assert [(event.kind, event.data) for event in events] == [
        ("created", {"name": "first", "candidates": 1, "trials": 2}),
        (
            "claimed",
            {
                "owner": "here:100:1.0",
                "epoch": 1,
                "before": "queued",
                "interrupted_trials": 0,
            },
        ),
        ("trial_started", {**about, "attempt": 1, "worker": "w1"}),
        (
            "epochs",
            {
                "epochs": [
                    {
                        "trial": 1,
                        "attempt": 1,
                        "epoch": 1,
                        "steps": 10,
                        "images": 640,
                        "train_loss": 2.0,
                        "accuracy": 0.1,
                        "images_per_second": None,
                    }
                ]
            },
        ),
        (
            "trial_finished",
            {**about, "state": "finished", "accuracy": 0.5, "train_seconds": 3.5},
        ),
        (
            "trial_started",
            {"candidate": candidate, "seed": 1, "trial": 2, "attempt": 1, "worker": "w1"},
        ),
        (
            "trial_failed",
            {
                "candidate": candidate,
                "seed": 1,
                "trial": 2,
                "attempt": 1,
                "retry": False,
                "error": "no memory",
            },
        ),
        ("outcome", {"coefficients": None, "verdict": None}),
        (
            "state",
            {"before": "running", "after": "incomplete", "error": None, "interrupted_trials": 0},
        ),
    ]


def test_a_reader_goes_on_where_it_was(store, scene):
    lease = scene.claimed()
    for number in range(5):
        assert store.append_event(lease, "note", {"number": number}) == number + 3
    assert [event.data["number"] for event in store.events(lease.sweep_id, after=4)] == [2, 3, 4]
    assert [event.seq for event in store.events(lease.sweep_id, after=2, limit=2)] == [3, 4]
    assert store.events(lease.sweep_id, after=7) == []
    other = scene.sweep()
    assert [event.seq for event in store.events(other)] == [1]


def test_a_refused_write_leaves_no_event(store, scene):
    lease = scene.claimed()
    with pytest.raises(InputError) as caught:
        store.append_event(lease, "note", {"loss": float("nan")})
    assert str(caught.value).startswith(
        "a value cannot be stored: Out of range float values are not JSON compliant"
    )
    with pytest.raises(InputError, match="a value cannot be stored: object is not JSON"):
        store.append_event(lease, "note", {"thing": object()})
    assert scene.kinds(lease.sweep_id) == ["created", "claimed"]


def test_threads_append_without_gaps(store, scene):
    lease = scene.claimed()
    failures = []

    def append(thread: int) -> None:
        try:
            for number in range(20):
                store.append_event(lease, "note", {"thread": thread, "number": number})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=append, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    events = store.events(lease.sweep_id)
    assert [event.seq for event in events] == list(range(1, 83))
    for thread in range(4):
        numbers = [event.data["number"] for event in events if event.data.get("thread") == thread]
        assert numbers == list(range(20))
