"""Latency, memory and size of networks together, as they are stored."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from results.values import NewEdgeMeasurement
from scaling_search.environment import machine_name, versions
from scaling_search.uses.edge.backends import get_backend
from scaling_search.uses.edge.latency import RUNS, WARM_UP, Latency, measure_latencies, write_files
from scaling_search.uses.edge.memory import measure_memory
from search_spaces.baselines import complexity, get_baseline
from search_spaces.networks.spec import NetworkSpec

Say = Callable[[str, float | None], None]
"""What is going on, and how much of it is done."""


def measure_networks(
    networks: Sequence[tuple[str, NetworkSpec]],
    *,
    backend: str,
    threads: int = 1,
    batch: int = 1,
    runs: int = RUNS,
    warm_up: int = WARM_UP,
    memory: bool = True,
    progress: Say | None = None,
) -> list[NewEdgeMeasurement]:
    """What networks take on this machine with one backend, in their order.

    Args:
        networks: labels and specs.
        backend: one of `scaling_search.uses.edge.backends.BACKENDS`.
        threads: CPU threads of one run.
        batch: images of one run.
        runs: rounds that count.
        warm_up: rounds before them.
        memory: also start a process for each network, alone, and take its peak.
        progress: called with what is going on, and the share of it that is done.

    Raises:
        InputError: as `measure_latencies`.
        WorkError: a process that measures memory died.
    """
    say = progress or (lambda text, done: None)
    get_backend(backend)
    specs = [spec for _, spec in networks]
    with tempfile.TemporaryDirectory(prefix="scaling-search-edge-") as folder:
        say(f"writing {len(specs)} networks for {backend}", None)
        files = write_files(specs, backend, Path(folder))
        latencies = measure_latencies(
            specs,
            threads=threads,
            batch=batch,
            backend=backend,
            runs=runs,
            warm_up=warm_up,
            files=files,
            progress=lambda done, of: say(f"{backend}: round {done} of {of}", done / of),
        )
        machine, known = machine_name(), versions()
        measured = []
        for (label, spec), path, latency in zip(networks, files, latencies, strict=True):
            peak: int | None = None
            if memory:
                say(f"{backend}: memory of {label}", None)
                peak = measure_memory(
                    spec, path, backend=backend, threads=threads, batch=batch
                ).peak_bytes
            measured.append(_as_stored(label, spec, path, latency, peak, machine, known))
    return measured


def _as_stored(
    label: str,
    spec: NetworkSpec,
    path: Path,
    latency: Latency,
    peak_bytes: int | None,
    machine: str,
    known: dict[str, str],
) -> NewEdgeMeasurement:
    cost = complexity(get_baseline(spec.baseline), spec)
    return NewEdgeMeasurement(
        spec_key=spec.key,
        machine=machine,
        threads=latency.threads,
        batch=latency.batch,
        backend=latency.backend,
        label=label,
        spec=spec.to_dict(),
        flops=cost.flops,
        params=cost.params,
        p50_ms=latency.p50_ms,
        p95_ms=latency.p95_ms,
        runs=latency.runs,
        file_bytes=path.stat().st_size,
        peak_memory_bytes=peak_bytes,
        versions=known,
    )
