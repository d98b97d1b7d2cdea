"""Filters of the log of a sweep's driver."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID


class LogQuery(BaseModel):
    """Lines that are listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=2000, description="How many lines.")
    after: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="The lines that follow this id; else the last ones."
    )
