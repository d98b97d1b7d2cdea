"""The other pages: coefficients, families, comparison, the form, signing in."""

import dataclasses
import json
import re
from html import unescape

import pytest

from api.dashboard.sign_in import own_path
from results.states import AccessScope, SweepState, Verdict
from results.values import Outcome
from results.values.json import from_json
from search_spaces.coefficients import Coefficients
from search_spaces.exports import FORMATS
from search_spaces.specs.sweep import SweepSpec

pytestmark = pytest.mark.anyio

PAGES = (
    "/", "/coefficients", "/families", "/families/published", "/compare", "/transfers", "/submit",
    "/sign-in",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("filled", [True, False])
async def test_every_page_has_its_landmarks(serving, database, tmp_path, pages, path, filled):
    url = database if filled else f"sqlite:///{tmp_path / 'empty.db'}"
    async with serving(database_url=url) as client:
        response = await client.get(path)
    html = response.text
    assert response.status_code == 200
    assert len(pages.texts(html, "h1")) == 1
    assert re.search(r'<html lang="en">.*<main id="main".*<footer', html, re.DOTALL)
    assert '<a class="skip" href="#main">' in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=\"|\bstyle=", html)
    if not filled and path in ("/", "/coefficients", "/families", "/compare"):
        assert 'href="/submit"' in html[html.index("<main") :]


async def test_the_best_coefficients_come_with_their_evidence(client, pages):
    html = (await client.get("/coefficients")).text
    best, unsure = pages.texts(html, "article")
    assert best.startswith("efficientnet_b0 on digits , 2 × FLOPs α 1 β 1 γ 1.")
    assert "★ chosen 80.50% , mean of 2 seeds" in best
    assert "loses at most 0.30 points against the true best, with 95% probability" in best
    assert "sweep 1, finished" in best
    assert "no rival is better than the leader" in best
    assert unsure.startswith("efficientnet_b0 on photos , 3 × FLOPs No conclusion yet")
    rows = pages.texts(html, "tr")[1:]
    assert [row.split()[0] for row in rows] == ["5", "1"]
    only = (await client.get("/coefficients?verdict=chosen&dataset=&sort=-id")).text
    assert [row.split()[0] for row in pages.texts(only, "tr")[1:]] == ["1"]


