"""What networks took on machines."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.values import EdgeMeasurement

EDGE: Final[dict[str, Any]] = {
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


class EdgeItem(Document):
    """One network on one machine: the latest measurement with these threads, batch and backend."""

    model_config = ConfigDict(json_schema_extra={"example": EDGE})

    id: int
    spec_key: str
    label: str = Field(description="What the network was called where it was measured.")
    machine: str = Field(description="Processor, cores and memory.")
    threads: int
    batch: int = Field(description="Images of one run.")
    backend: str = Field(description="torch, onnxruntime or onnxruntime-int8.")
    flops: int = Field(description="Multiply-adds of one image.")
    params: int
    resolution_px: int
    p50_ms: float = Field(description="Median of the runs of one batch, in milliseconds.")
    p95_ms: float = Field(description="Their 95th percentile.")
    runs: int
    file_bytes: int = Field(description="Of the backend's file: weights, or ONNX.")
    peak_memory_bytes: int | None = Field(description="Of a process that did nothing else.")
    versions: dict[str, Any]
    measured_at: Moment
    spec: dict[str, Any] = Field(description="The realised network.")

    @classmethod
    def from_record(cls, row: EdgeMeasurement) -> Self:
        """From what is stored."""
        return cls.of(row, resolution_px=row.spec["resolution_px"])

    def to_record(self) -> EdgeMeasurement:
        """The record that it was made from."""
        return self.fill(EdgeMeasurement)
