"""What a client gives is what the store gives."""

import dataclasses
import itertools
import json
from datetime import datetime

import pandas as pd
import pytest

from results import frames
from results.errors import ConflictError, NotFoundError
from results.states import SweepState, TrialState, Verdict
from results.values import NewEdgeMeasurement
from scaling_search.client import connection
from scaling_search.client.connection import Connection
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.errors import InputError, WorkError
from search_spaces.families import family
from search_spaces.specs.extension import Extension
from search_spaces.specs.sweep import SweepSpec

EVERY_SWEEP = range(1, 6)
FINISHED, RUNNING, WAITING, FAILED, UNSURE = EVERY_SWEEP


@pytest.mark.parametrize("sweep_id", EVERY_SWEEP)
def test_everything_of_a_sweep_is_as_in_the_store(client, store, sweep_id):
    assert client.sweep(sweep_id) == store.sweep(sweep_id)
    assert client.candidates(sweep_id) == store.candidates(sweep_id)
    assert client.trials(sweep_id) == store.trials(sweep_id)
    assert list(client.iter_trials(sweep_id)) == store.trials(sweep_id)
    assert client.epochs(sweep_id) == store.epochs(sweep_id)
    some = {1, 3}
    assert client.epochs(sweep_id, trial_ids=some) == store.epochs(sweep_id, trial_ids=some)


def test_sweeps_are_listed_and_filtered_as_in_the_store(client, store):
    assert client.sweeps() == store.sweeps()
    for filters in (
        {"states": [SweepState.FINISHED, SweepState.FAILED]},
        {"states": []},
        {"dataset": "photos"},
        {"baseline": "mobilenet_v2"},
        {"name": "UN"},
        {"limit": 2},
        {"limit": 0},
    ):
        assert client.sweeps(**filters) == store.sweeps(**filters), filters
    lost = client.trials(FINISHED, states=[TrialState.DIVERGED])
    assert lost == store.trials(FINISHED, states=[TrialState.DIVERGED])
    assert len(lost) == 1


def test_lists_are_read_page_after_page_and_no_further_than_asked(client, store, monkeypatch):
    monkeypatch.setattr(connection, "_ROWS_AT_ONCE", 3)
    assert client.trials(FINISHED) == store.trials(FINISHED)
    assert len(store.trials(FINISHED)) > 6
    monkeypatch.setattr(connection, "_ROWS_AT_ONCE", 1)
    best = next(client.iter_trials(FINISHED, sort="-accuracy"))
    assert best.accuracy == max(trial.accuracy or 0 for trial in store.trials(FINISHED))


def test_frames_take_a_client_as_they_take_a_store(client, store):
    for make in (frames.trials, frames.candidates, frames.epochs, frames.pareto_front):
        pd.testing.assert_frame_equal(make(client, FINISHED), make(store, FINISHED))


def test_coefficients_are_as_in_the_store(client, store):
    assert client.coefficients() == store.coefficients()
    assert [row.sweep for row in client.coefficients(verdicts=[Verdict.CHOSEN])] == [FINISHED]
    asked = ("efficientnet_b0", "digits", 2.0)
    assert client.best(*asked) == store.best(*asked)
    assert client.best("mobilenet_v2") is None


def test_a_family_is_what_the_coefficients_imply(client, store):
    (found,) = store.coefficients(sweep_id=FINISHED)
    triple = found.coefficients
    frame = Frame.of(get_baseline("efficientnet_b0"), resolution_px=64, classes=7)
    assert client.family(
        found.id, convention="integer", resolution_px=64, classes=7, members=3
    ) == family(frame, triple, members=3, convention="integer")


def test_a_family_comes_as_a_file_of_another_program(client, store):
    (found,) = store.coefficients(sweep_id=FINISHED)
    assert "def b7():" in client.family_text(found.id, "torchvision")
    member = json.loads(
        client.family_text(found.id, "transformers", member="b2", resolution_multiple=2, classes=7)
    )
    assert member["num_labels"] == 7
    with pytest.raises(InputError, match="transformers cannot express resolution_px 225"):
        client.family_text(found.id, "transformers", resolution_px=225)


def test_what_networks_took_is_what_the_store_has(client, store):
    specs = [f"spec{number}" for number in range(150)]
    store.put_edge_measurements(
        [
            NewEdgeMeasurement(
                spec_key=spec, machine="m", threads=1, batch=1, backend="torch", label="b0",
                spec={"resolution_px": 16}, flops=1, params=2, p50_ms=3.0, p95_ms=4.0, runs=30,
                file_bytes=5, peak_memory_bytes=6, versions={},
            )
            for spec in specs
        ]
    )  # fmt: skip
    assert client.edge_measurements() == store.edge_measurements()
    assert client.edge_measurements(specs[:120]) == store.edge_measurements(specs[:120])


