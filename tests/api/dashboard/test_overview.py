"""The list of sweeps, and what every page has in common."""

import re

import pytest

pytestmark = pytest.mark.anyio


async def test_sweeps_are_listed_with_where_they_stand(client, pages):
    html = (await client.get("/")).text
    rows = pages.texts(html, "tr")[1:]
    assert [row.split()[:2] for row in rows] == [
        ["5", "unsure"], ["4", "failed"], ["3", "waiting"], ["2", "running"], ["1", "finished"],
    ]  # fmt: skip
    assert "chosen 10 of 10 1 diverged 80.50% mean of 2 seeds" in rows[-1]
    assert "α 1 β" in rows[-1]
    assert "● running 0 of 10 no result yet undecided" in rows[3]
    assert 'aria-label="best trial rose from 50.00% to 91.00% over 9 trials"' in html


async def test_a_sweep_that_lost_trials_is_listed_as_such(client, library, pages):
    library.incomplete()
    html = (await client.get("/?state=incomplete")).text
    (row,) = pages.texts(html, "tr")[1:]
    assert "◐ incomplete ≈ equivalent 8 of 10 2 failed" in row
    assert "◐ incomplete 1" in " ".join(pages.texts(html, "li"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=finished&name=&baseline=&dataset=&sort=id", ["finished", "unsure"]),
        ("name=UN", ["unsure", "running"]),
        ("dataset=photos", ["unsure", "failed"]),
        ("sort=-accuracy&limit=1", ["finished"]),
    ],
)
async def test_the_address_says_what_is_shown(client, query, names, pages):
    html = (await client.get(f"/?{query}")).text
    assert [row.split()[1] for row in pages.texts(html, "tr")[1:]] == names


async def test_pages_follow_each_other(client, pages):
    html = (await client.get("/?limit=2&sort=name")).text
    following = re.search(r'rel="next" href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert following.startswith("/?limit=2&sort=name&cursor=")
    html = (await client.get(following)).text
    assert [row.split()[1] for row in pages.texts(html, "tr")[1:]] == ["running", "unsure"]
    assert 'href="/?limit=2&amp;sort=name"' in html


async def test_where_nothing_matches_it_says_so(client, pages):
    html = (await client.get("/?name=nothing")).text
    assert "No sweep matches" in pages.texts(html, "h2")
    assert 'href="/"' in html


async def test_without_sweeps_it_says_what_to_do(serving, tmp_path, pages):
    async with serving(database_url=f"sqlite:///{tmp_path / 'empty.db'}") as client:
        html = (await client.get("/")).text
    assert pages.texts(html, "h2") == ["No sweep yet"]
    assert 'href="/submit"' in html
    assert "scaling-search run quickstart" in html


async def test_names_are_text(client, store, library):
    library.sweep(name='<script>alert(1)</script>"', dataset="<img src=x onerror=alert(2)>")
    html = (await client.get("/")).text
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


async def test_a_page_runs_scripts_of_ours_only(client):
    response = await client.get("/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert response.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|<style|\bstyle=", response.text)


async def test_what_a_page_loads_is_cached_for_good(client):
    html = (await client.get("/")).text
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)
    assert len(addresses) >= 4
    for address in addresses:
        response = await client.get(address)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-encoding"] == "gzip"
    plain = await client.get(addresses[0], headers={"Accept-Encoding": "identity"})
    assert plain.text.startswith("<svg")
    other = re.sub(r"/assets/\w+/", "/assets/0000/", addresses[0])
    assert (await client.get(other)).status_code == 404
    folder = addresses[0].rpartition("/")[0]
    assert (await client.get(f"{folder}/%2e%2e%2frendering.py")).status_code == 404


async def test_plotly_comes_from_the_installed_package(client):
    from api.dashboard.assets import address

    response = await client.get(address("plotly.min.js"))
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "plotly.js v" in response.text[:200]


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nothing", 404, "Not found"),
        ("/v1/sweeps/99", 404, "Not found"),
        ("/?stat=queued", 422, "The request is invalid"),
        ("/?limit=x", 422, "The request is invalid"),
        ("/?cursor=abc", 422, "The request is invalid"),
    ],
)
async def test_people_are_told_in_words_and_programs_in_json(
    client, problem, path, status, title, pages
):
    response = await client.get(path, headers=pages.accept)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert pages.texts(response.text, "h1") == [title]
    assert response.headers["x-request-id"] in response.text
    problem(await client.get(path), status, "not-found" if status == 404 else "invalid")


async def test_a_key_that_is_nearly_right_is_met_with_the_right_one(client, problem):
    found = problem(await client.get("/?stat=queued"), 422, "invalid")
    assert found["errors"][0]["remedy"] == "did you mean state?"
    found = problem(await client.get("/sweeps/1?sorted=id"), 422, "invalid")
    assert found["errors"][0]["remedy"] == "did you mean sort?"


async def test_a_problem_repeats_no_markup(client, pages):
    response = await client.get("/?sort=<script>alert(1)</script>", headers=pages.accept)
    assert response.status_code == 422
    assert "<script>alert" not in response.text


async def test_who_is_not_signed_in_is_sent_to_sign_in(serving, store, problem, pages):
    from results.states import AccessScope

    store.create_token("reader", AccessScope.READ, ttl_seconds=3600)
    async with serving(require_tokens=True) as client:
        response = await client.get("/?state=queued&name=a", headers=pages.accept)
        assert response.status_code == 303
        assert response.headers["location"] == "/sign-in?next=%2F%3Fstate%3Dqueued%26name%3Da"
        problem(await client.get("/"), 401, "not-signed-in")
