"""Sweeps: what was asked for, what its plan holds, and what happened."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from results.schema.base import Base, Id, owned_by
from results.states import SweepState
from results.values.outcome import Outcome


class SweepRow(Base):
    """A plan being trained."""

    __tablename__ = "sweeps"
    __table_args__ = (
        Index(None, "state"),
        Index(None, "baseline", "dataset"),
        Index(None, "protocol"),
        # Without it SQLite gives the number of a deleted sweep to the next one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    name: Mapped[str]
    state: Mapped[SweepState]
    spec: Mapped[dict[str, Any]]
    protocol: Mapped[str]
    baseline: Mapped[str]
    dataset: Mapped[str]
    dataset_fingerprint: Mapped[str]
    target_ratio: Mapped[float]
    target_quantity: Mapped[str] = mapped_column(server_default="flops")
    seeds: Mapped[tuple[Any, ...]]
    versions: Mapped[dict[str, Any]]
    hardware: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    lease_epoch: Mapped[int]
    lease_expires_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool]
    outcome: Mapped[Outcome | None]
    error: Mapped[str | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)


class CandidateRow(Base):
    """One network of a sweep's plan."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("sweep_id", "index"),
        UniqueConstraint("sweep_id", "spec_key"),
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    index: Mapped[int]
    roles: Mapped[tuple[Any, ...]]
    spec: Mapped[dict[str, Any]]
    spec_key: Mapped[str]
    coefficients: Mapped[tuple[Any, ...]]
    alpha: Mapped[float]
    beta: Mapped[float]
    gamma: Mapped[float]
    intervals: Mapped[dict[str, Any] | None]
    shares: Mapped[dict[str, Any] | None]
    flops: Mapped[int]
    params: Mapped[int]
    activations: Mapped[int]
    nominal_ratio: Mapped[float]
    measured_ratio: Mapped[float]
    residual: Mapped[float | None]
    eligible: Mapped[bool]
    latency: Mapped[dict[str, Any] | None]
    notes: Mapped[tuple[Any, ...]]


class EventRow(Base):
    """Something that happened to a sweep; rows are only ever appended."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("sweep_id", "seq"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    seq: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class DriverLogRow(Base):
    """A line that a sweep's driver wrote; only the last ones are kept."""

    __tablename__ = "driver_log"
    __table_args__ = (Index(None, "sweep_id", "id"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    text: Mapped[str]
    at: Mapped[datetime]
