"""Transfers over HTTP, and on the dashboard."""

import re

import pytest

from results.values import NewTransfer

from ..results.test_transfers import run

pytestmark = pytest.mark.anyio

CELL = {
    "weights": "b0", "dataset": "/data/photos", "method": "full", "params": 330_000,
    "flops": 8_400_000, "trained_params": 330_000, "resolution_px": 32, "seeds": 3, "diverged": 0,
    "accuracy": {"mean": 0.812, "low": 0.795, "high": 0.829},
    "gain": {"mean": 0.054, "low": 0.031, "high": 0.077, "seeds": 3, "verdict": "better"},
    "learning_rate": 0.004, "rates": [], "rate_at_end": False, "train_seconds": 21.5,
    "checkpoint": None,
}  # fmt: skip
CELLS = [
    CELL,
    CELL | {"method": "scratch", "gain": None,
            "accuracy": {"mean": 0.758, "low": None, "high": None}},
    CELL | {"dataset": "<i>", "weights": "<b>", "accuracy": None, "gain": None},
]  # fmt: skip


@pytest.fixture
def number(store):
    """A transfer with two runs, and one of which nothing is known yet."""
    data = {"classes": 4, "train_images": 200, "validation_images": 50, "test_images": 800,
            "measured_on": "test", "fingerprint": "f", "source_px": 32}  # fmt: skip
    new = NewTransfer(
        name="pets", spec={"seeds": [0]}, weights=({"name": "b0"}, {"name": "<b>"}),
        datasets=(data | {"name": "/data/photos", "notes": ["3 <copies>"]}, data | {"name": "<i>"}),
        versions={}, hardware={},
    )  # fmt: skip
    found = store.create_transfer(new)
    store.create_transfer(new)
    store.add_transfer_run(found, run(checkpoint="a.safetensors", sha256="ab", size_bytes=7))
    store.add_transfer_run(found, run(role="rate", accuracy=None, correct=None))
    report = {"complete": False, "runs": 2, "of": 24, "cells": CELLS}
    store.set_transfer_report(found, report, finished=False)
    return found


async def test_transfers_are_read(client, number, problem):
    listed = (await client.get("/v1/transfers?limit=5")).json()["transfers"]
    assert [one["id"] for one in listed] == [number + 1, number]
    assert (listed[0]["cells"], listed[0]["runs_of"]) == ([], None)
    one = (await client.get(f"/v1/transfers/{number}")).json()
    assert one == listed[1]
    assert (one["complete"], one["runs_done"], one["runs_of"]) == (False, 2, 24)
    assert one["cells"] == CELLS
    first, second = (await client.get(f"/v1/transfers/{number}/runs")).json()["runs"]
    assert (first["accuracy"], first["checkpoint"], second["role"]) == (
        0.75,
        "a.safetensors",
        "rate",
    )
    assert first["curve"] == [[32, 2.5, 0.25], [64, None, 0.5]]
    for part in ("", "/runs", "/figure"):
        problem(await client.get(f"/v1/transfers/99{part}"), 404, "not-found")


async def test_a_transfer_is_drawn(client, number):
    figure = (await client.get(f"/v1/transfers/{number}/figure?theme=dark")).json()
    assert [trace["name"] for trace in figure["data"]] == ["all trained", "from scratch"]
    assert figure["data"][0]["x"] == [330_000]
    assert figure["data"][0]["error_y"]["array"] == [pytest.approx(0.017)]
    assert "not complete yet" in figure["layout"]["title"]["subtitle"]["text"]
    nothing = (await client.get(f"/v1/transfers/{number + 1}/figure")).json()
    assert nothing["data"] == []
    assert nothing["layout"]["annotations"][0]["text"].startswith("Nothing is measured yet")


async def test_the_dashboard_shows_them(client, number, problem):
    html = (await client.get("/transfers")).text
    assert f'href="/transfers/{number}"' in html
    assert "2 of 24" in html
    page = (await client.get(f"/transfers/{number}")).text
    assert f'data-figure="/v1/transfers/{number}/figure"' in page
    row = re.search(r"<tr><th scope=\"row\">b0</th>.*?</tr>", page, re.DOTALL)[0]
    shown = re.sub(r"<[^>]+>", " ", row).split()
    assert shown[:3] == ["b0", "330", "K"]
    assert "81.20%" in row
    assert "79.50% to 82.90%" in row
    assert "+5.40" in row
    assert "better" in row
    assert page.count('<p class="note">3 &lt;copies&gt;</p>') == 1
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "No run is done yet" in (await client.get(f"/transfers/{number + 1}")).text
    asked = {"Accept": "application/json"}
    problem(await client.get("/transfers/99", headers=asked), 404, "not-found")


async def test_nothing_to_show_says_how_to_begin(client):
    assert "scaling-search transfer WEIGHTS" in (await client.get("/transfers")).text
