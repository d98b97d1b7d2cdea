"""Queries of the smaller lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.models.common import LARGEST_ID, StrictQuery


class TransfersQuery(StrictQuery):
    """How many transfers are listed."""

    limit: int = Field(100, ge=1, le=1000, description="Maximum number of transfers.")


class ValidationsQuery(StrictQuery):
    """Filters of validations."""

    limit: int = Field(100, ge=1, le=1000, description="Maximum number of validations.")
    protocol: str | None = Field(
        None,
        max_length=64,
        description="Only validations that include this protocol as a budget and learning rate.",
    )


class EdgeQuery(StrictQuery):
    """Filters of edge measurements."""

    sweep: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="Only candidates of this sweep."
    )
    spec_key: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        (), max_length=1000, description="Only these networks; repeat to give more."
    )
    limit: int = Field(
        1000, ge=1, le=1000, description="Maximum number of measurements, newest first."
    )


class LogQuery(StrictQuery):
    """Lines of a driver's log."""

    limit: int = Field(100, ge=1, le=2000, description="Maximum number of lines.")
    after: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Lines after this id; by default the last lines."
    )


class EventQuery(StrictQuery):
    """Where a stream of events starts."""

    after: int = Field(
        0,
        ge=0,
        le=LARGEST_ID,
        description="Events after this `seq`; the header `Last-Event-ID` takes precedence.",
    )
