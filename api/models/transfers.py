"""Filters of transfers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TransfersQuery(BaseModel):
    """How many transfers are listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="At most so many.")
