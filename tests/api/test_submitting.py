"""Planning and submitting over HTTP."""

import asyncio

import pytest

from search_spaces.planning import make_plan
from search_spaces.specs.sweep import SweepSpec

from .specs import SPEC, spec

pytestmark = pytest.mark.anyio


async def test_a_plan_is_what_would_be_trained(client, store):
    response = await client.post("/v1/plan", json=SPEC)
    found = response.json()
    expected = make_plan(SweepSpec.model_validate(SPEC).space, in_channels=1, classes=10)
    assert (found["dataset"], found["in_channels"], found["classes"]) == ("digits", 1, 10)
    assert [c["spec_key"] for c in found["candidates"]] == [c.spec.key for c in expected.candidates]
    assert [c["flops"] for c in found["candidates"]] == [
        c.complexity.flops for c in expected.candidates
    ]
    assert {c["complexity_source"] for c in found["candidates"]} == {"closed_form"}
    assert found["base_flops"] == expected.base_flops
    assert found["points"] == 2
    assert found["training"] == {
        "strategy": "grid",
        "trials": 10,
        "images": 6400,
        "first_images": 6400,
        "seeds": [0, 1],
    }
    assert found["warnings"][-1] == "grey"
    assert found["candidates"][0]["notes"] == [
        "16 px exceeds the 8 px of the images: upsampling adds no detail, so a difference there "
        "comes from the network's strides and no effect of resolution is claimed"
    ]
    assert len(store.sweeps()) == 5


async def test_a_plan_without_data_is_for_the_baselines_own(client):
    found = (await client.post("/v1/plan", json=spec(data=None))).json()
    assert (found["dataset"], found["in_channels"], found["classes"]) == (None, 3, 1000)
    assert found["candidates"][0]["notes"] == []


async def test_a_submitted_sweep_waits_in_the_queue(client, store):
    response = await client.post("/v1/sweeps", json=SPEC)
    assert response.status_code == 201
    found = response.json()
    assert response.headers["location"] == f"/v1/sweeps/{found['id']}"
    assert (found["state"], found["driven"], found["dataset"]) == ("queued", False, "digits")
    assert found["queued_at"] is not None
    assert (await client.get(response.headers["location"])).json() == found
    stored = store.sweep(found["id"])
    parsed = SweepSpec.model_validate(stored.spec)
    assert parsed.data.name == "digits"
    assert stored.dataset_fingerprint == "d" * 64
    assert stored.protocol == SweepSpec.model_validate(SPEC).protocol("d" * 64)
    plan = make_plan(parsed.space, in_channels=1, classes=10)
    candidates = store.candidates(stored.id)
    assert [c.spec_key for c in candidates] == [c.spec.key for c in plan.candidates]
    assert candidates[0].intervals["alpha"][0] == 1.0
    assert store.progress([stored.id])[stored.id].pending == 2 * len(plan.candidates)
    assert store.claim_next("runner", ttl_seconds=60).sweep_id == 3
    assert store.claim_next("runner", ttl_seconds=60).sweep_id == stored.id