def test_data_sets_and_baselines_are_listed(client):
    assert [row.name for row in client.datasets()] == ["digits"]
    assert "efficientnet_b0" in [row.name for row in client.baselines()]


def test_a_sweep_is_submitted_once_however_often_it_is_sent(client, store, library):
    first = client.submit(library.spec, key="mine")
    assert client.submit(library.spec, key="mine") == first
    assert first.state is SweepState.QUEUED
    assert first.queued_at is not None
    stored = store.sweep(first.id)
    assert SweepSpec.model_validate(stored.spec) == library.spec
    assert client.submit(library.spec).id != first.id
    other = library.spec.model_copy(update={"seeds": (5,)})
    with pytest.raises(ConflictError, match="another specification"):
        client.submit(other, key="mine")


def test_a_sweep_is_cancelled_resumed_and_deleted(client, store):
    assert client.request_cancel(WAITING) is SweepState.CANCELLED
    assert client.requeue(WAITING) is SweepState.QUEUED
    with pytest.raises(ConflictError, match="cancel it first"):
        client.delete_sweep(WAITING)
    client.request_cancel(WAITING)
    client.delete_sweep(WAITING)
    with pytest.raises(NotFoundError, match=f"sweep {WAITING} does not exist"):
        client.sweep(WAITING)
    assert client.request_cancel(RUNNING) is SweepState.RUNNING
    assert store.sweep(RUNNING).cancel_requested


def test_a_finished_sweep_is_extended(client, store):
    longer = client.extend(FINISHED, Extension(images=6400))
    assert longer.id not in EVERY_SWEEP
    assert store.sweep(FINISHED).state is SweepState.FINISHED
    found = client.extend(FINISHED, Extension(seeds=4))
    assert found == client.sweep(FINISHED)
    assert (found.state, found.seeds) == (SweepState.QUEUED, (0, 1, 2, 3))


def test_events_come_from_the_asked_place_on_and_as_they_happen(client, store):
    before = store.events(RUNNING)
    following = client.events(RUNNING)
    assert list(itertools.islice(following, len(before))) == before
    store.request_cancel(RUNNING)
    assert next(following) == store.events(RUNNING)[-1]
    later = client.events(RUNNING, after=before[-1].seq)
    assert next(later).kind == "cancel_requested"


def test_waiting_ends_with_the_sweep(client, store):
    assert client.wait(FINISHED) == store.sweep(FINISHED)
    store.request_cancel(WAITING)
    assert client.wait(WAITING).state is SweepState.CANCELLED


@pytest.mark.parametrize(("driven", "until"), [(True, "2020-01-01"), (False, "2999-01-01")])
def test_the_service_and_not_this_clock_says_whether_a_sweep_is_driven(
    client, monkeypatch, driven, until
):
    real = Connection.get
    about = {"driven": driven, "lease_expires_at": datetime.fromisoformat(f"{until}T00:00:00Z")}

    def off(*arguments):
        return dataclasses.replace(real(*arguments), **about)

    monkeypatch.setattr(Connection, "get", off)
    assert client.sweep(RUNNING).driven is driven


def test_a_sweep_whose_driver_is_gone_is_not_waited_for(client, store, library, monkeypatch):
    monkeypatch.setattr("api.routers.events._PING_SECONDS", 0.1)
    lease = library.claimed(name="killed")
    store.renew(lease, ttl_seconds=0.001)
    gone = f"the driver of sweep {lease.sweep_id} is gone, and nobody trains it"
    with pytest.raises(WorkError, match=gone):
        client.wait(lease.sweep_id)


def test_what_is_asked_wrongly_is_told_in_the_words_of_the_service(client, library):
    with pytest.raises(NotFoundError, match="sweep 99 does not exist"):
        client.trials(99)
    with pytest.raises(NotFoundError, match="sweep 99 does not exist"):
        next(client.events(99))
    with pytest.raises(InputError, match=r"sort.*bogus"):
        next(client.iter_trials(FINISHED, sort="bogus"))
    elsewhere = library.spec.model_copy(
        update={"data": library.spec.data.model_copy(update={"name": "photos"})}
    )
    with pytest.raises(InputError, match=r"data\.name is photos: it is not registered"):
        client.submit(elsewhere)
