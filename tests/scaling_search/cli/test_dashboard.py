"""The dashboard over the real service: submitted from the form, watched live to its end."""

import json
import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright

from results import frames
from results.store import Store

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 300_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM.exists(),
        reason=f"it needs Debian's chromium at {CHROMIUM}: apt-get install chromium",
    ),
]


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        browser.close()


def test_a_sweep_is_submitted_from_the_form_and_watched_to_its_end(
    shell, start, know_families, page
):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    served = start("serve", "serve", "--port", "0", "--workers", "2")
    page.goto(f"{served.address()}/submit")
    page.get_by_text("Full specification as JSON").click()
    page.locator("#text").fill(json.dumps(yaml.safe_load((shell.folder / "tiny.yaml").read_text())))
    page.get_by_role("button", name="Show plan").click()
    page.get_by_role("button", name="Submit sweep").click()
    page.wait_for_url("**/sweeps/1")
    page.evaluate("window.never_reloaded = true")
    with Store.open(f"sqlite:///{shell.database}") as store:
        know_families(store)
        state = page.locator("#state")
        expect(state).to_have_attribute("data-state", "running", timeout=PATIENCE_MS)
        expect(state).to_have_attribute("data-state", "finished", timeout=PATIENCE_MS)
        expect(page.locator("#progress")).to_contain_text("10 of 10")
        verdict = store.sweep(1).outcome.verdict
        expect(page.locator('[data-live="state"]')).to_contain_text(verdict)
        page.wait_for_function(
            "event => Number(document.querySelector('[data-figure$=\"/accuracy\"]')"
            ".dataset.event) >= event",
            arg=store.last_event(1),
        )
        shown = page.evaluate(
            "document.querySelector('[data-figure$=\"/accuracy\"] .plot').data"
            ".filter(one => one.hovertext && one.name !== 'single seeds')"
            ".flatMap(one => [...(one.y._inputArray ?? one.y)])"
        )
        means = frames.candidates(store, 1)["accuracy_mean"]
        assert sorted(shown) == pytest.approx(sorted(means))
    expect(page.locator(".log")).to_contain_text(re.compile("verdict: "))
    assert page.evaluate("window.never_reloaded") is True
    assert errors == []
    assert served.end() == 0