async def test_the_same_key_makes_no_second_sweep(client, store, problem):
    headers = {"Idempotency-Key": "once"}
    answers = await asyncio.gather(
        *(client.post("/v1/sweeps", json=SPEC, headers=headers) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(store.sweeps()) == 6
    other = await client.post("/v1/sweeps", json=spec(name="other"), headers=headers)
    found = problem(other, 409, "conflict")
    assert "was used for sweep 6, which has another specification" in found["detail"]
    assert (await client.post("/v1/sweeps", json=SPEC)).json()["id"] > 6


@pytest.mark.parametrize(
    ("change", "field", "rule", "remedy"),
    [
        ({"space__baseline": "eficientnet_b0"}, "space.baseline",
         "baseline 'eficientnet_b0' is unknown: did you mean efficientnet_b0?",
         "`scaling-search baselines` lists them"),
        ({"space__targt": 1}, "space.targt", "unknown key", "did you mean target?"),
        ({"proxy__batchsize": 1}, "proxy.batchsize", "unknown key",
         "did you mean batch_size?"),
        ({"spaces": 1}, "spaces", "unknown key", "did you mean space?"),
        ({"proxy": None}, "proxy", "a value is required", None),
        ({"space__lattice": None}, "space",
         "give exactly one of axes, lattice and compare: they say where to look", None),
        ({"space__baseline": "antigravity:Net"}, "space.baseline",
         "baseline 'antigravity:Net' refers to Python code, which is run only if you name it "
         "yourself, never because a file, a database or a request does: add --baseline "
         "antigravity:Net to the command on your own machine, or install its package with an entry "
         "point (docs/baselines.md, 'Your own baseline')", None),
        ({"space__target__flops_ratio": 1e9}, "space.target.flops_ratio",
         "Input should be less than or equal to 1000", None),
        ({"proxy__images": "many"}, "proxy.images",
         "Input should be a valid integer, unable to parse string as an integer", None),
        ({"seeds": [1, 1]}, "seeds", "[1, 1]: seeds must be distinct, from 0 to 2³¹ − 1", None),
        ({"proxy__reports": 50}, "proxy", "proxy.reports is 50: the budget has only 20 steps to "
         "report after", "lower reports or raise the budget"),
        ({"space__lattice": {"divisions": 15}}, "space.lattice",
         "at most 120 directions are planned per request", "use fewer divisions or directions"),
        ({"space__lattice": None, "space__axes": {"alpha": {"max": 3, "step": 0.01},
          "beta": {"max": 3, "step": 0.01}, "gamma": {"max": 2, "step": 0.01}}}, "space.axes",
         "at most 100,000 points are planned per request",
         "use larger steps, or plan with `scaling-search plan` on a machine of your own"),
        ({"seeds": list(range(100)), "proxy__images": 10**9}, "proxy",
         "at most 1,000,000,000 training images are accepted per sweep",
         "reduce the images per trial, or use fewer seeds or candidates"),
        ({"space__target__at_most": {"latency": 2}}, "space.target",
         "the service does not run networks, so it cannot plan for a latency target",
         "plan and run it with `scaling-search run` on the machine whose latency counts"),
        ({"data__test_fraction": 0.5}, "data.test_fraction",
         "it is fixed when a data set is registered", "omit it"),
        ({"data__depth_bits": 12}, "data.depth_bits",
         "it is fixed when a data set is registered", "omit it"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/plan", "/v1/sweeps"])
async def test_a_wrong_specification_is_refused(
    client, store, problem, path, change, field, rule, remedy
):
    found = problem(await client.post(path, json=spec(**change)), 422, "invalid")
    error = found["errors"][0]
    assert (error["place"], error["field"]) == ("body", field)
    assert (error["rule"], error["remedy"]) == (rule, remedy)
    assert len(store.sweeps()) == 5


async def test_a_space_without_a_network_is_refused(client, problem):
    body = spec(space__target__tolerance=0.0, space__target__flops_ratio=1.5)
    found = problem(await client.post("/v1/plan", json=body), 422, "invalid")
    assert found["detail"].startswith("no network of this space has a measured FLOPs ratio")


async def test_a_strategy_that_contradicts_its_plan_is_refused(client):
    body = spec(strategy={"name": "tpe", "trials": 90, "startup_trials": 2})
    response = await client.post("/v1/sweeps", json=body)
    assert response.status_code == 422
    assert "strategy.trials is 90" in response.text


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ({"max_candidates": 4}, "space"),
        ({"max_trials": 9}, "seeds"),
        ({"max_images": 6399}, "proxy"),
    ],
)
async def test_a_sweep_has_a_largest_size(serving, problem, setting, field):
    async with serving(**setting) as client:
        found = problem(await client.post("/v1/sweeps", json=SPEC), 422, "invalid")
        assert found["errors"][0]["field"] == field


async def test_weights_that_are_kept_have_a_largest_size(serving, problem):
    async with serving(max_weight_bytes=20_000_000) as client:
        body = SPEC | {"keep_checkpoints": "all"}
        found = problem(await client.post("/v1/sweeps", json=body), 422, "invalid")
        (error,) = found["errors"]
        assert (error["field"], error["value"]) == ("keep_checkpoints", "all")
        assert error["rule"].startswith("at most 20,000,000 bytes of weights are kept per sweep")
        assert error["remedy"] == "keep the weights of fewer trials, for example best:3"
        body = SPEC | {"keep_checkpoints": "best:1"}
        assert (await client.post("/v1/sweeps", json=body)).status_code == 201


async def test_the_queue_has_a_length(serving, problem, store):
    async with serving(max_queued=2) as client:
        first = await client.post("/v1/sweeps", json=SPEC, headers={"Idempotency-Key": "k"})
        assert first.status_code == 201
        full = await client.post("/v1/sweeps", json=SPEC)
        found = problem(full, 429, "too-many")
        assert found["detail"] == "at most 2 sweeps may wait in the queue"
        again = await client.post("/v1/sweeps", json=SPEC, headers={"Idempotency-Key": "k"})
        assert again.json() == first.json()
