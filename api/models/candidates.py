"""Queries and pages of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from api.models.common import LARGEST_ID
from api.pages import Page, PageQuery, example
from results.values import Candidate

CandidateSort = Literal[
    "id", "-id", "flops", "-flops", "params", "-params", "measured_ratio", "-measured_ratio",
    "accuracy", "-accuracy",
]  # fmt: skip


class CandidateQuery(PageQuery):
    """Filters and order of candidates."""

    index: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Index of the candidate in the plan."
    )
    eligible: bool | None = Field(None, description="Whether the candidate may win.")
    min_flops: int | None = Field(None, ge=0, le=LARGEST_ID, description="Minimum FLOPs.")
    max_flops: int | None = Field(None, ge=0, le=LARGEST_ID, description="Maximum FLOPs.")
    sort: CandidateSort = Field(
        "id", description="The order, by default that of the plan; a minus reverses it."
    )

    @property
    def filters(self) -> Mapping[str, Any]:
        """Filters as arguments of the store."""
        return self.model_dump(include={"index", "eligible", "min_flops", "max_flops"})

    @property
    def sort_field(self) -> str:
        """Field of the rows that the sort key names."""
        return "accuracy_mean" if self.key == "accuracy" else self.key


class CandidatePage(Page[Candidate]):
    """Some candidates."""

    model_config = example(Candidate)
