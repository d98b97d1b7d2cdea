"""What was found: coefficients, families, and what can be searched."""

import pytest
import yaml

from results.values import NewEdgeMeasurement
from results.values.json import to_json
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.exports import FORMATS
from search_spaces.families import family

pytestmark = pytest.mark.anyio

B0 = Frame.of(get_baseline("efficientnet_b0"))


async def test_coefficients_are_listed_whatever_their_verdict(client, store):
    items = (await client.get("/v1/coefficients")).json()["items"]
    assert [(item["id"], item["sweep"], item["verdict"]) for item in items] == [
        (2, 5, "inconclusive"), (1, 1, "chosen"),
    ]  # fmt: skip
    record = store.one_coefficients(1)
    assert items[1]["coefficients"] == to_json(record.coefficients)
    assert items[1]["intervals"] == record.intervals
    assert items[1]["seeds"] == 2


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("verdict=chosen&verdict=equivalent", [1]),
        ("dataset=photos", [2]),
        ("target=2", [1]),
        ("quantity=flops", [2, 1]),
        ("quantity=params", []),
        ("sweep=5", [2]),
        ("sort=-accuracy", [1, 2]),
        ("sort=accuracy&limit=1", [2]),
    ],
)
async def test_coefficients_are_filtered_and_sorted(client, query, ids):
    page = (await client.get(f"/v1/coefficients?{query}")).json()
    assert [item["id"] for item in page["items"]] == ids


@pytest.mark.parametrize("query", ["", "?baseline=efficientnet_b0&dataset=digits&target=2.0"])
async def test_the_best_come_with_their_evidence(client, query):
    best = (await client.get(f"/v1/coefficients/best{query}")).json()
    assert (best["sweep"], best["sweep_name"], best["verdict"]) == (1, "finished", "chosen")
    assert (best["accuracy"], best["confidence"], best["regret_bound"]) == (0.805, 0.95, 0.003)
    assert best["evidence"]["leader"] == 3
    assert best["why"] == best["evidence"]["why"]


@pytest.mark.parametrize(
    ("query", "rule", "remedy"),
    [
        ("dataset=photos", "no conclusive coefficients are stored for dataset photos",
         "sweep 5 was inconclusive: GET /v1/sweeps/5 says what would settle it"),
        ("baseline=mobilenet_v2&target=4",
         "no conclusive coefficients are stored for baseline mobilenet_v2, target 4.0",
         "there are some for baseline=efficientnet_b0 dataset=digits target=2 quantity=flops"),
        ("dataset=digits&quantity=params",
         "no conclusive coefficients are stored for dataset digits, quantity params",
         "there are some for baseline=efficientnet_b0 dataset=digits target=2 quantity=flops"),
    ],
)  # fmt: skip
async def test_without_conclusion_there_is_a_404_that_helps(client, problem, query, rule, remedy):
    found = problem(await client.get(f"/v1/coefficients/best?{query}"), 404, "not-found")
    assert found["detail"] == f"{rule}: {remedy}"
    assert (found["errors"][0]["rule"], found["errors"][0]["remedy"]) == (rule, remedy)


async def test_an_empty_database_says_how_to_begin(serving, problem, tmp_path):
    async with serving(database_url=f"sqlite:///{tmp_path}/empty.db") as client:
        found = problem(await client.get("/v1/coefficients/best"), 404, "not-found")
        assert found["detail"] == (
            "no conclusive coefficients are stored for any search: no sweep has come to a "
            "conclusion yet: POST /v1/sweeps submits one"
        )
        published = await client.get("/v1/families/published")
        assert [member["name"] for member in published.json()["members"]] == [
            f"b{k}" for k in range(8)
        ]
        for path in ("/v1/sweeps", "/v1/coefficients"):
            assert (await client.get(path)).json() == {"items": [], "next": None}
        assert (await client.get("/v1/datasets")).json() == {"datasets": []}


async def test_the_published_family_is_the_official_table(client):
    found = (await client.get("/v1/families/published")).json()
    expected = family(B0, PUBLISHED, convention="published")
    assert [(m["name"], m["params"], m["flops"]) for m in found["members"]] == [
        (m.name, m.complexity.params, m.complexity.flops) for m in expected
    ]
    assert [m["resolution_px"] for m in found["members"]] == [
        224, 240, 260, 300, 380, 456, 528, 600,
    ]  # fmt: skip
    assert found["members"][7]["params"] == 66_347_960
    assert (found["coefficients"], found["sweep"]) == (None, None)


async def test_a_family_follows_from_stored_coefficients(client, store):
    record = store.one_coefficients(1)
    triple = record.coefficients
    found = (await client.get("/v1/families/1?members=3")).json()
    expected = family(B0, triple, members=3)
    assert found["coefficients"]["beta"] == record.coefficients.beta
    assert (found["sweep"], found["convention"], found["classes"]) == (1, "fitted", 1000)
    for got, member in zip(found["members"], expected, strict=True):
        values = member.to_dict() | {"complexity_source": got["complexity_source"]}
        assert got == values
    # Two members are stored as fvcore counted them; the third is derived now.
    assert [m["complexity_source"] for m in found["members"]] == ["fvcore", "fvcore", "closed_form"]


@pytest.mark.parametrize("convention", ["integer", "published"])
async def test_a_family_by_another_convention_and_for_other_images(client, store, convention):
    record = store.one_coefficients(1)
    query = {"convention": convention, "members": 2, "resolution_px": 160, "classes": 37}
    found = (await client.get("/v1/families/1", params=query)).json()
    frame = Frame.of(get_baseline("efficientnet_b0"), resolution_px=160, classes=37)
    triple = record.coefficients
    expected = family(frame, triple, members=2, convention=convention)
    assert [m["flops"] for m in found["members"]] == [m.complexity.flops for m in expected]
    assert (found["resolution_px"], found["classes"]) == (160, 37)
    assert {m["complexity_source"] for m in found["members"]} == {"closed_form"}


