"""Trials of a sweep, the attempts at them and what each reported."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from results.schema.base import Base, Figure, Id, owned_by
from results.states import AttemptState, TrialState


class TrialRow(Base):
    """One candidate trained with one seed."""

    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("sweep_id", "candidate_id", "seed"),
        Index(None, "candidate_id"),
        Index(None, "sweep_id", "id"),  # pages of a sweep's trials
        Index(None, "sweep_id", "state"),  # progress, without reading the trials
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    candidate_id: Mapped[int] = owned_by("candidates.id")
    seed: Mapped[int]
    state: Mapped[TrialState]
    attempts: Mapped[int]
    worker: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    accuracy: Mapped[Figure | None]
    top5_accuracy: Mapped[Figure | None]
    loss: Mapped[Figure | None]
    images: Mapped[int | None]
    steps: Mapped[int | None]
    train_seconds: Mapped[Figure | None]
    images_per_second: Mapped[Figure | None]
    peak_memory_bytes: Mapped[int | None]
    error: Mapped[str | None]
    n_validation: Mapped[int | None]
    rung: Mapped[int | None]
    correct: Mapped[bytes | None] = mapped_column(LargeBinary)


class AttemptRow(Base):
    """One attempt at a trial."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("trial_id", "number"),)

    id: Mapped[Id]
    trial_id: Mapped[int] = owned_by("trials.id")
    number: Mapped[int]
    state: Mapped[AttemptState]
    worker: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class EpochRow(Base):
    """What one attempt reported after one epoch."""

    __tablename__ = "epochs"
    __table_args__ = (UniqueConstraint("attempt_id", "epoch"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = owned_by("attempts.id")
    epoch: Mapped[int]
    steps: Mapped[int]
    images: Mapped[int]
    train_loss: Mapped[Figure | None]
    validation_loss: Mapped[Figure | None]
    accuracy: Mapped[Figure | None]
    top5_accuracy: Mapped[Figure | None]
    train_seconds: Mapped[Figure | None]
    images_per_second: Mapped[Figure | None]
    peak_memory_bytes: Mapped[int | None]
    reported_at: Mapped[datetime]
