"""Data sets."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from results.schema.base import Base, Id


class DatasetRow(Base):
    """A data set as it was when its content had this fingerprint."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("name", "fingerprint"),)

    id: Mapped[Id]
    name: Mapped[str]
    fingerprint: Mapped[str]
    source: Mapped[str]
    classes: Mapped[int]
    images: Mapped[int]
    channels: Mapped[int]
    native_resolution_px: Mapped[int | None]
    details: Mapped[dict[str, Any]]
    seen_at: Mapped[datetime]
