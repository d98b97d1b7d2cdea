"""A runner in a thread, over drivers that are no more than `cat`: they live until they are told."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from results.states import SweepState
from results.store import Store
from results.values import Lease, NewCandidate, NewSweep
from scaling_search.sweeps.runner import Runner, RunnerOptions
from scaling_search.sweeps.runner.child import Driver
from scaling_search.tune.execution import Execution
from search_spaces.errors import WorkError

CAT = ("cat",)


def wait_for(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@dataclass
class Ray:
    """A cluster that is there, or away for a stated reason."""

    away: str | None = None
    closed: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def address(self) -> str:
        if self.away is not None:
            raise WorkError(self.away)
        return "127.0.0.1:6379"

    def close(self) -> None:
        self.closed = True


class Scene:
    """A database with sweeps in the queue, and a runner that can be started."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self.store = Store.open(self.url)
        self.ray = Ray()
        self.command: tuple[str, ...] = CAT
        self.started: list[subprocess.Popen[str]] = []
        self.leases: list[Lease] = []
        self.said: list[tuple[str, int | None]] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def submit(self, count: int = 1) -> list[int]:
        candidate = NewCandidate(
            index=0,
            roles=("search",),
            spec={},
            spec_key="key",
            coefficients=((1.0, 1.0, 1.0),),
            representative=(1.0, 1.0, 1.0),
            flops=1,
            params=1,
            activations=1,
            nominal_ratio=1.0,
            measured_ratio=1.0,
        )
        new = NewSweep(
            name="submitted",
            spec={},
            protocol="p",
            baseline="efficientnet_b0",
            dataset="digits",
            dataset_fingerprint="d",
            target_ratio=2.0,
            seeds=(0,),
            versions={},
            hardware={},
        )
        return [self.store.create_sweep(new, [candidate], enqueue=True) for _ in range(count)]

    def _start(self, lease: Lease, address: str) -> Driver:
        process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        self.leases.append(lease)
        return Driver(lease, process)

    def run(self, *, slots: int = 1, lease_seconds: float = 1.0) -> None:
        options = RunnerOptions(
            execution=Execution(workers=1), slots=slots, lease_seconds=lease_seconds
        )
        runner = Runner(
            self.store, options, self.ray, self._start, lambda *said: self.said.append(said)
        )
        self._thread = threading.Thread(target=runner.run, args=[self._over.is_set])
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def state(self, sweep_id: int) -> SweepState:
        return self.store.sweep(sweep_id).state

    def log(self, sweep_id: int) -> list[str]:
        return [line.text for line in self.store.driver_log(sweep_id)]

    def wait_for_drivers(self, count: int) -> None:
        wait_for(lambda: len(self.started) >= count)

    def finish(self, place: int, state: SweepState = SweepState.FINISHED) -> None:
        """What a driver does at its end."""
        self.store.set_state(self.leases[place], state)
        self.store.release(self.leases[place])
        self.started[place].kill()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path / "results.db")
    yield made
    made.stop()
    for process in made.started:
        assert process.poll() is not None, "a driver outlived its runner"
    made.store.close()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], None]:
    return wait_for


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    return alive
