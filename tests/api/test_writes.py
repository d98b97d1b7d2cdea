"""Planning, submitting, cancelling, resuming and deleting over HTTP."""

import asyncio
import copy
import json
from pathlib import Path

import pytest

from results.records import NewDataset
from results.states import SweepState
from search_spaces.planning import make_plan
from search_spaces.sweep_spec import SweepSpec

pytestmark = pytest.mark.anyio

SPEC = {
    "name": "submitted",
    "space": {
        "baseline": "efficientnet_b0",
        "form": {"width": 0.35, "stem_stride": 1, "strides": [1, 2, 1, 2, 1, 1, 1]},
        "resolution_px": 16,
        "rounding": {"width_divisor": 4},
        "target": {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.3},
        "lattice": {"directions": [[0, 1, 0], [0, 0, 1]]},
    },
    "proxy": {"images": 640, "batch_size": 32, "reports": 2},
    "data": {"name": "digits"},
    "seeds": [0, 1],
}


def spec(**changes):
    """The specification, with dotted keys changed; None removes one."""
    made = copy.deepcopy(SPEC)
    for key, value in changes.items():
        *inside, last = key.split("__")
        place = made
        for part in inside:
            place = place[part]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return made


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
        ({"space__targt": 1}, "space.targt", "it is not a known key", "did you mean target?"),
        ({"proxy__batchsize": 1}, "proxy.batchsize", "it is not a known key",
         "did you mean batch_size?"),
        ({"spaces": 1}, "spaces", "it is not a known key", "did you mean space?"),
        ({"proxy": None}, "proxy", "it is missing and must be given", None),
        ({"space__lattice": None}, "space",
         "give exactly one of axes, lattice and compare: they say where to look", None),
        ({"space__baseline": "antigravity:Net"}, "space.baseline",
         "baseline 'antigravity:Net' refers to Python code, which only commands on your own "
         "machine run: use `scaling-search run` there, or install its package with an entry point "
         "(docs/baselines.md, 'Your own baseline')", None),
        ({"space__target__flops_ratio": 1e9}, "space.target.flops_ratio",
         "Input should be less than or equal to 1000", None),
        ({"proxy__images": "many"}, "proxy.images",
         "Input should be a valid integer, unable to parse string as an integer", None),
        ({"seeds": [1, 1]}, "seeds", "[1, 1]: seeds must be distinct, from 0 to 2³¹ − 1", None),
        ({"proxy__reports": 50}, "proxy", "proxy.reports is 50: the budget has only 20 steps to "
         "report after", "lower reports or raise the budget"),
        ({"space__lattice": {"divisions": 15}}, "space.lattice",
         "at most 120 directions are planned for a request", "use fewer divisions or directions"),
        ({"space__lattice": None, "space__axes": {"alpha": {"max": 3, "step": 0.01},
          "beta": {"max": 3, "step": 0.01}, "gamma": {"max": 2, "step": 0.01}}}, "space.axes",
         "at most 100,000 points are planned for a request",
         "use larger steps, or plan with `scaling-search plan` on a machine of your own"),
        ({"seeds": list(range(100)), "proxy__images": 10**9}, "proxy",
         "at most 1,000,000,000 training images are taken in one sweep",
         "lower the budget of a trial, or use fewer seeds or candidates"),
        ({"space__target__at_most": {"latency": 2}}, "space.target",
         "the service runs no networks, so it cannot plan under a constraint on latency",
         "plan and run it with `scaling-search run` on the machine whose latency counts"),
        ({"data__test_fraction": 0.5}, "data.test_fraction",
         "it is decided when a data set is registered", "leave it out"),
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
        assert error["rule"].startswith("at most 20,000,000 bytes of weights are kept of one sweep")
        assert error["remedy"] == "keep those of fewer trials, such as best:3"
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


UNKNOWN = "it is not registered on this server"
OUTSIDE = "a path must lie below one of the server's data folders"
UNPREPARED = "it has not been prepared on this server, so that its classes are not known"


