"""Which coefficients are asked for, and pages of them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID
from api.pages import Page, PageQuery
from results.documents.coefficients import FOUND, CoefficientsItem
from results.states import Verdict
from search_spaces.specs.target import Quantity

CoefficientsSort = Literal[
    "id", "-id", "accuracy", "-accuracy", "created_at", "-created_at", "alpha", "-alpha",
    "beta", "-beta", "gamma", "-gamma",
]  # fmt: skip


class _Filters(BaseModel):
    """What coefficients are looked up by."""

    baseline: str | None = Field(None, max_length=200, description="The network being scaled.")
    dataset: str | None = Field(None, max_length=1000, description="Name of the data set.")
    target: float | None = Field(
        None,
        gt=0,
        le=1000,
        description="What the search's networks cost, as a multiple of the baseline's.",
    )
    protocol: str | None = Field(
        None, max_length=64, description="Accuracies are comparable within one protocol."
    )


class BestQuery(_Filters):
    """For what the best coefficients are wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: Quantity = Field("flops", description="Of what the target is a multiple.")


class CoefficientsQuery(PageQuery, _Filters):
    """Which coefficients, in which order."""

    quantity: Quantity | None = Field(None, description="Of what the target is a multiple.")
    sweep: int | None = Field(None, ge=1, le=LARGEST_ID, description="Those of one sweep.")
    verdict: tuple[Verdict, ...] = Field(
        (), description="Any of these verdicts; repeat to give more."
    )
    sort: CoefficientsSort = Field("-id", description="The order; a minus turns it round.")


class CoefficientsPage(Page[CoefficientsItem]):
    """Some coefficients."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [FOUND], "next": None}})
