"""Transfers of weights to other data."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from results.columns import Measured
from results.schema.base import Base, Figure, Id, owned_by


class TransferRow(Base):
    """Weights × data sets × methods × seeds."""

    __tablename__ = "transfers"

    id: Mapped[Id]
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    weights: Mapped[tuple[Any, ...]]
    datasets: Mapped[tuple[Any, ...]]
    versions: Mapped[dict[str, Any]]
    hardware: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class TransferRunRow(Base):
    """One training of a transfer."""

    __tablename__ = "transfer_runs"
    __table_args__ = (
        UniqueConstraint(
            "transfer_id",
            *("weights", "dataset", "method", "seed", "learning_rate", "role"),
            name="uq_transfer_runs_run",  # PostgreSQL's names have 63 bytes at most
        ),
    )

    id: Mapped[Id]
    transfer_id: Mapped[int] = owned_by("transfers.id")
    weights: Mapped[str]
    dataset: Mapped[str]
    method: Mapped[str]
    seed: Mapped[int]
    learning_rate: Mapped[float]
    role: Mapped[str]
    spec_key: Mapped[str]
    resolution_px: Mapped[int]
    params: Mapped[int]
    flops: Mapped[int]
    trained_params: Mapped[int]
    accuracy: Mapped[float | None] = mapped_column(Measured)
    validation_accuracy: Mapped[float | None] = mapped_column(Measured)
    correct: Mapped[bytes | None] = mapped_column(LargeBinary)
    n_images: Mapped[int]
    steps: Mapped[int]
    images: Mapped[int]
    train_seconds: Mapped[Figure]
    seconds: Mapped[Figure]
    diverged: Mapped[bool]
    curve: Mapped[tuple[Any, ...]]
    checkpoint: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int | None]
    created_at: Mapped[datetime]
