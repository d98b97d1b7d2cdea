"""What the models of specifications have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class StrictModel(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Fraction = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
"""From 0 up to, not including, 1."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

Triple = tuple[float, float, float]
"""Depth, width and resolution, in this order."""