async def test_a_family_is_a_table_with_every_format(client, pages):
    html = (
        await client.get("/families/1?members=3&classes=10&resolution_px=&resolution_multiple=2")
    ).text
    assert [row.split()[0] for row in pages.texts(html, "tr")[1:]] == ["b0", "b1", "b2"]
    assert "224 px base resolution, 10 classes" in html
    links = [unescape(link) for link in re.findall(r'href="([^"]+)" data-of="', html)]
    assert len(links) >= 3
    for link in links:
        answer = await client.get(link)
        assert answer.status_code == 200
    assert (await client.get(links[len(links) // 3])).json()["name"] == "b1"
    assert len(links) == 3 * len(FORMATS)
    whole = [unescape(link) for link in re.findall(r'href="([^"]+)" download="family', html)]
    assert len(whole) == len(FORMATS)
    assert "def b2" in (await client.get(next(link for link in whole if "=timm" in link))).text
    figure = unescape(re.search(r'data-figure="([^"]+)"', html)[1])
    assert len((await client.get(figure)).json()["data"]) > 5


async def test_the_official_family_is_there_too(client, pages):
    html = (await client.get("/families/published")).text
    assert [row.split()[0] for row in pages.texts(html, "tr")[1:]] == [f"b{k}" for k in range(8)]
    figure = unescape(re.search(r'data-figure="([^"]+)"', html)[1])
    assert (await client.get(figure)).status_code == 200
    missing = await client.get("/families/99", headers=pages.accept)
    assert missing.status_code == 404
    assert "coefficients 99 do not exist" in missing.text


async def test_a_family_page_says_who_asks_and_is_not_kept(serving):
    async with serving(answer_seconds=60) as client:
        response = await client.get("/families/1")
        assert response.headers["cache-control"] == "private, no-cache"
        assert "etag" not in response.headers


async def test_sweeps_of_one_protocol_are_compared(client, library, pages):
    html = (await client.get("/compare?sweep=1&sweep=5&cost=params")).text
    figure = unescape(re.search(r'data-figure="([^"]+)"', html)[1])
    assert figure == "/v1/figures/comparison?sweep=1&sweep=5&cost=params"
    assert [row.split()[:2] for row in pages.texts(html, "tr")[1:]] == [
        ["1", "finished"], ["5", "unsure"],
    ]  # fmt: skip
    assert len(re.findall(r'name="sweep" value="\d" checked', html)) == 2
    other = library.sweep(name="other", protocol="another")
    html = (await client.get(f"/compare?sweep=1&sweep={other}")).text
    assert "These sweeps have 2 protocols" in html
    assert "data-figure" not in html


async def test_coefficients_are_shown_as_the_numbers_that_build_their_networks(
    client, library, pages
):
    exact = (1.00044, 1.1893452, 1.0)
    changed = [
        dataclasses.replace(one, representative=Coefficients(*exact)) if one.index == 3 else one
        for one in library.plan.candidates
    ]
    library.plan = dataclasses.replace(library.plan, candidates=tuple(changed))
    lease = library.claimed(name="exact")
    library.train(lease, lambda index, seed: 0.5 + 0.1 * index)
    library.conclude(lease, Verdict.CHOSEN, 3, 0.8)
    library.end(lease, SweepState.FINISHED)
    number = lease.sweep_id
    for path in (f"/sweeps/{number}", "/coefficients", f"/compare?sweep=1&sweep={number}"):
        rows = pages.texts((await client.get(path)).text, "tr")
        assert any("1.00044 1.1893452 1 " in row.replace(",", "") for row in rows), path


async def test_a_sweep_without_a_driver_is_interrupted_beside_others_too(client, library, pages):
    number = library.sweep(name="lapsed")
    library.store.claim(number, "here:1:0", ttl_seconds=0.001)
    html = (await client.get(f"/compare?sweep=1&sweep={number}")).text
    assert "‖ interrupted" in pages.texts(html, "tr")[2]


async def test_one_sweep_that_compares_ways_of_scaling_has_its_figure_and_table(
    client, library, pages
):
    spec = library.spec.model_dump(mode="json")
    spec["space"] |= {"lattice": None, "compare": {"phis": [1]}}
    lease = library.claimed(name="ways", spec=spec)
    number = lease.sweep_id
    assert f'href="/compare?sweep={number}"' in (await client.get(f"/sweeps/{number}")).text
    html = (await client.get(f"/compare?sweep={number}")).text
    assert unescape(re.search(r'data-figure="([^"]+)"', html)[1]) == (
        f"/v1/sweeps/{number}/figures/methods"
    )
    assert "The table appears when all trials are done." in html
    point = {
        "method": "fast",
        "phi": 1.0,
        "candidate": 1,
        "flops": 1980,
        "flops_ratio": 1.98,
        "accuracy": 0.7,
        "low": 0.68,
        "high": 0.72,
        "adjusted_gain": 0.012,
        "gain_low": -0.01,
        "gain_high": 0.034,
    }
    found = {
        "reference": "compound",
        "seeds": 3,
        "images": 400,
        "slope": 0.02,
        "baseline": None,
        "points": [point],
    }
    why = ["ways of scaling were compared"]
    outcome = from_json(Outcome, {"leader": None, "why": why, "methods": found})
    library.store.set_outcome(lease, outcome)
    html = (await client.get(f"/compare?sweep={number}")).text
    assert pages.texts(html, "tr")[1:] == [
        "1 fast 1.98 70.00% 68.00% to 72.00% +1.20 -1.00 to +3.40"
    ]
    assert "ways of scaling were compared" in (await client.get(f"/sweeps/{number}")).text


async def test_the_form_starts_from_specifications_that_are_valid(client):
    html = (await client.get("/submit?like=1")).text
    starts = json.loads(unescape(re.search(r'data-starts="([^"]+)"', html)[1]))
    assert list(starts) == ["sweep 1, finished", "paper", "quickstart", "small-images"]
    for start in starts.values():
        SweepSpec.model_validate(start)
    assert starts["sweep 1, finished"]["data"]["name"] == "digits"
    assert starts["small-images"]["data"] == {}
    assert "digits (1,437 images, 10 classes)" in html


async def test_a_name_cannot_leave_the_form(client, library):
    sweep = library.sweep(name="\"><script>alert(1)</script>{{ 7 * 7 }}'")
    html = (await client.get(f"/submit?like={sweep}")).text
    assert "<script>alert" not in html
    assert "{{ 7 * 7 }}" in html


async def test_who_may_only_read_is_told_so(serving, store):
    token = store.create_token("reader", AccessScope.READ, ttl_seconds=3600)
    async with serving(require_tokens=True) as client:
        headers = {"Authorization": f"Bearer {token.secret}"}
        html = (await client.get("/submit", headers=headers)).text
    assert "Your token is read-only" in html
    assert 'id="plan-it" disabled' in html


async def test_signing_in_needs_nothing_but_its_page(serving, store):
    store.create_token("reader", AccessScope.READ, ttl_seconds=3600)
    async with serving(require_tokens=True) as client:
        html = (await client.get("/sign-in?next=/sweeps/1%3Fsort%3Did")).text
        assert 'data-next="/sweeps/1?sort=id"' in html
        for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', html):
            assert (await client.get(address)).status_code == 200


async def test_where_no_token_is_needed_signing_in_says_so(client, pages):
    html = (await client.get("/sign-in")).text
    assert "No token is needed on this machine." in html
    assert "<form" not in html


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (None, "/"), ("/sweeps/1?a=b", "/sweeps/1?a=b"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("https://evil.example", "/"), ("javascript:alert(1)", "/"),
        ("/a\nb", "/"), ("/\t/evil.example", "/"),
    ],
)  # fmt: skip
def test_one_goes_on_within_the_service(given, path):
    assert own_path(given) == path
