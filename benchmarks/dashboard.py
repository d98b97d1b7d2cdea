"""The page of a sweep of 10,000 trials with 20 epochs each, in a browser.

The service has just been started and the browser has nothing cached; both share the machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, update

from benchmarks.figures import fill_one
from benchmarks.report import Figure
from benchmarks.service import HOST, serving
from results.schema import SweepRow
from results.states import SweepState
from results.store import Store
from results.values import Lease

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_TOLD = 5
_PLOT = "document.querySelector('[data-figure$=\"/{name}\"]')"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=20, help="of each trial")


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """A first visit, a second one, and news of a sweep that runs."""
    if not CHROMIUM.exists():
        raise SystemExit(f"there is no browser at {CHROMIUM}: apt-get install chromium")
    if arguments.tiny:
        arguments.trials, arguments.epochs = 40, 2
    with (
        tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as folder,
        sync_playwright() as playwright,
    ):
        url = f"sqlite:///{folder}/results.db"
        fill_one(url, arguments)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        with (
            Store.open(url) as store,
            serving(["-m", "benchmarks.programs.service"], "/healthz", url) as port,
        ):
            lease = _running(store, url)
            yield from _visits(browser, port)
            yield from _news(browser, port, store, lease)


def _running(store: Store, url: str) -> Lease:
    """Have the sweep run again, as far as its page can tell."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(SweepRow).values(state=SweepState.INTERRUPTED))
    engine.dispose()
    return store.claim(1, "benchmark:1:1", ttl_seconds=3600)


def _visits(browser: Browser, port: int) -> Iterator[Figure]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for visit, goal in (("first", None), ("second", 2.0)):
        page = context.new_page()
        started = time.perf_counter()
        page.goto(f"http://{HOST}:{port}/sweeps/1", wait_until="commit")
        page.wait_for_selector("#trials", state="attached")
        text = time.perf_counter() - started
        for name in ("triangle", "accuracy"):
            page.wait_for_function(f"{_PLOT.format(name=name)}.dataset.event !== undefined")
        drawn = time.perf_counter() - started
        print(f"{visit} visit: text {text:.2f} s, figures {drawn:.2f} s", flush=True)
        yield Figure(f"{visit} visit, text there", text, "s", below=2.0)
        yield Figure(f"{visit} visit, figures in sight drawn", drawn, "s", below=goal)
        page.close()
    context.close()


def _news(browser: Browser, port: int, store: Store, lease: Lease) -> Iterator[Figure]:
    """From an event in the record to the figures of a page, and what went over the wire."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sizes: list[int] = []
    page.goto(f"http://{HOST}:{port}/sweeps/1")
    _wait_for(page, store.last_event(1))
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    seconds = 0.0
    for _ in range(_TOLD):
        started = time.perf_counter()
        _wait_for(page, store.append_event(lease, "epochs", {}))
        seconds += time.perf_counter() - started
    yield Figure("from an event to the figures in sight", seconds / _TOLD, "s")
    yield Figure("sent for each, compressed", sum(sizes) / _TOLD / 1e3, "kB")
    page.close()


def _wait_for(page: Page, event: int) -> None:
    for name in ("triangle", "accuracy"):
        page.wait_for_function(f"Number({_PLOT.format(name=name)}.dataset.event) >= {event}")
