"""Cancelling, resuming, deleting and extending over HTTP."""

import pytest

from results.states import SweepState

pytestmark = pytest.mark.anyio


async def test_a_waiting_sweep_is_cancelled_at_once_and_twice(client, store):
    for _ in range(2):
        found = (await client.post("/v1/sweeps/3/cancel")).json()
        assert (found["state"], found["driven"]) == ("cancelled", False)
    assert len(store.events(3)) == 2


async def test_a_running_sweep_is_asked_to_stop(client, store):
    found = (await client.post("/v1/sweeps/2/cancel")).json()
    assert (found["state"], found["cancel_requested"], found["driven"]) == ("running", True, True)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/sweeps/1/cancel", "sweep 1 is finished: there is nothing to cancel"),
        ("/v1/sweeps/1/resume", "sweep 1 is finished and cannot become queued: nothing may follow "
         "finished; submit a new sweep instead"),
        ("/v1/sweeps/2/resume", "sweep 2 is running, driven by here:1:0: there is nothing to "
         "resume"),
    ],
)  # fmt: skip
async def test_what_contradicts_the_state_is_a_409(client, problem, path, detail):
    assert problem(await client.post(path), 409, "conflict")["detail"] == detail


async def test_a_failed_sweep_is_resumed(client, store):
    found = (await client.post("/v1/sweeps/4/resume")).json()
    assert (found["state"], found["error"]) == ("queued", None)
    assert (await client.post("/v1/sweeps/4/resume")).json() == found
    assert [store.claim_next("me", ttl_seconds=9).sweep_id for _ in range(2)] == [3, 4]


async def test_a_finished_sweep_is_deleted(client, problem):
    response = await client.delete("/v1/sweeps/1")
    assert (response.status_code, response.content) == (204, b"")
    problem(await client.get("/v1/sweeps/1"), 404, "not-found")
    problem(await client.delete("/v1/sweeps/1"), 404, "not-found")
    problem(await client.get("/v1/coefficients/best"), 404, "not-found")


@pytest.mark.parametrize("sweep", [2, 3])
async def test_what_may_go_on_is_not_deleted(client, problem, store, sweep):
    found = problem(await client.delete(f"/v1/sweeps/{sweep}"), 409, "conflict")
    assert found["errors"][0]["remedy"] == "cancel it first"
    assert store.sweep_state(sweep) in (SweepState.RUNNING, SweepState.QUEUED)


async def test_a_finished_sweep_is_extended_in_place_and_waits(client, store):
    before = store.trials(1)
    response = await client.post("/v1/sweeps/1/extend", json={"seeds": 4})
    assert response.status_code == 200
    found = response.json()
    assert (found["id"], found["state"], found["seeds"]) == (1, "queued", [0, 1, 2, 3])
    assert found["queued_at"] is not None
    assert store.trials(1)[: len(before)] == before
    assert len(store.trials(1)) == 2 * len(before)


async def test_a_longer_budget_makes_another_sweep(client, store):
    response = await client.post("/v1/sweeps/1/extend", json={"images": 6400})
    found = response.json()
    assert found["id"] != 1
    assert found["protocol"] != store.sweep(1).protocol
    assert found["spec"]["description"] == "Sweep 1 with a longer budget."
    assert store.sweep(1).state is SweepState.FINISHED


async def test_a_longer_budget_and_further_networks_keep_the_present_ones(client, store):
    body = {"images": 6400, "lattice": {"directions": [[0, 0.5, 0.5]]}}
    found = (await client.post("/v1/sweeps/1/extend", json=body)).json()
    present, everyone = store.candidates(1), store.candidates(found["id"])
    assert [one.spec_key for one in everyone[: len(present)]] == [one.spec_key for one in present]
    assert [one.index for one in everyone] == list(range(len(everyone)))
    assert len(everyone) > len(present)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "nothing to extend: give more seeds, a finer lattice"),
        ({"seeds": 1}, "seeds is 1: the sweep has 2 already and can have 100"),
        ({"images": 64}, "the budget is 64 images per trial: the sweep has 640 already"),
        ({"sedes": 4}, "sedes"),
        ({"lattice": {"divisions": 0}}, "lattice.divisions"),
        ({"lattice": {"directions": [[0, 0, 1], [0, 1, 0]]}},
         "nothing would be added: the sweep has every network of that search already"),
    ],
)  # fmt: skip
async def test_an_extension_that_adds_nothing_is_refused(client, problem, body, detail):
    found = problem(await client.post("/v1/sweeps/1/extend", json=body), 422, "invalid")
    assert detail in found["detail"]


async def test_a_sweep_matched_on_latency_is_extended_where_nothing_is_measured(
    client, store, library, problem
):
    timed = library.spec.model_dump(mode="json")
    target = {"latency_ratio": 1.5, "tolerance": 0.9, "timing": {"machine": "another one"}}
    timed["space"]["target"] = target
    lease = library.claimed(name="timed", spec=timed, target_quantity="latency")
    library.train(lease, lambda index, seed: 0.5)
    library.end(lease, SweepState.FINISHED)
    path = f"/v1/sweeps/{lease.sweep_id}/extend"
    further = await client.post(path, json={"lattice": {"divisions": 4}})
    (finding,) = problem(further, 422, "invalid")["errors"]
    assert finding["field"] == "space.target"
    assert "`scaling-search extend` on the machine whose latency counts" in finding["remedy"]
    assert store.sweep(lease.sweep_id).state is SweepState.FINISHED

    longer = (await client.post(path, json={"images": 6400})).json()
    networks = [one.spec_key for one in store.candidates(lease.sweep_id)]
    assert longer["id"] != lease.sweep_id
    assert [one.spec_key for one in store.candidates(longer["id"])] == networks

    more = await client.post(path, json={"seeds": 3})
    assert more.status_code == 200
    assert len(store.trials(lease.sweep_id)) == 3 * len(networks)
    assert len(store.candidates(lease.sweep_id)) == len(networks)


async def test_a_sweep_of_images_that_changed_is_not_extended(client, store, library):
    lease = library.claimed(name="older", dataset_fingerprint="e" * 64)
    library.end(lease, SweepState.INTERRUPTED)
    response = await client.post(f"/v1/sweeps/{lease.sweep_id}/extend", json={"seeds": 4})
    assert response.status_code == 422
    assert "the images registered as digits changed since sweep" in response.text
