"""A service over the library of sweeps, and a client of it."""

from collections.abc import Iterator

import pytest

from results import Store
from scaling_search.client import Client


@pytest.fixture(autouse=True)
def _no_token_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCALING_SEARCH_TOKEN", raising=False)


@pytest.fixture
def store(library_database: str) -> Iterator[Store]:
    with Store.open(library_database) as opened:
        yield opened


@pytest.fixture
def address(serve, library_database: str) -> str:
    return serve(library_database, events_poll_seconds=0.05)


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as opened:
        yield opened
