"""Answers that do not change: validators, stored bytes, and how old they may be."""

import asyncio

import pytest

from results import Store

pytestmark = pytest.mark.anyio

KEPT = (
    "/v1/sweeps/1", "/v1/sweeps/1/trials", "/v1/sweeps/1/candidates", "/v1/sweeps/1/epochs",
    "/v1/coefficients/best", "/v1/families/1", "/v1/families/1/b1", "/v1/families/published",
    "/v1/baselines",
)  # fmt: skip


@pytest.mark.parametrize("path", KEPT)
async def test_a_result_has_a_validator(client, path):
    first = await client.get(path)
    etag = first.headers["etag"]
    again = await client.get(path, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert "content-type" not in again.headers
    other = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)
    assert (await client.get(path, headers={"If-None-Match": "*"})).status_code == 304


@pytest.mark.parametrize("path", ["/v1/sweeps/2", "/v1/sweeps/2/trials", "/v1/sweeps"])
async def test_what_may_change_has_none(client, path):
    assert "etag" not in (await client.get(path)).headers


async def test_a_representation_has_its_own_validator(client):
    path = "/v1/sweeps/1/trials"
    plain = await client.get(path, headers={"Accept-Encoding": "identity"})
    packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.content == packed.content
    assert plain.headers["etag"] != packed.headers["etag"]
    assert packed.headers["vary"] == "Accept, Accept-Encoding"


@pytest.fixture
def asked(monkeypatch):
    """How often the database was asked for the best coefficients."""
    calls = []
    best = Store.best

    def counted(self, *arguments, **options):
        calls.append(arguments)
        return best(self, *arguments, **options)

    monkeypatch.setattr(Store, "best", counted)
    return calls


async def test_within_their_time_answers_are_served_as_stored(serving, asked):
    async with serving(answer_seconds=60) as client:
        first, again = [await client.get("/v1/coefficients/best") for _ in range(2)]
        assert first.content == again.content
        assert len(asked) == 1
        assert again.headers["cache-control"] == "private, max-age=60"
        assert int(again.headers["age"]) < 60
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        filtered = await client.get("/v1/coefficients/best?dataset=digits")
        assert (filtered.json()["sweep"], len(asked)) == (1, 2)
        assert (await client.get("/v1/coefficients/best?dataset=photos")).status_code == 404
        assert (await client.get("/v1/coefficients/best?dataset=photos")).status_code == 404
        assert len(asked) == 4
        metrics = (await client.get("/metrics")).text
        assert "scaling_search_answers_kept_total 1.0" in metrics
        assert 'route="/v1/coefficients/best",status="200"} 3.0' in metrics


async def test_after_their_time_one_request_asks_again_for_all(serving, asked):
    async with serving(answer_seconds=0.2) as client:
        await client.get("/v1/coefficients/best")
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(*(client.get("/v1/coefficients/best") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}
        assert len(asked) == 2


async def test_an_answer_that_is_gone_is_not_served(serving, store):
    async with serving(answer_seconds=0.2) as client:
        assert (await client.get("/v1/sweeps/1")).status_code == 200
        store.delete_sweep(1)
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(*(client.get("/v1/sweeps/1") for _ in range(3)))
        assert {answer.status_code for answer in answers} == {404}


async def test_what_this_process_changes_shows_at_once(serving):
    async with serving(answer_seconds=60) as client:
        assert (await client.get("/v1/sweeps/1")).status_code == 200
        assert (await client.delete("/v1/sweeps/1")).status_code == 204
        assert (await client.get("/v1/sweeps/1")).status_code == 404
