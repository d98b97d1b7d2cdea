"""Sweeps and all that belongs to them, read over HTTP."""

import csv
import io
from dataclasses import fields

import orjson
import pyarrow.parquet as pq
import pytest

from api import pages
from results.states import SweepState
from results.values import After, SweepDetail, Trial
from results.values.json import from_json, to_json

pytestmark = pytest.mark.anyio

BELOW = ("", "/trials", "/candidates", "/epochs", "/events", "/log")

COLUMNS = [field.name for field in fields(Trial)]


@pytest.mark.parametrize("path", BELOW)
async def test_an_unknown_sweep_is_a_404(client, problem, path):
    found = problem(await client.get(f"/v1/sweeps/99{path}"), 404, "not-found")
    assert found["detail"].startswith("sweep 99 does not exist")
    assert found["errors"][0]["field"] == "sweep_id"
    assert found["errors"][0]["value"] == "99"


async def test_sweeps_are_listed_newest_first(client):
    page = (await client.get("/v1/sweeps")).json()
    assert [(item["id"], item["name"], item["state"]) for item in page["items"]] == [
        (5, "unsure", "finished"), (4, "failed", "failed"), (3, "waiting", "queued"),
        (2, "running", "running"), (1, "finished", "finished"),
    ]  # fmt: skip
    assert page["next"] is None
    finished, running = page["items"][4], page["items"][3]
    assert finished["verdict"] == "chosen"
    assert finished["leader_accuracy"] == 0.805
    assert finished["leader"]["gamma"] > 1
    assert finished["progress"]["done"] == finished["progress"]["total"] == 10
    assert (running["driven"], running["progress"]["running"]) == (True, 1)
    assert running["verdict"] is None
    assert running["leader"] is None


async def test_a_sweep_whose_driver_is_gone_is_filtered_by_what_it_is_called(client, library):
    number = library.sweep(name="lapsed", enqueue=True)
    library.store.claim(number, "there:1:0", ttl_seconds=0.001)
    (item,) = (await client.get("/v1/sweeps?state=interrupted")).json()["items"]
    found = (await client.get(f"/v1/sweeps/{number}")).json()
    for one in (item, found):
        assert (one["id"], one["state"], one["driven"]) == (number, "interrupted", False)
    # Who follows it has to know that a runner will take it over.
    read = from_json(SweepDetail, found)
    assert read == library.store.sweep(number)
    assert read.abandoned


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("state=finished", [5, 1]),
        ("state=queued&state=running", [3, 2]),
        ("dataset=photos", [5, 4]),
        ("name=NISH", [1]),
        ("baseline=other", []),
        ("sort=name", [4, 1, 2, 5, 3]),
        ("sort=-accuracy&state=finished", [1, 5]),
    ],
)
async def test_sweeps_are_filtered_and_sorted(client, query, ids):
    page = (await client.get(f"/v1/sweeps?{query}")).json()
    assert [item["id"] for item in page["items"]] == ids


async def test_a_sweep_tells_everything(client, store):
    found = (await client.get("/v1/sweeps/1")).json()
    stored = store.sweep(1)
    assert found["spec"] == stored.spec
    assert found["outcome"] == to_json(stored.outcome)
    assert found["chosen"] == found["leader"]
    assert found["leader_candidate"] == 3
    assert found["coefficients_id"] == 1
    assert found["why"] == ["no rival is better than the leader by more than 0.30 points"]
    assert found["notes"] == ["grey"]
    assert (found["versions"], found["hardware"]) == ({"torch": "2.13.0"}, {"cores": 2})
    assert found["created_at"].endswith("Z")
    failed = (await client.get("/v1/sweeps/4")).json()
    assert (failed["error"], failed["outcome"], failed["chosen"]) == (
        "the disk is full",
        None,
        None,
    )


async def test_trials_say_what_they_train(client, store):
    page = (await client.get("/v1/sweeps/1/trials?limit=1000")).json()
    assert len(page["items"]) == 10
    for item, trial in zip(page["items"], store.trials(1), strict=True):
        assert item == to_json(trial)
    diverged = (await client.get("/v1/sweeps/1/trials?state=diverged")).json()["items"]
    assert [(item["candidate"], item["seed"], item["accuracy"]) for item in diverged] == [
        (1, 1, None)
    ]


