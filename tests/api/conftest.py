"""Applications over databases of their own, and a small library of sweeps to ask about."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from results import Store

Client = httpx.AsyncClient


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SCALING_SEARCH_{name.upper()}", raising=False)
    monkeypatch.delenv("SCALING_SEARCH_SETTINGS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def database(library_database: str) -> str:
    return library_database


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    with Store.open(database) as opened:
        yield opened


Serving = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def serving(database: str) -> Serving:
    """Runs an application over the library and gives a client of it."""

    @asynccontextmanager
    async def serve(**settings: Any) -> AsyncIterator[Client]:
        app = create_app(Settings(**{"database_url": database, "answer_seconds": 0, **settings}))
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 5000))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8321") as client,
        ):
            client.app = app  # type: ignore[attr-defined]
            yield client

    return serve


@pytest.fixture
async def client(serving: Serving) -> AsyncIterator[Client]:
    async with serving() as opened:
        yield opened


def check_problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem of a response, which must have the one shape."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert set(problem) == {
        "type", "title", "status", "detail", "instance", "request_id", "errors",
    }  # fmt: skip
    assert problem["type"] == f"urn:scaling-search:problem:{kind}"
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"]
    for finding in problem["errors"]:
        assert set(finding) == {"place", "field", "value", "rule", "remedy"}
        assert finding["rule"]
    return problem


@pytest.fixture
def problem() -> Callable[..., dict[str, Any]]:
    return check_problem
