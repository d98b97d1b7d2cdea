"""Stored members of families."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from results.documents.common import Document


class StoredMember(Document):
    """A member of the family that a sweep ended with, counted by fvcore."""

    id: int
    coefficients_id: int
    convention: str
    name: str = Field(description="b0, b1, …")
    phi: float | None = Field(description="The compound exponent.")
    depth: float = Field(description="Multiplier of depth.")
    width: float = Field(description="Multiplier of width.")
    resolution: float = Field(description="Multiplier of resolution.")
    resolution_px: int
    classes: int
    params: int
    flops: int = Field(description="Multiply-adds of one image.")
    residual: float | None = Field(description="Distance of the FLOPs to the target.")
    inherited: dict[str, Any] = Field(description="Settings that no search chose.")
    spec: dict[str, Any] = Field(description="The realised network.")
