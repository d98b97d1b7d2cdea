"""What every answer has in common: problems, headers, limits, logs, and a quick start."""

import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import structlog

from api.app import create_app
from api.settings import Settings
from results import Store
from search_spaces.errors import InputError

pytestmark = pytest.mark.anyio


async def test_it_is_alive_and_ready(client):
    for path in ("/healthz", "/readyz"):
        response = await client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_an_unknown_path_is_a_problem(client, problem):
    found = problem(await client.get("/v1/nothing"), 404, "not-found")
    assert found["instance"] == "/v1/nothing"
    assert found["detail"] == "/v1/nothing does not exist"
    assert found["errors"][0]["remedy"] == "/openapi.json lists every path"
    problem(await client.get("/v1/sweeps/"), 404, "not-found")


async def test_a_wrong_method_is_a_problem(client, problem):
    response = await client.put("/v1/sweeps/1")
    found = problem(response, 405, "wrong-method")
    assert found["detail"] == "/v1/sweeps/1 does not accept PUT"
    assert response.headers["allow"] == "DELETE, GET"
    response = await client.delete("/v1/sweeps")
    assert response.headers["allow"] == "GET, POST"
    response = await client.post("/openapi.json")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("path", "finding"),
    [
        ("/v1/sweeps/x", {"place": "path", "field": "sweep_id", "value": "x",
         "rule": "Input should be a valid integer, unable to parse string as an integer"}),
        ("/v1/sweeps/0", {"place": "path", "field": "sweep_id", "value": "0",
         "rule": "Input should be greater than or equal to 1"}),
        (f"/v1/sweeps/{10**30}", {"place": "path", "field": "sweep_id", "value": str(10**30),
         "rule": "Input should be less than or equal to 9223372036854775807"}),
        ("/v1/sweeps?limit=0", {"place": "query", "field": "limit", "value": "0",
         "rule": "Input should be greater than or equal to 1"}),
        ("/v1/sweeps?stat=queued", {"place": "query", "field": "stat", "value": None,
         "rule": "unknown key", "remedy": "did you mean state?"}),
        ("/v1/coefficients/best?target=nan", {"place": "query", "field": "target", "value": "nan",
         "rule": "Input should be less than or equal to 1000"}),
    ],
)  # fmt: skip
async def test_what_breaks_a_rule_is_named(client, problem, path, finding):
    found = problem(await client.get(path), 422, "invalid")
    assert found["errors"] == [{"remedy": None, **finding}]


async def test_undecodable_text_is_answered(client, problem):
    problem(await client.get("/v1/sweeps/%ff%00"), 422, "invalid")
    problem(await client.get("/v1/sweeps", params={"cursor": "\udc80".encode("utf-8", "replace")}),
            422, "invalid")  # fmt: skip


async def test_what_nobody_foresaw_is_a_problem_without_details(client, problem, monkeypatch):
    def fail(self):
        raise RuntimeError("a secret")

    monkeypatch.setattr(Store, "datasets", fail)
    with structlog.testing.capture_logs() as logs:
        response = await client.get("/v1/datasets")
    found = problem(response, 500, "fault")
    assert "secret" not in response.text
    (line,) = (line for line in logs if line["log_level"] == "error")
    assert "a secret" in str(line["exc_info"]) or line["exc_info"] is True
    assert found["detail"] == (
        "the service failed to answer this request; its log has the reason under this request_id"
    )


async def test_a_locked_database_is_a_503_that_passes(client, problem, monkeypatch, store):
    from results import DatabaseUnavailableError

    def fail(self):
        raise DatabaseUnavailableError("postgresql://me@host/db: locked")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "datasets", fail)
        response = await client.get("/v1/datasets")
    problem(response, 503, "unavailable")
    assert response.headers["retry-after"] == "2"
    assert "postgresql" not in response.text
    assert (await client.get("/v1/datasets")).status_code == 200


async def test_a_database_that_another_process_locks_is_waited_for(
    serving, problem, database, monkeypatch
):
    monkeypatch.setattr("api.app._LOCK_SECONDS", 0.05)
    async with serving() as client:
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as other:
            other.execute("BEGIN IMMEDIATE")
            response = await client.post("/v1/sweeps/3/cancel")
            problem(response, 503, "unavailable")
            assert "results.db" not in response.text
            assert (await client.get("/v1/sweeps/3")).json()["state"] == "queued"
            other.rollback()
        assert (await client.post("/v1/sweeps/3/cancel")).json()["state"] == "cancelled"


