"""Which candidates are asked for, and pages of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.models.common import LARGEST_ID
from api.pages import Page, PageQuery, example
from results.values import Candidate

CandidateSort = Literal[
    "id", "-id", "flops", "-flops", "params", "-params", "measured_ratio", "-measured_ratio",
    "accuracy", "-accuracy",
]  # fmt: skip


class CandidateQuery(PageQuery):
    """Which candidates, in which order."""

    index: int | None = Field(None, ge=0, le=LARGEST_ID, description="Its place in the plan.")
    eligible: bool | None = Field(None, description="Whether it may win.")
    min_flops: int | None = Field(None, ge=0, le=LARGEST_ID, description="The fewest FLOPs.")
    max_flops: int | None = Field(None, ge=0, le=LARGEST_ID, description="The most FLOPs.")
    sort: CandidateSort = Field(
        "id", description="The order, by default the plan's; a minus turns it round."
    )


class CandidatePage(Page[Candidate]):
    """Some candidates."""

    model_config = example(Candidate)
