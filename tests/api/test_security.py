"""Who gets in: tokens, scopes, sessions, hosts, origins, and how often one may write."""

import time

import pytest

from api.security import identity
from results.states import AccessScope

pytestmark = pytest.mark.anyio


def bearer(made):
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture
def tokens(store):
    return {
        scope: store.create_token(scope.value, scope, ttl_seconds=3600) for scope in AccessScope
    }


@pytest.fixture
async def guarded(serving, tokens):
    """A client of a service that others could reach; `tokens` are asked for."""
    async with serving(host="0.0.0.0") as client:
        yield client


async def test_without_a_token_nothing_is_told(guarded, problem):
    for path in ("/v1/sweeps", "/v1/sweeps/1/events", "/metrics", "/v1/nothing", "/v1/session"):
        response = await guarded.get(path)
        found = problem(response, 401, "not-signed-in")
        assert response.headers["www-authenticate"] == 'Bearer realm="scaling-search"'
        assert "`scaling-search tokens` creates tokens" in found["errors"][0]["remedy"]
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert (await guarded.get(path)).status_code == 200


@pytest.mark.parametrize(
    "value", ["Bearer wrong", "Bearer ", "Bearer", "Basic dXNlcjpwdw==", "", "Bearer \x7f"]
)
async def test_a_wrong_token_is_refused(guarded, problem, value):
    response = await guarded.get("/v1/sweeps", headers={"Authorization": value})
    found = problem(response, 401, "not-signed-in")
    assert found["detail"] == ("the token is unknown, expired or revoked, or the session has ended")


async def test_a_wrong_token_is_refused_on_loopback_too(client, problem):
    problem(await client.get("/v1/sweeps", headers={"Authorization": "Bearer x"}), 401,
            "not-signed-in")  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read", "GET", "/v1/sweeps", 200),
        ("read", "POST", "/v1/sweeps/3/cancel", 403),
        ("read", "POST", "/v1/plan", 403),
        ("read", "POST", "/v1/sweeps", 403),
        ("submit", "POST", "/v1/sweeps/3/cancel", 200),
        ("submit", "POST", "/v1/sweeps/4/resume", 200),
        ("submit", "DELETE", "/v1/sweeps/1", 403),
        ("admin", "DELETE", "/v1/sweeps/1", 204),
    ],
)
async def test_a_scope_allows_so_much(
    guarded, tokens, problem, spec_body, scope, method, path, status
):
    body = spec_body if path in ("/v1/plan", "/v1/sweeps") and method == "POST" else None
    response = await guarded.request(
        method, path, headers=bearer(tokens[AccessScope(scope)]), json=body
    )
    assert response.status_code == status
    if status == 403:
        found = problem(response, 403, "not-allowed")
        needed = "admin" if method == "DELETE" else "submit"
        assert found["errors"][0]["rule"] == (
            f"this needs a token with the scope {needed}, and {scope} has {scope}"
        )


@pytest.fixture
def spec_body():
    return {
        "space": {"lattice": {"directions": [[0, 1, 0]]}, "target": {"tolerance": 0.5}},
        "proxy": {"images": 640},
        "data": {"name": "digits"},
    }


async def test_keys_of_two_tokens_do_not_meet(guarded, tokens, spec_body):
    ids = set()
    for scope in (AccessScope.SUBMIT, AccessScope.ADMIN):
        headers = {**bearer(tokens[scope]), "Idempotency-Key": "same"}
        response = await guarded.post("/v1/sweeps", json=spec_body, headers=headers)
        ids.add(response.json()["id"])
    assert len(ids) == 2


async def test_a_revoked_token_ends_within_seconds(serving, tokens, store, monkeypatch, problem):
    monkeypatch.setattr(identity, "REMEMBERED_SECONDS", 0.1)
    headers = bearer(tokens[AccessScope.READ])
    async with serving(require_tokens=True) as client:
        assert (await client.get("/v1/sweeps", headers=headers)).status_code == 200
        store.revoke_token("read")
        time.sleep(0.15)
        problem(await client.get("/v1/sweeps", headers=headers), 401, "not-signed-in")