async def test_a_database_that_is_read_only_is_our_fault_and_keeps_its_place_to_itself(
    client, problem, store, monkeypatch
):
    def fail(self, sweep_id, **options):
        raise InputError(f"{store.location}: the database or its folder is read-only")

    monkeypatch.setattr(Store, "request_cancel", fail)
    response = await client.post("/v1/sweeps/3/cancel")
    problem(response, 500, "fault")
    assert "results.db" not in response.text


async def test_a_value_that_cannot_be_stored_is_told_without_the_databases_place(
    client, problem, store, monkeypatch
):
    def fail(self, sweep_id, **options):
        raise InputError(f"{store.location}: a value cannot be stored: no such thing")

    monkeypatch.setattr(Store, "request_cancel", fail)
    found = problem(await client.post("/v1/sweeps/3/cancel"), 422, "invalid")
    assert found["detail"] == "a value cannot be stored: no such thing"


async def test_a_request_has_an_id_in_answer_and_log(client):
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as logs:
        own = await client.get("/v1/sweeps/1", headers={"X-Request-ID": "mine-1"})
        other = await client.get("/healthz", headers={"X-Request-ID": "not an id"})
    assert own.headers["x-request-id"] == "mine-1"
    assert len(other.headers["x-request-id"]) == 16
    first = logs[0]
    assert (first["request_id"], first["method"], first["path"], first["status"]) == (
        "mine-1", "GET", "/v1/sweeps/1", 200,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/healthz", "/v1/nothing", "/v1/sweeps"])
async def test_answers_carry_security_headers(client, path):
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


async def test_long_answers_are_compressed(client):
    plain = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with client.stream("GET", "/openapi.json") as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(raw) == plain.content
    short = await client.get("/healthz")
    assert "content-encoding" not in short.headers


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_has_a_largest_size(serving, problem, announced):
    async def chunks():
        for _ in range(20):
            yield b" " * 100

    async with serving(max_body_bytes=1000) as client:
        body = b" " * 2000 if announced else chunks()
        response = await client.post(
            "/v1/plan", content=body, headers={"Content-Type": "application/json"}
        )
        found = problem(response, 413, "too-large")
        assert found["detail"] == "a request body may have at most 1,000 bytes"
        assert found["errors"][0]["place"] == "body"


async def test_metrics_count_requests_by_route_and_tell_of_the_record(client):
    for _ in range(3):
        await client.get("/v1/sweeps/1")
    await client.get("/v1/sweeps/99")
    await client.get("/nothing")
    text = (await client.get("/metrics")).text
    count = 'scaling_search_request_seconds_count{method="GET",route="%s",status="%s"}'
    assert count % ("/v1/sweeps/{sweep_id}", 200) + " 3.0" in text
    assert count % ("/v1/sweeps/{sweep_id}", 404) + " 1.0" in text
    assert count % ("unmatched", 404) + " 1.0" in text
    assert "scaling_search_queue_length 1.0" in text
    assert "scaling_search_running_trials 1.0" in text
    assert 'scaling_search_sweeps{state="finished"} 2.0' in text
    assert "scaling_search_database_up 1.0" in text
    assert "scaling_search_watchers 0.0" in text


async def test_metrics_count_what_failed(client, library):
    library.incomplete()
    text = (await client.get("/metrics")).text
    assert 'scaling_search_sweeps{state="incomplete"} 1.0' in text
    assert "scaling_search_failed_trials 2.0" in text


async def test_metrics_sum_the_trained_images(client, library, store):
    lease = library.claimed(name="third")
    library.train(lease, lambda index, seed: 0.5)
    trials = len(library.plan.candidates) * 2
    for _ in range(2):
        text = (await client.get("/metrics")).text
        assert f"scaling_search_trained_images {3 * trials * 640:.1f}" in text


async def test_metrics_say_that_the_database_is_away(client, monkeypatch):
    from results import DatabaseUnavailableError

    def fail(self):
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(Store, "sweep_states", fail)
    response = await client.get("/metrics")
    assert response.status_code == 200
    assert "scaling_search_database_up 0.0" in response.text


async def test_without_tokens_it_does_not_start_where_others_reach_it(database):
    app = create_app(Settings(database_url=database, host="0.0.0.0"))
    with pytest.raises(InputError) as caught:
        async with app.router.lifespan_context(app):
            pass
    assert str(caught.value) == (
        "host is 0.0.0.0: other machines can reach it, so requests need a token, and there is "
        "none; create one with `scaling-search tokens create NAME`, or listen on 127.0.0.1"
    )


def test_the_application_imports_nothing_heavy():
    code = (
        "import sys; from api.app import create_app; from api.settings import load; "
        "create_app(load()); "
        "print([m for m in ('torch', 'ray', 'pandas', 'pyarrow', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
