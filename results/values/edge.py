"""Latency, memory and size of networks on the machines where they were measured."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, computed_field

from results.values.json import Moment, documented

_EXAMPLE: dict[str, Any] = {
    "id": 1,
    "spec_key": "174187a321aa7002",
    "label": "b0",
    "machine": "Intel(R) Xeon(R) Processor, 2 cores, 24 GiB",
    "threads": 1,
    "batch": 1,
    "backend": "torch",
    "flops": 401_659_392,
    "params": 5_288_548,
    "resolution_px": 224,
    "p50_ms": 31.2,
    "p95_ms": 35.9,
    "runs": 30,
    "file_bytes": 21_400_000,
    "peak_memory_bytes": 310_000_000,
    "versions": {"torch": "2.13.0"},
    "measured_at": "2026-11-22T10:00:00Z",
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 224},
}


@dataclass(frozen=True, kw_only=True)
class NewEdgeMeasurement:
    """One network on one machine, with a number of threads, a batch size and a backend."""

    spec_key: Annotated[str, Field(description="Identity of the network.")]
    label: Annotated[
        str, Field(description="Name of the network in the measurement: `candidate 3`, `b1`.")
    ]
    machine: Annotated[str, Field(description="Processor, cores and memory.")]
    threads: int
    batch: Annotated[int, Field(description="Images per run.")]
    backend: Annotated[str, Field(description="torch, onnxruntime or onnxruntime-int8.")]
    flops: Annotated[int, Field(description="Multiply-adds of one image.")]
    params: int
    p50_ms: Annotated[float, Field(description="Median of the runs of one batch, in milliseconds.")]
    p95_ms: Annotated[float, Field(description="Their 95th percentile.")]
    runs: int
    file_bytes: Annotated[int, Field(description="Size of the backend's file: weights, or ONNX.")]
    peak_memory_bytes: Annotated[
        int | None,
        Field(description="Of a process that does nothing else; null if it was not measured."),
    ]
    versions: dict[str, Any]
    spec: Annotated[dict[str, Any], Field(description="The realised network.")]


@dataclass(frozen=True, kw_only=True)
class EdgeMeasurement(NewEdgeMeasurement):
    """A stored measurement: the latest of its network, machine, threads, batch and backend."""

    __pydantic_config__ = documented(_EXAMPLE)

    id: int
    measured_at: Moment

    @computed_field  # type: ignore[prop-decorator]
    @property
    def resolution_px(self) -> int:
        """Side of the network's input images."""
        return int(self.spec["resolution_px"])


@dataclass(frozen=True, kw_only=True)
class EdgeMeasurements:
    """Measurements, the newest first."""

    __pydantic_config__ = documented({"measurements": [_EXAMPLE]})

    measurements: list[EdgeMeasurement]
