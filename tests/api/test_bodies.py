"""Bodies and headers of requests that are malformed or odd."""

import json

import pytest

from .specs import SPEC, spec

pytestmark = pytest.mark.anyio


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
