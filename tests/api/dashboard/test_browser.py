"""The dashboard in a real browser: live figures, the form, signing in, keyboard, axe, phones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from results import Store
from results.states import AccessScope
from results.values import Lease, TrialResult

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = (
    "/", "/sweeps/1", "/sweeps/2", "/coefficients", "/families", "/families/1",
    "/compare?sweep=1&sweep=5", "/submit", "/sign-in", "/nothing",
)  # fmt: skip
PATIENCE_MS = 30_000

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not CHROMIUM.exists(),
        reason=f"browser tests need Debian's chromium at {CHROMIUM}: apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests here; not for the session, whose other tests need event loops."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def said() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def page(context: BrowserContext, said: list[str]) -> Page:
    opened = context.new_page()
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    return opened


@pytest.fixture
def url(serve: Callable[..., str], database: str) -> str:
    return serve(database, events_poll_seconds=0.05)


def finish(store: Store, lease: Lease, places: slice, accuracy: float) -> None:
    """Some of a sweep's trials."""
    for trial in store.trials(lease.sweep_id)[places]:
        attempt = store.start_attempt(lease, trial.id, worker="w1")
        result = TrialResult(accuracy=accuracy, images=640, steps=20, train_seconds=2.0)
        store.finish_trial(lease, attempt.id, result)


def open_whole(page: Page, address: str) -> None:
    """Open a page and wait for its first figure, if it has any."""
    page.goto(address)
    first = page.locator("[data-figure]").first
    if first.count():
        first.scroll_into_view_if_needed()
        first.locator(".main-svg, .bare").first.wait_for()


def figure(page: Page, name: str) -> str:
    """The selector of a figure."""
    return f'[data-figure$="/{name}"]'


def drawn(page: Page, name: str, event: int) -> None:
    """Wait until a figure shows what was known at this event."""
    page.wait_for_function(
        "([card, event]) => Number(document.querySelector(card).dataset.event) >= event",
        arg=[figure(page, name), event],
    )


def reached(page: Page, name: str) -> list[float]:
    """Every height at which a candidate stands."""
    plot = f"document.querySelector('{figure(page, name)} .plot')"
    found: list[float] = page.evaluate(
        f"{plot}.data.filter((one) => one.hovertext && one.name !== 'single seeds')"
        ".flatMap((one) => [...(one.y._inputArray ?? one.y)])"
    )
    return found


def test_news_reach_the_page_and_leave_the_zoom_alone(page, url, store, library, said):
    lease = library.claimed(name="live")
    page.goto(f"{url}/sweeps/{lease.sweep_id}")
    expect(page.locator(f"{figure(page, 'accuracy')} .plot")).to_have_text(
        "No trial has finished yet"
    )
    finish(store, lease, slice(0, 3), 0.5)
    drawn(page, "accuracy", store.last_event(lease.sweep_id))
    expect(page.locator("#progress")).to_contain_text("3 of 10")
    assert reached(page, "accuracy") == [0.5] * 3

    area = page.locator(f"{figure(page, 'accuracy')} .nsewdrag").bounding_box()
    x, y = area["x"] + area["width"] / 4, area["y"] + area["height"] / 4
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + area["width"] / 2, y + area["height"] / 2, steps=4)
    page.mouse.up()
    plot = f"document.querySelector('{figure(page, 'accuracy')} .plot')"
    page.wait_for_function(f"{plot}.layout.yaxis.autorange === false")
    zoomed = page.evaluate(f"[{plot}.layout.xaxis.range, {plot}.layout.yaxis.range]")

    finish(store, lease, slice(3, 5), 0.6)
    drawn(page, "accuracy", store.last_event(lease.sweep_id))
    assert sorted(reached(page, "accuracy")) == [0.5] * 3 + [0.6] * 2
    assert page.evaluate(f"[{plot}.layout.xaxis.range, {plot}.layout.yaxis.range]") == zoomed
    expect(page.locator("#said")).to_have_text("5 of 10 trials are done.")
    expect(page.locator('[data-live="trials"] .badge.finished')).to_have_count(5)
    assert said == []


def test_a_waiting_sweep_is_cancelled_and_resumed_in_place(page, url, store):
    page.goto(f"{url}/sweeps/3")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("Finished trials are kept")
    expect(page.locator("#state")).to_have_text(re.compile("cancelled"))
    assert store.sweep(3).state == "cancelled"
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#state")).to_have_text(re.compile("queued"))
    assert store.sweep(3).state == "queued"