@pytest.fixture
def roots(tmp_path, store):
    """A data folder with a prepared and an unprepared data set, and another one outside it."""
    for name in ("inside/ready", "inside/new", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    for name in ("inside/ready", "outside"):
        path = str(tmp_path / name)
        store.put_dataset(
            NewDataset(name=path, fingerprint=name, source=path, classes=3, images=9, channels=3,
                       details={})
        )  # fmt: skip
    return tmp_path


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("digit", UNKNOWN),
        ("hub:owner/name", UNKNOWN),
        ("os.path", UNKNOWN),
        ("https://example.org/images", OUTSIDE),
        ("/etc", OUTSIDE),
        ("{root}/outside", OUTSIDE),
        ("{root}/inside/../outside", OUTSIDE),
        ("{root}/inside/link", OUTSIDE),
        ("inside/ready", OUTSIDE),
        ("~/images", OUTSIDE),
        ("../inside", OUTSIDE),
        ("{root}/inside/\0", OUTSIDE),
        ("{root}/inside/new", UNPREPARED),
        ("{root}/inside/nothing", UNPREPARED),
    ],
)
async def test_only_data_that_the_server_knows_are_taken(serving, roots, problem, name, rule):
    async with serving(data_roots=(Path(roots) / "inside",)) as client:
        body = spec(data__name=name.format(root=roots))
        for path in ("/v1/plan", "/v1/sweeps"):
            found = problem(await client.post(path, json=body), 422, "invalid")
            (error,) = found["errors"]
            assert (error["field"], error["rule"]) == ("data.name", rule)


async def test_data_below_a_root_are_taken(serving, roots, store):
    async with serving(data_roots=(Path(roots) / "inside",)) as client:
        path = f"{roots}/inside/new/../ready"
        found = await client.post("/v1/sweeps", json=spec(data__name=path))
        assert found.status_code == 201
        stored = store.sweep(found.json()["id"])
        assert stored.dataset == stored.spec["data"]["name"] == f"{roots}/inside/ready"
        assert store.candidates(stored.id)[0].spec["classes"] == 3


async def test_a_registered_name_stands_for_its_source(client, store):
    store.put_dataset(
        NewDataset(name="cats", fingerprint="c", source="/data/cats", classes=2, images=9,
                   channels=3, native_resolution_px=64, details={"source_px": 32})
    )  # fmt: skip
    body = spec(data={"name": "cats", "in_channels": 1, "source_px": 12})
    found = (await client.post("/v1/sweeps", json=body)).json()
    stored = store.sweep(found["id"])
    assert (stored.dataset, stored.spec["data"]["name"]) == ("cats", "/data/cats")
    candidate = store.candidates(stored.id)[0]
    assert (candidate.spec["classes"], candidate.spec["in_channels"]) == (2, 1)
    assert candidate.notes[0].startswith("16 px exceeds the 12 px of the images")


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


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "invalid"),
        (b"{", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"\xff", 400, "unreadable"),
        (b"[" * 100_000, 400, "unreadable"),
        (b'{"seeds": ' + b"1" * 5000 + b"}", 400, "unreadable"),
        (b'{"name": "\\ud800"}', 422, "invalid"),
        (b'{"seeds": [NaN, Infinity, 1e999]}', 422, "invalid"),
    ],
)
async def test_a_malformed_body_is_a_problem(client, problem, body, status, kind):
    for path in ("/v1/plan", "/v1/sweeps"):
        response = await client.post(
            path, content=body, headers={"Content-Type": "application/json"}
        )
        problem(response, status, kind)


async def test_an_infinite_number_is_not_stored(client, problem, store):
    text = json.dumps(spec(space__target__tolerance=0.125)).replace("0.125", "1e999")
    response = await client.post(
        "/v1/sweeps", content=text.encode(), headers={"Content-Type": "application/json"}
    )
    found = problem(response, 422, "invalid")
    assert (found["errors"][0]["field"], found["errors"][0]["rule"]) == (
        "space.target.tolerance",
        "Input should be a finite number",
    )
    assert len(store.sweeps()) == 5


async def test_a_zero_byte_is_stored_as_its_escape(client):
    found = await client.post("/v1/sweeps", json=spec(name="a\0b"))
    assert found.json()["name"] == "a\\x00b"


async def test_another_content_type_is_refused(client, problem):
    response = await client.post(
        "/v1/sweeps", content=b"{}", headers={"Content-Type": "text/plain"}
    )
    problem(response, 422, "invalid")


@pytest.mark.parametrize("key", ["", "with space", "ä".encode(), "x" * 201])
async def test_an_idempotency_key_is_plain(client, problem, key):
    response = await client.post("/v1/sweeps", json=SPEC, headers={"Idempotency-Key": key})
    found = problem(response, 422, "invalid")
    assert found["errors"][0]["field"] == "idempotency-key"


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


@pytest.mark.parametrize("body", [{}, {"seeds": 1}, {"images": 64}, {"sedes": 4}])
async def test_an_extension_that_adds_nothing_is_refused(client, body):
    response = await client.post("/v1/sweeps/1/extend", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_strategy_that_contradicts_its_plan_is_refused(client):
    body = spec(strategy={"name": "tpe", "trials": 90, "startup_trials": 2})
    response = await client.post("/v1/sweeps", json=body)
    assert response.status_code == 422
    assert "strategy.trials is 90" in response.text
