"""What happened to a sweep."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from results.documents.common import Document, Moment
from results.values import Event


class EventItem(Document):
    """One event of a sweep's stream."""

    id: int
    sweep: int
    seq: int = Field(description="Counts from 1 without gaps within the sweep.")
    kind: str
    at: Moment
    data: dict[str, Any]

    @classmethod
    def from_record(cls, row: Event) -> Self:
        """From what is stored."""
        return cls.of(row, sweep=row.sweep_id)

    def to_record(self) -> Event:
        """The record."""
        return self.fill(Event, sweep_id=self.sweep)
