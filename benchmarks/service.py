"""Requests per second of the service, beside a bare FastAPI route, over a database that is full.

Server and clients have a core each. The bare route returns a constant: what it reaches is all that
FastAPI and uvicorn leave to an application. Latencies are those of clients that always wait.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.filling import claimed_sweep, fill
from benchmarks.report import Figure
from results.store import Store
from results.values import Lease

PROGRAMS = Path(__file__).with_name("programs")
HOST = "127.0.0.1"
BEST = "/v1/coefficients/best?baseline=efficientnet_b0&dataset=digits&target=2"
PAGE_ROWS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--sweeps", type=int, default=1000)
    parser.add_argument("--trials", type=int, default=1000, help="of each sweep")
    parser.add_argument("--connections", type=int, default=16, help="clients at once")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--watchers", type=int, default=200, help="of one sweep's events")


@dataclass(frozen=True)
class Load:
    """How hard a server is asked."""

    connections: int
    seconds: float
    patience_seconds: float = 60.0
    """How long a first answer may take beyond that."""

    def on(self, port: int, *paths: str) -> dict[str, float]:
        """Requests per second and latencies, the paths asked for in turn."""
        options = {
            "host": HOST, "port": port, "paths": paths, "connections": self.connections,
            "seconds": self.seconds, "warm_seconds": min(1.0, self.seconds),
            "patience_seconds": self.patience_seconds,
        }  # fmt: skip
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(options, file)
            file.flush()
            command = [sys.executable, str(PROGRAMS / "load.py"), file.name]
            ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode:
            raise SystemExit(ended.stderr)
        found: dict[str, float] = json.loads(ended.stdout)
        return found


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """The bare route, the service over one sweep, and the service over all of them."""
    if arguments.tiny:
        arguments.sweeps, arguments.trials, arguments.watchers = 12, 40, 3
        arguments.seconds = 0.5
    load = Load(arguments.connections, arguments.seconds)
    with tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as folder:
        small, full = (f"sqlite:///{folder}/{name}.db" for name in ("small", "full"))
        fill(small, sweeps=1, trials_per_sweep=20)
        started = time.perf_counter()
        trials = fill(full, sweeps=arguments.sweeps, trials_per_sweep=arguments.trials)
        print(
            f"{arguments.sweeps:,} sweeps, {trials:,} trials, "
            f"{Path(folder, 'full.db').stat().st_size / 2**20:,.0f} MiB, filled in "
            f"{time.perf_counter() - started:.0f} s; {arguments.connections} connections",
            flush=True,
        )
        yield from _compare(load, small, full, arguments)


def _compare(load: Load, small: str, full: str, arguments: argparse.Namespace) -> Iterator[Figure]:
    with serving([str(PROGRAMS / "bare.py")], "/best") as port:
        bare = load.on(port, "/best")
    yield Figure("bare route", bare["per_second"], "requests/s")
    with serving(["-m", "benchmarks.programs.service"], "/healthz", small) as port:
        few = load.on(port, BEST)
    with serving(["-m", "benchmarks.programs.service"], "/healthz", full) as port:
        best = load.on(port, BEST)
        member = load.on(port, "/v1/families/1/b3")
        ids = range(1, arguments.sweeps + 1)
        each = load.on(port, *(f"/v1/families/{number}/b3" for number in ids))
        yield Figure("GET best", best["per_second"], "requests/s")
        yield Figure("GET best : bare", best["per_second"] / bare["per_second"], "×", at_least=0.6)
        yield Figure(
            "GET family member : bare", member["per_second"] / bare["per_second"], "×", at_least=0.6
        )
        yield Figure(
            "GET member of each family in turn : bare", each["per_second"] / bare["per_second"], "×"
        )
        yield Figure("p99 of GET best", best["p99_ms"], "ms")
        yield Figure("p99 of GET best, full : one sweep", best["p99_ms"] / few["p99_ms"], "×")
        yield from _pages(port, arguments)
        watched = _while_watched(load, port, full, arguments.watchers)
        yield Figure(
            f"GET best with {arguments.watchers} watchers of a busy sweep : without",
            watched["per_second"] / best["per_second"],
            "×",
        )


def _pages(port: int, arguments: argparse.Namespace) -> Iterator[Figure]:
    """The last page of lists beside their first one."""
    for what, path in (
        ("sweeps", f"/v1/sweeps?limit={min(PAGE_ROWS, arguments.sweeps // 4)}"),
        ("a sweep's trials", f"/v1/sweeps/1/trials?limit={min(PAGE_ROWS, arguments.trials // 4)}"),
    ):
        pages = [path]
        while following := _get(port, pages[-1]).get("next"):
            pages.append(f"{path}&cursor={following}")
        seconds = [min(_timed(port, page) for _ in range(20)) for page in (pages[0], pages[-2])]
        yield Figure(f"a page of {what}, late : first", seconds[1] / seconds[0], "×", below=1.5)


def _while_watched(load: Load, port: int, url: str, count: int) -> dict[str, float]:
    """`GET best` while many follow a sweep that has ten events a second."""
    with Store.open(url) as store:
        lease = claimed_sweep(store)
        path = f"/v1/sweeps/{lease.sweep_id}/events"
        command = [sys.executable, str(PROGRAMS / "watchers.py"), HOST, str(port), path, str(count)]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watchers,
            _busy(store, lease),
        ):
            assert watchers.stdout is not None
            if watchers.stdout.readline() != "connected\n":
                raise SystemExit("the watchers were not let in")
            try:
                return load.on(port, BEST)
            finally:
                watchers.kill()


@contextlib.contextmanager
def _busy(store: Store, lease: Lease) -> Iterator[None]:
    ended = threading.Event()

    def append() -> None:
        while not ended.wait(0.1):
            store.append_event(lease, "benchmark", {"time": time.time()})

    thread = threading.Thread(target=append)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def serving(program: list[str], health: str, url: str = "") -> Iterator[int]:
    """A server process on a free port, once it answers."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("SCALING_SEARCH_")
    }
    env |= {"SCALING_SEARCH_DATABASE_URL": url, "PYTHONPATH": os.getcwd()}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen([sys.executable, *program, str(port)], env=env, stderr=log) as server,
    ):
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urlopen(f"http://{HOST}:{port}{health}").close()
                    break
                if server.poll() is not None:
                    log.seek(0)
                    raise SystemExit(f"the server ended: {log.read().decode()[-2000:]}")
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def _get(port: int, path: str) -> dict[str, Any]:
    with urlopen(f"http://{HOST}:{port}{path}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _timed(port: int, path: str) -> float:
    started = time.perf_counter()
    _get(port, path)
    return time.perf_counter() - started