async def test_a_member_is_one_of_its_family(client):
    members = (await client.get("/v1/families/1?members=4")).json()["members"]
    for k in (0, 3):
        response = await client.get(f"/v1/families/1/b{k}?format=json")
        assert response.headers["content-type"] == "application/json"
        assert response.json() == members[k]
    published = (await client.get("/v1/families/published/b7")).json()
    assert (published["params"], published["phi"]) == (66_347_960, None)


async def test_a_family_and_its_members_come_in_every_format(client):
    for name, form in FORMATS.items():
        query = {"format": name, "resolution_multiple": 2}
        for path in ("/v1/families/1", "/v1/families/1/b2", "/v1/families/published"):
            response = await client.get(path, params=query)
            assert response.status_code == 200, response.text
            assert response.headers["content-type"].startswith(form.media_type)
    odd = await client.get("/v1/families/1/b2?format=transformers&resolution_multiple=2")
    assert odd.json()["image_size"] % 2 == 0
    document = (await client.get("/v1/families/published")).json()
    text = (await client.get("/v1/families/published?format=yaml")).text
    assert yaml.safe_load(text) == document


@pytest.mark.parametrize(
    ("path", "status", "kind", "detail"),
    [
        ("/v1/families/9", 404, "not-found", "coefficients 9 do not exist"),
        ("/v1/families/9/b1", 404, "not-found", "coefficients 9 do not exist"),
        ("/v1/families/1/b16", 404, "not-found",
         "member 'b16' does not exist: the members are b0 to b15"),
        ("/v1/families/1/b01", 404, "not-found",
         "member 'b01' does not exist: the members are b0 to b15"),
        ("/v1/families/published/b8", 404, "not-found",
         "member 'b8' does not exist: the members are b0 to b7"),
        ("/v1/families/1/b1?format=jsn", 422, "invalid",
         "format is jsn: it is one of efficientnet_pytorch, json, keras, pycls, python, timm, "
         "torchvision, transformers, yaml; did you mean json?"),
        ("/v1/families/1?format=transformers&resolution_px=225", 422, "invalid",
         "b0: transformers cannot express resolution_px 225: its stem pads on the right and below "
         "only, which loses a row of an odd image; derive it with --resolution-multiple 2 (over "
         "HTTP resolution_multiple=2)"),
        ("/v1/families/published?baseline=mobilenet_v2", 422, "invalid",
         "baseline is mobilenet_v2: it has no published family; choose one of "
         "efficientnet_b0"),
        ("/v1/families/published?baseline=eficientnet_b0", 422, "invalid",
         "baseline 'eficientnet_b0' is unknown: did you mean efficientnet_b0?; "
         "`scaling-search baselines` lists them"),
        ("/v1/families/1?members=17", 422, "invalid",
         "members is 17: Input should be less than or equal to 16"),
    ],
)  # fmt: skip
async def test_families_that_do_not_exist(client, problem, path, status, kind, detail):
    assert problem(await client.get(path), status, kind)["detail"] == detail


async def test_a_404_names_the_part_of_the_path_that_is_meant(client, problem):
    found = problem(await client.get("/v1/families/9/b1"), 404, "not-found")
    (error,) = found["errors"]
    assert (error["place"], error["field"], error["value"]) == ("path", "coefficients_id", "9")


async def test_data_sets_are_listed_without_the_servers_paths(client):
    response = await client.get("/v1/datasets")
    (digits,) = response.json()["datasets"]
    assert (digits["name"], digits["classes"], digits["native_px"]) == ("digits", 10, 8)
    assert digits["class_names"] == list("0123456789")
    assert "/secret" not in response.text


async def test_baselines_are_listed_with_what_they_cost(client):
    found = {b["name"]: b for b in (await client.get("/v1/baselines")).json()["baselines"]}
    assert found["efficientnet_b0"]["params"] == 5_288_548
    assert found["efficientnet_b0"]["flops"] == 401_659_392
    assert found["efficientnet_b0"]["published_family"] is True
    assert found["mobilenet_v2"]["published_family"] is False


async def test_what_networks_took_is_listed(client, store, problem):
    key = store.candidates(1)[0].spec_key
    common = {
        "machine": "a processor, 2 cores, 8 GiB", "threads": 1, "batch": 1, "label": "b0",
        "spec": {"baseline": "efficientnet_b0", "resolution_px": 16}, "flops": 1, "params": 2,
        "p50_ms": 3.0, "p95_ms": 4.0, "runs": 30, "file_bytes": 5, "peak_memory_bytes": None,
        "versions": {},
    }  # fmt: skip
    store.put_edge_measurements(
        [
            NewEdgeMeasurement(spec_key=key, backend="torch", **common),
            NewEdgeMeasurement(spec_key="other", backend="onnxruntime", **common),
        ]
    )
    everything = (await client.get("/v1/edge")).json()["measurements"]
    assert {row["backend"] for row in everything} == {"torch", "onnxruntime"}
    (row,) = (await client.get("/v1/edge?sweep=1")).json()["measurements"]
    assert (row["spec_key"], row["p50_ms"], row["resolution_px"]) == (key, 3.0, 16)
    (row,) = (await client.get("/v1/edge?spec_key=other")).json()["measurements"]
    assert row["backend"] == "onnxruntime"
    problem(await client.get("/v1/edge?sweep=99"), 404, "not-found")
