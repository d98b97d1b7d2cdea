"""What networks cost, whichever sweep they are of."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from results.schema.base import Base, Id


class MeasurementRow(Base):
    """What fvcore counted for a network, paid for once."""

    __tablename__ = "measurements"
    __table_args__ = (UniqueConstraint("spec_key", "classes", "in_channels", "mode", "versions"),)

    id: Mapped[Id]
    spec_key: Mapped[str]
    classes: Mapped[int]
    in_channels: Mapped[int]
    mode: Mapped[str]
    versions: Mapped[str]
    flops: Mapped[int]
    params: Mapped[int]
    activations: Mapped[int]
    uncounted: Mapped[dict[str, Any]]
    seconds: Mapped[float]


class EdgeRow(Base):
    """What one network took on one machine: the latest measurement of its kind."""

    __tablename__ = "edge_measurements"
    __table_args__ = (
        UniqueConstraint("spec_key", "machine", "threads", "batch", "backend"),
        Index(None, "measured_at", "id"),
    )

    id: Mapped[Id]
    spec_key: Mapped[str]
    machine: Mapped[str]
    threads: Mapped[int]
    batch: Mapped[int]
    backend: Mapped[str]
    label: Mapped[str]
    spec: Mapped[dict[str, Any]]
    flops: Mapped[int]
    params: Mapped[int]
    p50_ms: Mapped[float]
    p95_ms: Mapped[float]
    runs: Mapped[int]
    file_bytes: Mapped[int]
    peak_memory_bytes: Mapped[int | None]
    versions: Mapped[dict[str, Any]]
    measured_at: Mapped[datetime]
