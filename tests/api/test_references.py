"""Requests, and rows that they lead to, name code that is never run."""

import html
import importlib
import sqlite3
import sys

import pytest

from .specs import spec

pytestmark = pytest.mark.anyio

REFUSED = "baseline 'trap:Net' refers to Python code, which is run only if you name it yourself"


@pytest.fixture
def trap(monkeypatch, tmp_path):
    """A module that can be imported and leaves a mark when it is."""
    (tmp_path / "trap.py").write_text("open('executed', 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield tmp_path
    assert "trap" not in sys.modules
    assert not (tmp_path / "executed").exists()


@pytest.fixture
def database(trap, library_database):
    """The library, whose sweeps and coefficients name the module."""
    with sqlite3.connect(library_database.removeprefix("sqlite:///")) as connection:
        for table in ("sweeps", "candidates", "coefficients", "family_members"):
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            for column in columns & {"baseline", "spec"}:
                changed = f"replace({column}, 'efficientnet_b0', 'trap:Net')"
                connection.execute(f"UPDATE {table} SET {column} = {changed}")
    return library_database


@pytest.mark.parametrize("path", ["/v1/plan", "/v1/sweeps"])
async def test_a_body_runs_nothing(client, problem, path):
    answer = await client.post(path, json=spec(space__baseline="trap:Net"))
    (error,) = problem(answer, 422, "invalid")["errors"]
    assert error["field"] == "space.baseline"
    assert error["rule"].startswith(REFUSED)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/families/published?baseline=trap:Net",
        "/v1/families/1",
        "/v1/families/1/b1",
        "/v1/families/1/b1?format=python",
        "/families/1",
        "/families/published?baseline=trap:Net",
    ],
)
async def test_what_has_to_build_the_network_is_refused(client, path):
    answer = await client.get(path)
    assert answer.status_code == 422
    assert REFUSED in html.unescape(answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sweeps/1",
        "/v1/sweeps/1",
        "/v1/sweeps/1/candidates",
        "/v1/sweeps/1/trials",
        "/v1/sweeps/1/figures/triangle",
        "/v1/sweeps/1/figures/family",
        "/v1/coefficients",
    ],
)
async def test_a_stored_sweep_is_shown_without_its_code(client, path):
    assert (await client.get(path)).status_code == 200


async def test_a_stored_sweep_is_not_extended(client, problem):
    found = problem(await client.post("/v1/sweeps/1/extend", json={"seeds": 4}), 422, "invalid")
    assert REFUSED in str(found)
