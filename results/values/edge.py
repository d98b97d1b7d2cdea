"""What networks took where they ran: latency, memory, size."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class NewEdgeMeasurement:
    """One network on one machine, with these threads, images a batch, and backend."""

    spec_key: str
    machine: str
    """Processor, cores and memory, as `scaling_search.environment.machine_name` writes them."""
    threads: int
    batch: int
    backend: str
    """`torch`, `onnxruntime` or `onnxruntime-int8`."""
    label: str
    """What the network is called where it was measured: `candidate 3`, `b1`."""
    spec: dict[str, Any]
    flops: int
    params: int
    p50_ms: float
    p95_ms: float
    runs: int
    file_bytes: int
    peak_memory_bytes: int | None
    """Of a process that did nothing else; None if it was not measured."""
    versions: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EdgeMeasurement(NewEdgeMeasurement):
    """A stored measurement, the latest of its kind."""

    id: int
    measured_at: datetime
