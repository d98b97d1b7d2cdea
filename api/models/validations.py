"""Filters of validations."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ValidationsQuery(BaseModel):
    """Validations that are listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="At most so many.")
    protocol: str | None = Field(
        None,
        max_length=64,
        description="Those that include this protocol as a budget and learning rate.",
    )