def test_a_finished_sweep_is_extended_in_place_and_a_longer_one_is_another(page, url, store, said):
    page.goto(f"{url}/sweeps/3")
    expect(page.get_by_text("Extend", exact=True)).to_be_hidden()  # it waits
    page.goto(f"{url}/sweeps/1")
    page.get_by_text("Extend", exact=True).click()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Extend sweep").click()
    expect(page.locator("#problem")).to_contain_text("nothing to extend")
    page.get_by_label("Total seeds").first.fill("1")
    page.get_by_role("button", name="Extend sweep").click()
    expect(page.locator("#problem")).to_contain_text("seeds is 1: the sweep has 2 already")
    page.get_by_label("Total seeds").first.fill("")
    page.get_by_label("Images per trial").fill("6400")
    page.get_by_role("button", name="Extend sweep").click()
    page.wait_for_url("**/sweeps/6")
    assert store.sweep(6).spec["proxy"]["images"] == 6400
    page.goto(f"{url}/sweeps/1")
    page.get_by_text("Extend", exact=True).click()
    page.get_by_label("Total seeds").first.fill("4")
    page.get_by_label("Strategy").select_option("contenders")
    page.get_by_role("button", name="Extend sweep").click()
    expect(page.locator("#state")).to_have_text(re.compile("queued"))
    stored = store.sweep(1)
    assert (stored.seeds, stored.spec["strategy"]["name"]) == ((0, 1, 2, 3), "contenders")
    expect(page.get_by_text("Extend", exact=True)).to_be_hidden()
    assert [line for line in said if "422" not in line] == []


def test_an_open_page_hears_that_somebody_else_extended_its_sweep(page, url):
    page.goto(f"{url}/sweeps/1")
    expect(page.locator("#state")).to_have_text(re.compile("finished"))
    assert page.request.post(f"{url}/v1/sweeps/1/extend", data={"seeds": 4}).ok
    expect(page.locator("#state")).to_have_text(re.compile("queued"))
    expect(page.get_by_text("Extend", exact=True)).to_be_hidden()


def test_a_plan_is_shown_before_it_is_submitted(page, url, store):
    page.goto(f"{url}/submit")
    page.get_by_label("Name").fill("from the form")
    tolerance = page.get_by_label("Tolerance")
    tolerance.fill("-1")
    page.get_by_role("button", name="Show plan").click()
    expect(tolerance).to_have_attribute("aria-invalid", "true")
    expect(tolerance).to_be_focused()
    expect(page.locator(".wrong")).to_contain_text("greater than")
    tolerance.fill("0.25")
    expect(page.locator(".wrong")).to_have_count(0)
    page.get_by_role("button", name="Show plan").click()
    expect(page.get_by_role("heading", name="Plan")).to_be_focused()
    rows = page.locator("#candidates tr")
    shown = rows.count()
    expect(page.locator("#sums")).to_contain_text(f"Candidates{shown}")
    assert max(sweep.id for sweep in store.sweeps()) == 5
    page.get_by_role("button", name="Submit sweep").click()
    page.wait_for_url("**/sweeps/6")
    stored = store.sweep(6)
    assert (stored.name, stored.state) == ("from the form", "queued")
    assert len(store.candidates(6)) == shown > 4
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("from the form")


def test_one_signs_in_with_a_token_and_out_again(page, serve, database, store):
    token = store.create_token("laptop", AccessScope.READ, ttl_seconds=3600)
    url = serve(database, require_tokens=True)
    page.goto(f"{url}/?state=finished")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("the token is unknown, expired or revoked")
    page.get_by_label("Token").fill(token.secret)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?state=finished")
    expect(page.locator(".who")).to_contain_text("laptop")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{url}/sweeps/1")
    expect(page.get_by_label("Token")).to_be_focused()


def test_everything_can_be_reached_by_keyboard(page, url):
    page.goto(url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    link = page.get_by_role("link", name="1 finished")
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("(element) => element === document.activeElement"):
            break
    outline = link.evaluate("(element) => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/sweeps/1")
    page.get_by_role("link", name="accuracy", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sweeps/1?sort=-accuracy#trials")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Sweeps", exact=True)).to_be_visible()


def test_the_page_follows_the_system_into_the_dark(page, url):
    page.goto(f"{url}/sweeps/1")
    plot = f"document.querySelector('{figure(page, 'accuracy')} .plot')"
    paper = f"{plot}.layout?.template.layout.paper_bgcolor"
    page.wait_for_function(f"{paper} === '#ffffff'")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{paper} === '#14171c'")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_and_the_console_stays_empty(page, url, said, mode):
    page.emulate_media(color_scheme=mode)
    for path in PAGES:
        open_whole(page, url + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    missing = [line for line in said if "404" not in line]
    assert missing == []


def test_nothing_is_wider_than_a_phone(page, url):
    page.set_viewport_size({"width": 360, "height": 740})
    for path in PAGES:
        open_whole(page, url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def test_a_member_is_shown_in_a_format_and_copied(page, context, url):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}/families/1")
    page.locator("#member").select_option("b1")
    expect(page.locator("#written")).to_contain_text('"name": "b1"')
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#said")).to_have_text("Copied.")
    assert '"name": "b1"' in page.evaluate("navigator.clipboard.readText()")
