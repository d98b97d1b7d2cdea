"""Validations of a proxy."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from results.schema.base import Base, Id, owned_by


class ValidationRow(Base):
    """A check of a proxy: sweeps over one sample at several budgets and learning rates."""

    __tablename__ = "validations"

    id: Mapped[Id]
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    baseline: Mapped[str]
    dataset: Mapped[str]
    dataset_fingerprint: Mapped[str]
    target_ratio: Mapped[float]
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ValidationSweepRow(Base):
    """A sweep that a validation is made of."""

    __tablename__ = "validation_sweeps"
    __table_args__ = (
        UniqueConstraint("sweep_id"),
        UniqueConstraint("validation_id", "images", "learning_rate"),
    )

    id: Mapped[Id]
    validation_id: Mapped[int] = owned_by("validations.id")
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    images: Mapped[int]
    learning_rate: Mapped[float]
