"""Filters of edge measurements."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID


class EdgeQuery(BaseModel):
    """Networks whose measurements are listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sweep: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="The candidates of this sweep."
    )
    spec_key: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        (), max_length=1000, description="These networks; repeat to give more."
    )
    limit: int = Field(1000, ge=1, le=1000, description="At most so many, the newest first.")