async def test_a_browser_signs_in_and_out(guarded, tokens, problem):
    secret = tokens[AccessScope.SUBMIT].secret
    response = await guarded.post("/v1/session", json={"token": secret})
    who = response.json()
    assert (who["name"], who["scope"]) == ("submit", "submit")
    assert who["expires_at"].endswith("Z")
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    assert secret not in cookie
    assert response.headers["cache-control"] == "no-store"
    session = guarded.cookies["scaling_search_session"]
    assert (await guarded.get("/v1/session")).json() == who
    assert (await guarded.post("/v1/sweeps/3/cancel")).status_code == 200
    signed_out = await guarded.delete("/v1/session")
    assert signed_out.status_code == 204
    assert "scaling_search_session" not in guarded.cookies
    again = await guarded.get("/v1/sweeps", headers={"Cookie": f"scaling_search_session={session}"})
    problem(again, 401, "not-signed-in")


async def test_a_cookie_over_https_is_secure(serving, tokens):
    async with serving(host="0.0.0.0") as client:
        response = await client.post(
            "https://box.example/v1/session", json={"token": tokens[AccessScope.READ].secret}
        )
        assert "Secure" in response.headers["set-cookie"]


async def test_a_session_is_no_token(guarded, tokens, problem):
    await guarded.post("/v1/session", json={"token": tokens[AccessScope.READ].secret})
    session = guarded.cookies.pop("scaling_search_session")
    problem(await guarded.post("/v1/session", json={"token": session}), 401, "not-signed-in")


@pytest.mark.parametrize("token", ["wrong", "", "x" * 500, 7])
async def test_signing_in_repeats_no_secret(guarded, problem, token):
    response = await guarded.post("/v1/session", json={"token": token})
    assert response.status_code in (401, 422)
    assert "wrong" not in response.text
    assert "xxx" not in response.text
    assert "set-cookie" not in response.headers


async def test_on_loopback_one_is_local(client):
    assert (await client.get("/v1/session")).json() == {
        "name": "local", "scope": "admin", "expires_at": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8321", "127.0.0.1.evil.example", "", "[::1].evil", "x]"]
)
async def test_a_name_that_rebinds_is_refused(client, problem, host):
    found = problem(await client.get("/v1/sweeps", headers={"Host": host}), 403, "not-allowed")
    assert found["errors"][0]["remedy"].endswith("SCALING_SEARCH_ALLOWED_HOSTS")


@pytest.mark.parametrize("host", ["localhost:8321", "LOCALHOST", "[::1]:8321", "127.0.0.1"])
async def test_loopback_names_are_ours(client, host):
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


async def test_hosts_are_a_setting(serving, problem):
    async with serving(allowed_hosts=("box.example",)) as client:
        ours = await client.get("/healthz", headers={"Host": "Box.Example:443"})
        assert ours.status_code == 200
        problem(await client.get("/healthz", headers={"Host": "localhost"}), 403, "not-allowed")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8321"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_only_our_own_pages_write(client, problem, store, headers, status):
    response = await client.post("/v1/sweeps/3/cancel", headers=headers)
    assert response.status_code == status
    if status == 403:
        problem(response, 403, "not-allowed")
        assert store.sweep(3).state == "queued"
    assert (await client.get("/v1/sweeps/3", headers=headers)).status_code == 200


async def test_another_site_may_be_allowed(serving):
    async with serving(allowed_origins=("https://Lab.example",)) as client:
        origin = {"Origin": "https://lab.example"}
        preflight = await client.options(
            "/v1/sweeps",
            headers={**origin, "Access-Control-Request-Method": "POST",
                     "Access-Control-Request-Headers": "idempotency-key"},
        )  # fmt: skip
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "https://lab.example"
        response = await client.post("/v1/sweeps/3/cancel", headers=origin)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "https://lab.example"
        other = await client.post("/v1/sweeps/3/cancel", headers={"Origin": "https://x.example"})
        assert other.status_code == 403
        assert "access-control-allow-origin" not in other.headers


async def test_one_writes_only_so_often(serving, problem, tokens):
    async with serving(writes_per_minute=3) as client:
        for _ in range(3):
            assert (await client.post("/v1/sweeps/3/cancel")).status_code == 200
        response = await client.post("/v1/sweeps/3/cancel")
        found = problem(response, 429, "too-many")
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert found["errors"][0]["rule"] == "at most 3 writes per minute are accepted"
        assert (await client.get("/v1/sweeps")).status_code == 200
        other = await client.post("/v1/sweeps/3/cancel", headers=bearer(tokens[AccessScope.ADMIN]))
        assert other.status_code == 200


async def test_a_database_that_is_away_keeps_strangers_out(guarded, problem, monkeypatch):
    from results import DatabaseUnavailableError, Store

    def fail(self, secret):
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(Store, "authenticate", fail)
    response = await guarded.get("/v1/sweeps", headers={"Authorization": "Bearer any"})
    problem(response, 503, "unavailable")
