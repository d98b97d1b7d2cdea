"""Contract: of each network the latest measurement with machine, threads, batch and backend."""

from dataclasses import replace

import pytest

from results import frames
from results.values import NewEdgeMeasurement
from results.views import SweepView

FIRST = NewEdgeMeasurement(
    spec_key="spec0",
    machine="a processor, 2 cores, 8 GiB",
    threads=1,
    batch=1,
    backend="torch",
    label="b0",
    spec={"baseline": "efficientnet_b0", "resolution_px": 224},
    flops=401_659_392,
    params=5_288_548,
    p50_ms=30.0,
    p95_ms=33.0,
    runs=30,
    file_bytes=21_000_000,
    peak_memory_bytes=None,
    versions={"torch": "2.13.0"},
)


def test_the_latest_of_each_kind_stays(store):
    other = replace(FIRST, threads=2, p50_ms=18.0)
    store.put_edge_measurements([FIRST, other])
    store.put_edge_measurements([replace(FIRST, p50_ms=29.0)])
    store.put_edge_measurements([])
    found = store.edge_measurements()
    assert [(row.threads, row.p50_ms) for row in found] == [(1, 29.0), (2, 18.0)]


@pytest.mark.parametrize(
    "difference",
    [
        {"spec_key": "spec1"},
        {"machine": "another"},
        {"threads": 2},
        {"batch": 8},
        {"backend": "onnxruntime"},
    ],
)
def test_each_part_of_the_kind_counts(store, difference):
    store.put_edge_measurements([FIRST, replace(FIRST, **difference)])
    assert len(store.edge_measurements()) == 2


def test_they_are_found_by_network(store):
    store.put_edge_measurements([replace(FIRST, spec_key=f"spec{n}") for n in range(4)])
    found = store.edge_measurements(["spec1", "spec3", "unknown"])
    assert {row.spec_key for row in found} == {"spec1", "spec3"}
    assert store.edge_measurements([]) == []
    assert len(store.edge_measurements(limit=3)) == 3


def test_candidates_are_drawn_against_their_latency(store, examples):
    planned = store.create_sweep(examples.sweep(), examples.plan(3))
    lease = store.claim(planned, "me", ttl_seconds=60)
    for trial in store.trials(planned):
        attempt = store.start_attempt(lease, trial.id)
        store.finish_trial(lease, attempt.id, examples.result(0.5 + 0.01 * trial.id))
    keys = [candidate.spec_key for candidate in store.candidates(planned)]
    store.put_edge_measurements(
        [replace(FIRST, spec_key=keys[0], threads=4, p50_ms=1.0)], sweep_id=planned
    )
    before = store.last_event(planned)
    measured = [replace(FIRST, spec_key=key, p50_ms=10.0 + n) for n, key in enumerate(keys)]
    store.put_edge_measurements(measured, sweep_id=planned)
    (event,) = store.events(planned, after=before)
    assert (event.kind, event.data) == ("edge_measured", {"networks": 3})
    assert len(frames.edge(store, keys)) == 4
    view = SweepView(store, planned)
    figure = view.figure("accuracy-latency")
    drawn = {value for trace in figure.data if trace.mode == "markers" for value in trace.x}
    assert drawn == {10.0, 11.0, 12.0}  # four threads do not compare with one
    assert "torch, 1 thread, on a processor" in figure.layout.xaxis.title.text
