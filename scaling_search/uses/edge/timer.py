"""What planning knows of latency: each network is run in turns with its baseline, once ever.

Both are run in every round, so that a machine that slows down or is busy does so for both: what is
kept is the ratio, which two measurements at different hours agree on where their milliseconds do
not. Ratios are kept in the cache folder, by network, baseline, machine, threads, batch, backend and
versions, so that the plan that was shown is the plan that is run.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scaling_search.data.cache import cache_folder, readable_errors
from scaling_search.environment import machine_name, versions
from search_spaces.errors import InputError
from search_spaces.networks.latency import TIMER, RelativeLatency, Timing
from search_spaces.networks.spec import NetworkSpec

if TYPE_CHECKING:
    from scaling_search.uses.edge.backends import Run

_listeners: list[Callable[[int], None]] = []
_measured: list[str] = []
"""What this process has measured."""


def enable() -> None:
    """Let this process plan under constraints on latency: it runs networks to know theirs."""
    TIMER.set(time_beside)


@contextmanager
def telling(listener: Callable[[int], None]) -> Iterator[None]:
    """For the length of a block, call `listener` with how many networks were run."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def time_beside(base: NetworkSpec, spec: NetworkSpec, timing: Timing) -> RelativeLatency:
    """A network's latency beside its baseline's, on this machine.

    Raises:
        InputError: the timing names another machine, or its backend is not installed.
    """
    machine = machine_name()
    if timing.machine not in (None, machine):
        raise InputError(
            f"target.timing.machine is {timing.machine!r} and this machine is {machine!r}: "
            "latencies hold for one machine; plan there, or leave timing.machine out to measure "
            "here"
        )
    known = versions()
    parts = [base.key, spec.key, machine, timing.model_dump(mode="json", exclude={"machine"})]
    parts += [known[name] for name in ("torch", "onnxruntime") if name in known]
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]
    folder = cache_folder().parent / "latencies"
    return _kept(folder / f"{key}.json", base, spec, timing)


@cache
def _kept(path: Path, base: NetworkSpec, spec: NetworkSpec, timing: Timing) -> RelativeLatency:
    try:
        return RelativeLatency(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        pass  # not there, or cut short
    latency = _measure(base, spec, timing)
    with readable_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(latency)), encoding="utf-8")
    _measured.append(spec.key)
    for listener in _listeners:
        listener(len(_measured))
    return latency


def _measure(base: NetworkSpec, spec: NetworkSpec, timing: Timing) -> RelativeLatency:
    import numpy as np

    from scaling_search.uses.edge.latency import take_turns

    how = timing.backend, timing.threads, timing.batch
    one, other = (_opened(each, *how) for each in (base, spec))
    seconds = take_turns([one, other], runs=timing.runs)
    ratios = seconds[:, 1] / seconds[:, 0]
    ratio = float(np.median(ratios))
    # Of a median of values whose spread is taken from their median deviation.
    spread = 1.2533 * 1.4826 * float(np.median(np.abs(ratios - ratio)))
    p50 = 1e3 * np.median(seconds, axis=0)
    return RelativeLatency(
        ratio=1.0 if spec == base else ratio,
        p50_ms=float(p50[1]),
        base_p50_ms=float(p50[0]),
        noise=0.0 if spec == base else spread / len(ratios) ** 0.5 / ratio,
        machine=machine_name(),
        threads=timing.threads,
        batch=timing.batch,
        backend=timing.backend,
        runs=timing.runs,
    )


_open: dict[tuple[NetworkSpec, str, int, int], Run] = {}


def _opened(spec: NetworkSpec, backend: str, threads: int, batch: int) -> Run:
    """A network ready to run; the last ones stay open, the baseline among them."""
    from scaling_search.uses.edge.backends import get_backend
    from scaling_search.uses.edge.latency import write_files

    key = (spec, backend, threads, batch)
    if key in _open:
        _open[key] = _open.pop(key)  # the latest last
        return _open[key]
    with tempfile.TemporaryDirectory(prefix="scaling-search-edge-") as folder:
        (path,) = write_files([spec], backend, Path(folder))
        _open[key] = get_backend(backend).open(spec, path, threads, batch)
    while len(_open) > 2:
        del _open[next(iter(_open))]
    return _open[key]
