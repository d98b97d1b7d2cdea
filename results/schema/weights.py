"""Weights that trials left, and where the networks look."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from results.schema.base import Base, Id, owned_by


class CheckpointRow(Base):
    """The file in which a trial left its weights; its name in the folder of checkpoints."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("trial_id"), Index(None, "sweep_id", "id"))

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    trial_id: Mapped[int] = owned_by("trials.id")
    name: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]


class GalleryRow(Base):
    """Where a sweep's networks look: the latest gallery of class activation maps."""

    __tablename__ = "galleries"
    __table_args__ = (UniqueConstraint("sweep_id"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    networks: Mapped[tuple[Any, ...]]
    page: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
