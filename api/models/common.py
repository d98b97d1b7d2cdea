"""Shared parts of requests."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict

LARGEST_ID = 2**63 - 1

SweepId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="Number of the sweep.", examples=[1])
]


class StrictQuery(BaseModel):
    """A query string in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)
