"""How long one batch takes, for several networks side by side."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from scaling_search.uses.edge.backends import Run, get_backend
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec

RUNS, WARM_UP = 30, 3


@dataclass(frozen=True, kw_only=True)
class Latency:
    """What one batch took, in milliseconds: the median and the 95th percentile of `runs`.

    `threads`, `batch` (images) and `backend` are what it was measured with; `warm_up` runs before
    it are not counted.
    """

    p50_ms: float
    p95_ms: float
    runs: int
    warm_up: int
    threads: int
    batch: int
    backend: str


def measure_latencies(
    specs: Sequence[NetworkSpec],
    *,
    threads: int = 1,
    batch: int = 1,
    backend: str = "torch",
    runs: int = RUNS,
    warm_up: int = WARM_UP,
    files: Sequence[Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Latency, ...]:
    """Latencies of networks on this machine, in their order.

    All networks are opened first. Then each round runs every one of them once, in an order that
    changes from round to round: when the machine slows down or warms up, it does so for all.

    Args:
        specs: the networks; random weights, which run as long as trained ones.
        threads: CPU threads of one run.
        batch: images of one run.
        backend: one of `scaling_search.uses.edge.backends.BACKENDS`.
        runs: rounds that count.
        warm_up: rounds before them.
        files: the backend's files of the networks, where they are written already.
        progress: called with the round and the number of rounds.

    Raises:
        InputError: a number is below its least, or the backend is unknown or not installed.
    """
    for name, value, least in (
        ("threads", threads, 1),
        ("batch", batch, 1),
        ("runs", runs, 2),
        ("warm_up", warm_up, 0),
    ):
        if value < least:
            raise InputError(f"{name} is {value}: it must be at least {least}")
    chosen = get_backend(backend)
    with tempfile.TemporaryDirectory(prefix="scaling-search-edge-") as folder:
        written = files or write_files(specs, backend, Path(folder))
        opened = [
            chosen.open(spec, path, threads, batch)
            for spec, path in zip(specs, written, strict=True)
        ]
        seconds = take_turns(opened, runs=runs, warm_up=warm_up, progress=progress)
    p50, p95 = 1e3 * np.percentile(seconds, (50, 95), axis=0)
    return tuple(
        Latency(
            p50_ms=float(median),
            p95_ms=float(high),
            runs=runs,
            warm_up=warm_up,
            threads=threads,
            batch=batch,
            backend=backend,
        )
        for median, high in zip(p50, p95, strict=True)
    )


def write_files(specs: Sequence[NetworkSpec], backend: str, folder: Path) -> list[Path]:
    """A backend's files of networks with random weights."""
    chosen = get_backend(backend)
    paths = [folder / f"{number}{chosen.suffix}" for number in range(len(specs))]
    for spec, path in zip(specs, paths, strict=True):
        chosen.write(spec, path)
    return paths


def take_turns(
    opened: Sequence[Run],
    *,
    runs: int,
    warm_up: int = WARM_UP,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """(runs, networks) seconds: each round runs every network once, in an order of its own."""
    order = list(range(len(opened)))
    shuffle = random.Random(0).shuffle
    seconds = np.empty((runs, len(opened)))
    before = torch.get_num_threads()
    try:
        for number in range(-warm_up, runs):
            shuffle(order)
            for index in order:
                started = time.perf_counter()
                opened[index]()
                taken = time.perf_counter() - started
                if number >= 0:
                    seconds[number, index] = taken
            if progress is not None:
                progress(number + warm_up + 1, runs + warm_up)
    finally:
        torch.set_num_threads(before)
    return seconds
