"""What several answers have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

LARGEST_ID = 2**63 - 1

SweepId = Annotated[
    int, Path(ge=1, le=LARGEST_ID, description="Number of the sweep.", examples=[1])
]


class Answer(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def of(cls, row: Any, **other: Any) -> Self:
        """The answer whose fields are a record's of the same names, and `other` ones."""
        names: Iterable[str] = cls.model_fields.keys() - other.keys()
        return cls(**{name: getattr(row, name) for name in names}, **other)


class Coefficients(Answer):
    """Bases of depth, width and resolution."""

    alpha: float = Field(description="α: depth is multiplied by α^φ.")
    beta: float = Field(description="β: width is multiplied by β^φ.")
    gamma: float = Field(description="γ: resolution is multiplied by γ^φ.")


class Shares(Answer):
    """How a doubling of FLOPs is spent; the three sum to 1."""

    depth: float
    width: float
    resolution: float


class Progress(Answer):
    """Trials by state."""

    pending: int
    running: int
    finished: int
    diverged: int
    failed: int
    total: int = Field(description="All trials.")
    done: int = Field(description="Trials that will not be trained again.")