@pytest.mark.parametrize("sort", ["-accuracy", "accuracy", "-flops", "finished_at", "id"])
async def test_pages_of_trials_hold_each_once(client, sort):
    seen, url = [], f"/v1/sweeps/1/trials?limit=3&sort={sort}"
    while url:
        response = await client.get(url)
        page = response.json()
        seen += page["items"]
        link = response.headers.get("link", "")
        assert ('rel="next"' in link) == (page["next"] is not None)
        url = link.partition(">")[0].removeprefix("<")
    assert sorted(item["id"] for item in seen) == list(range(1, 11))
    key = sort.removeprefix("-")
    values = [item[key] for item in seen if item[key] is not None]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert [item[key] for item in seen][: len(values)] == values


async def test_trials_come_as_csv(client):
    response = await client.get("/v1/sweeps/1/trials?seed=1", headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == ('attachment; filename="sweep-1-trials.csv"')
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert list(rows[0]) == COLUMNS
    items = (await client.get("/v1/sweeps/1/trials?seed=1")).json()["items"]
    assert len(rows) == len(items) == 5
    for row, item in zip(rows, items, strict=True):
        assert row["accuracy"] == ("" if item["accuracy"] is None else str(item["accuracy"]))
        assert row["roles"] == "+".join(item["roles"])
        assert (row["finished_at"], row["state"]) == (item["finished_at"], item["state"])


async def test_trials_come_as_parquet(client):
    media_type = "application/vnd.apache.parquet"
    response = await client.get(
        "/v1/sweeps/1/trials?sort=-accuracy", headers={"Accept": f"{media_type}, */*;q=0.1"}
    )
    assert response.headers["content-type"] == media_type
    table = pq.read_table(io.BytesIO(response.content))
    items = (await client.get("/v1/sweeps/1/trials?sort=-accuracy")).json()["items"]
    assert table.column_names == COLUMNS
    for name in ("id", "accuracy", "roles", "state", "worker", "peak_memory_bytes"):
        assert table[name].to_pylist() == [item[name] for item in items]
    assert str(table.schema.field("started_at").type) == "timestamp[us, tz=UTC]"


async def test_a_file_of_an_empty_list_has_its_columns(client):
    response = await client.get("/v1/sweeps/1/trials?seed=9", headers={"Accept": "text/csv"})
    assert response.text == ",".join(COLUMNS) + "\n"
    response = await client.get(
        "/v1/sweeps/1/trials?seed=9", headers={"Accept": "application/vnd.apache.parquet"}
    )
    table = pq.read_table(io.BytesIO(response.content))
    assert (table.num_rows, table.column_names) == (0, COLUMNS)


async def test_files_have_no_pages(client, problem):
    response = await client.get("/v1/sweeps/1/trials?limit=3", headers={"Accept": "text/csv"})
    found = problem(response, 422, "invalid")
    assert found["detail"] == (
        "limit is 3: text/csv has all matching trials, without pages; omit limit, or "
        "accept application/json"
    )


@pytest.mark.parametrize("path", ["/v1/sweeps/1/trials", "/v1/sweeps/1/log"])
async def test_what_cannot_be_accepted_is_a_406(client, problem, path):
    response = await client.get(path, headers={"Accept": "image/png, application/json;q=0"})
    problem(response, 406, "not-acceptable")


async def test_candidates_tell_what_their_trials_reached(client, store):
    page = (await client.get("/v1/sweeps/1/candidates")).json()
    assert [item["index"] for item in page["items"]] == [0, 1, 2, 3, 4]
    baseline, published = page["items"][:2]
    assert (baseline["roles"], baseline["shares"]) == (["baseline"], None)
    assert baseline["complexity_source"] == "closed_form"
    assert (published["finished"], published["diverged"]) == (1, 1)
    assert baseline["accuracy_mean"] == pytest.approx(0.505)
    assert baseline["accuracy_std"] == pytest.approx(0.01 / 2**0.5)
    best = (await client.get("/v1/sweeps/1/candidates?sort=-accuracy&limit=1")).json()
    assert [item["index"] for item in best["items"]] == [4]
    following = await client.get(
        "/v1/sweeps/1/candidates", params={"sort": "-accuracy", "limit": 1, "cursor": best["next"]}
    )
    assert [item["index"] for item in following.json()["items"]] == [3]
    eligible = (await client.get("/v1/sweeps/1/candidates?eligible=true")).json()["items"]
    assert 0 not in [item["index"] for item in eligible]


async def test_epochs_go_through_each_trial(client):
    page = (await client.get("/v1/sweeps/1/epochs?limit=3")).json()
    places = [(item["trial"], item["epoch"], item["candidate"]) for item in page["items"]]
    assert places == [(1, 1, 0), (1, 2, 0), (2, 1, 1)]
    following = await client.get("/v1/sweeps/1/epochs", params={"limit": 3, "cursor": page["next"]})
    assert [(i["trial"], i["epoch"]) for i in following.json()["items"]] == [(2, 2), (3, 1), (3, 2)]
    one = (await client.get("/v1/sweeps/1/epochs?trial=4&sort=-epoch")).json()["items"]
    assert [(item["trial"], item["epoch"], item["train_loss"]) for item in one] == [
        (4, 2, 1.0), (4, 1, 2.0),
    ]  # fmt: skip


async def test_the_log_comes_as_json_and_text(client, store):
    lines = (await client.get("/v1/sweeps/1/log")).json()["lines"]
    assert [line["text"] for line in lines] == ["training 8 trials", "done"]
    later = (await client.get(f"/v1/sweeps/1/log?after={lines[0]['id']}")).json()["lines"]
    assert later == lines[1:]
    text = await client.get("/v1/sweeps/1/log?limit=1", headers={"Accept": "text/plain"})
    assert (text.text, text.headers["content-type"]) == ("done\n", "text/plain; charset=utf-8")
    assert (await client.get("/v1/sweeps/3/log")).json() == {"lines": []}


@pytest.mark.parametrize("change", ["", "x", "AAAA", "!!!!"])
async def test_a_changed_cursor_is_refused(client, problem, change):
    cursor = (await client.get("/v1/sweeps/1/trials?limit=2")).json()["next"]
    changed = cursor[:-4] + change if change != "x" else "x" + cursor[1:]
    found = problem(
        await client.get("/v1/sweeps/1/trials", params={"limit": 2, "cursor": changed}),
        422, "invalid",
    )  # fmt: skip
    assert found["errors"] == [
        {
            "place": "query",
            "field": "cursor",
            "value": changed,
            "rule": "it is not a cursor of this list with these filters and this order",
            "remedy": "take `next` of the page before, and change nothing but limit",
        }
    ]


@pytest.mark.parametrize(
    ("sort", "value", "row"),
    [("accuracy", "text", 1), ("accuracy", 0.5, "1"), ("name", 7, 1), ("finished_at", 0.5, 1),
     ("finished_at", {"at": "never"}, 1), ("accuracy", [1], 1), ("id", 5, None)],
)  # fmt: skip
async def test_a_cursor_that_someone_made_is_refused(client, problem, sort, value, row):
    path = "/v1/sweeps"
    context = orjson.dumps([path, {"sort": sort, "state": []}], option=orjson.OPT_SORT_KEYS)
    made = pages._written(After(value=value, id=row), context)
    problem(await client.get(path, params={"sort": sort, "cursor": made}), 422, "invalid")
    right = pages._written(After(value=None, id=1), context)
    page = await client.get(path, params={"sort": sort, "cursor": right})
    assert page.status_code == 200


@pytest.mark.parametrize(
    "other",
    ["/v1/sweeps/1/trials?sort=-id", "/v1/sweeps/1/trials?seed=1", "/v1/sweeps/5/trials",
     "/v1/sweeps/1/candidates"],
)  # fmt: skip
async def test_a_cursor_belongs_to_one_list(client, problem, other):
    cursor = (await client.get("/v1/sweeps/1/trials?limit=2")).json()["next"]
    separator = "&" if "?" in other else "?"
    problem(await client.get(f"{other}{separator}cursor={cursor}"), 422, "invalid")
    same = await client.get("/v1/sweeps/1/trials", params={"limit": 5, "cursor": cursor})
    assert [item["id"] for item in same.json()["items"]] == [3, 4, 5, 6, 7]


async def test_a_page_follows_rows_that_come_and_go(client, store):
    first = (await client.get("/v1/sweeps?limit=2")).json()
    assert [item["id"] for item in first["items"]] == [5, 4]
    store.delete_sweep(4)
    following = await client.get("/v1/sweeps", params={"limit": 2, "cursor": first["next"]})
    assert [item["id"] for item in following.json()["items"]] == [3, 2]


async def test_states_are_those_of_the_record(client):
    document = (await client.get("/openapi.json")).json()
    assert document["components"]["schemas"]["SweepState"]["enum"] == [s.value for s in SweepState]
