"""What several documents have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from results.values import Progress as Counts

Record = TypeVar("Record")

Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A time in UTC: read back, it is the very value that records hold."""


class Document(BaseModel):
    """A JSON object, or a part of one."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def of(cls, row: Any, **other: Any) -> Self:
        """The document whose fields are a record's of the same names, and `other` ones."""
        names: Iterable[str] = cls.model_fields.keys() - other.keys()
        return cls(**{name: getattr(row, name) for name in names}, **other)

    def fill(self, kind: type[Record], **other: Any) -> Record:
        """The record whose fields are this document's of the same names, and `other` ones."""
        names = {field.name for field in fields(kind)} - other.keys()  # type: ignore[arg-type]
        return kind(**{name: getattr(self, name) for name in names}, **other)


class Coefficients(Document):
    """Bases of depth, width and resolution."""

    alpha: float = Field(description="α: depth is multiplied by α^φ.")
    beta: float = Field(description="β: width is multiplied by β^φ.")
    gamma: float = Field(description="γ: resolution is multiplied by γ^φ.")


class Shares(Document):
    """How a doubling of FLOPs is spent; the three sum to 1."""

    depth: float
    width: float
    resolution: float


class Progress(Document):
    """Trials by state."""

    pending: int
    running: int
    finished: int
    diverged: int
    stopped: int = Field(description="Ended early by the strategy.")
    failed: int = Field(description="Their worker died or raised; resuming tries them again.")
    total: int = Field(description="All trials.")
    done: int = Field(description="Trials that are over for good: finished, diverged or stopped.")

    def to_record(self) -> Counts:
        """The counts."""
        return self.fill(Counts)
