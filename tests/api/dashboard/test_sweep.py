"""A sweep's page: where it stands, its figures, trials, log and provenance."""

import re
from pathlib import Path

import pytest

from api import dashboard
from results import Store
from results.states import AccessScope

pytestmark = pytest.mark.anyio


async def test_it_says_what_was_found_and_how_sure_that_is(client, pages):
    html = (await client.get("/sweeps/1")).text
    assert pages.texts(html, "h1") == ["finished"]
    merits = " ".join(pages.texts(html, "dd"))
    assert "10 of 10" in merits
    assert "80.50% ± 0.71 over 2 seeds" in merits
    assert "0.30 points of accuracy" in merits
    assert "no rival is better than the leader by more than 0.30 points" in html
    rows = pages.texts(html, "tr")
    assert any(row.startswith("3 1, 1, 1.") and row.endswith("70% 0.10 leader") for row in rows)


async def test_it_shows_the_winner_on_fresh_seeds_and_its_gains(client, pages):
    html = (await client.get("/sweeps/1")).text
    assert "over 2 seeds 79.50% on fresh seeds" in " ".join(pages.texts(html, "dd"))
    said = pages.texts(html, "li")
    assert "gain over the unscaled baseline (candidate 0): +30.00 points (+25.00 to +35.00)" in said
    assert any(line.startswith("on fresh seeds, gain over the unscaled base") for line in said)


async def test_all_figures_are_on_it(client):
    from api.dashboard.sweep import TITLES
    from results.views import FIGURES

    html = (await client.get("/sweeps/1")).text
    shown = re.findall(r'data-figure="/v1/sweeps/1/figures/([^"]+)"', html)
    assert sorted(shown) == sorted(FIGURES) == sorted(TITLES)


def test_an_open_page_listens_for_every_event_that_changes_it():
    script = Path(dashboard.__file__).with_name("assets").joinpath("sweep.js").read_text("utf-8")
    told = Store.__doc__.partition("**Events.**")[2].partition("**Errors.**")[0]
    kinds = set(re.findall(r"`(\w+)`", told))
    assert {"created", "extended", "decision"} <= kinds
    listened = set(re.findall(r'"(\w+)"', script[script.index("KINDS") : script.index("];")]))
    assert listened == kinds - {"keeping"}  # marks of files, which no page shows


async def test_trials_come_in_pages(client, pages):
    html = (await client.get("/sweeps/1?sort=-accuracy&limit=3")).text
    table = html[html.index('data-live="trials"') :]
    rows = pages.texts(table[: table.index("</tbody>")], "tr")
    assert [row.split()[5] for row in rows] == ["91.00%", "90.00%", "81.00%"]
    assert 'aria-sort="descending"' in html
    following = re.search(r'rel="next" href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert following.endswith("#trials")
    again = (await client.get(following)).text
    assert "80.00%" in again[again.index('data-live="trials"') :]
    only = (await client.get("/sweeps/1?state=diverged")).text
    assert only.count('<span class="badge diverged">') == 1


async def test_downloads_are_named(client):
    html = (await client.get("/sweeps/1")).text
    links = re.findall(r'href="(/v1[^"]+)" download', html)
    assert len(links) == 4
    for link in links:
        assert (await client.get(link)).status_code == 200


async def test_the_log_and_the_specification_are_there(client, pages):
    html = (await client.get("/sweeps/1")).text
    log, spec = pages.texts(html, "pre")
    assert "training 8 trials" in log
    assert "baseline: efficientnet_b0" in spec
    assert "torch 2.13.0" in html


@pytest.mark.parametrize(
    ("sweep", "says", "offers"),
    [
        (1, "", []),
        (2, "", ["cancel"]),
        (3, "Waiting for a runner", ["cancel"]),
        (4, "the disk is full", ["resume"]),
    ],
)
async def test_one_can_do_what_its_state_allows(client, sweep, says, offers):
    html = (await client.get(f"/sweeps/{sweep}")).text
    assert says in html
    posts = re.findall(rf'data-post="/v1/sweeps/{sweep}/(\w+)"', html)
    assert posts == offers


async def test_a_sweep_that_lost_trials_says_so_and_offers_to_try_them_again(
    client, store, library, pages
):
    sweep = library.incomplete()
    html = (await client.get(f"/sweeps/{sweep}")).text
    assert "◐ incomplete" in pages.texts(html, "p")[1]
    said = " ".join(pages.texts(html, "p"))
    assert "2 trials failed. The verdict is based on the other trials." in said
    assert "Resuming trains the failed ones again." in said
    assert 'data-done="8" data-total="10"' in html
    assert '8 of 10 <span class="under lost">2 failed</span>' in html
    assert re.findall(rf'data-post="/v1/sweeps/{sweep}/(\w+)"', html) == ["resume"]
    answer = await client.post(f"/v1/sweeps/{sweep}/resume")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    lease = store.claim_next("runner:1:0", ttl_seconds=60)  # the one that waited before
    lease = store.claim_next("runner:1:0", ttl_seconds=60)
    assert (lease.sweep_id, store.retry_failed(lease)) == (sweep, 2)


async def test_a_sweep_without_a_driver_is_interrupted(client, store, library, pages):
    sweep = library.sweep(name="lost")
    lease = store.claim(sweep, "here:1:0", ttl_seconds=0.01)
    html = (await client.get(f"/sweeps/{lease.sweep_id}")).text
    assert "The driver of this sweep has stopped" in html
    assert "‖ interrupted" in pages.texts(html, "p")[1]
    assert (await client.post(f"/v1/sweeps/{sweep}/resume")).json()["state"] == "queued"


async def test_a_sweep_that_no_runner_was_asked_to_train_can_be_handed_to_one(client, library):
    sweep = library.sweep(name="kept")
    html = (await client.get(f"/sweeps/{sweep}")).text
    assert "This sweep has not been given to a runner yet" in html
    assert (await client.post(f"/v1/sweeps/{sweep}/resume")).status_code == 200
    html = (await client.get(f"/sweeps/{sweep}")).text
    assert "Waiting for a runner" in html


async def test_who_may_only_read_is_offered_nothing_else(serving, store):
    token = store.create_token("reader", AccessScope.READ, ttl_seconds=3600)
    async with serving(require_tokens=True) as client:
        headers = {"Authorization": f"Bearer {token.secret}"}
        html = (await client.get("/sweeps/3", headers=headers)).text
    assert "data-post" not in html
    assert 'id="extension"' not in html
    assert "reader" in html


async def test_hostile_text_stays_text(client, store, library):
    hostile = '<script>alert(1)</script>"onclick="x'
    lease = library.claimed(name=hostile, dataset=hostile)
    store.append_driver_log(lease.sweep_id, [hostile])
    library.end(lease, "failed", hostile)
    html = (await client.get(f"/sweeps/{lease.sweep_id}")).text
    assert "<script>alert" not in html
    assert '"onclick=' not in html
    assert html.count("&lt;script&gt;alert(1)") >= 4


async def test_a_page_that_draws_may_not_run_inline_scripts_either(client):
    response = await client.get("/sweeps/1")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)", response.text)


async def test_there_is_no_page_without_a_sweep(client, pages):
    response = await client.get("/sweeps/99", headers=pages.accept)
    assert response.status_code == 404
    assert "sweep 99 does not exist" in response.text
