"""Filters of coefficients, and pages of them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID
from api.pages import Page, PageQuery
from results.states import Verdict
from results.values import CoefficientsFilters, CoefficientsRecord
from results.values.coefficients import EXAMPLE
from search_spaces.specs.target import Quantity

CoefficientsSort = Literal[
    "id", "-id", "accuracy", "-accuracy", "created_at", "-created_at", "alpha", "-alpha",
    "beta", "-beta", "gamma", "-gamma",
]  # fmt: skip


class _Filters(BaseModel):
    """Filters that both routes have."""

    baseline: str | None = Field(None, max_length=200, description="The network being scaled.")
    dataset: str | None = Field(None, max_length=1000, description="Name of the data set.")
    target: float | None = Field(
        None,
        gt=0,
        le=1000,
        description="Cost of the networks, as a multiple of the baseline's.",
    )
    protocol: str | None = Field(
        None, max_length=64, description="Accuracies are comparable within one protocol."
    )


class BestQuery(_Filters):
    """Filters of the best coefficients."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: Quantity = Field("flops", description="Quantity that the target limits.")


class CoefficientsQuery(PageQuery, _Filters):
    """Filters and order of coefficients."""

    quantity: Quantity | None = Field(None, description="Quantity that the target limits.")
    sweep: int | None = Field(None, ge=1, le=LARGEST_ID, description="Those of one sweep.")
    verdict: tuple[Verdict, ...] = Field(
        (), description="Any of these verdicts; repeat to give more."
    )
    sort: CoefficientsSort = Field("-id", description="The order; a minus reverses it.")

    @property
    def filters(self) -> CoefficientsFilters:
        """The filters of the store."""
        return {
            "sweep_id": self.sweep,
            "baseline": self.baseline,
            "dataset": self.dataset,
            "target_ratio": self.target,
            "target_quantity": self.quantity,
            "protocol": self.protocol,
            "verdicts": self.verdict or None,
        }

    @property
    def sort_field(self) -> str:
        """Field of the rows that the sort key names."""
        return f"coefficients.{self.key}" if self.key in ("alpha", "beta", "gamma") else self.key


class CoefficientsPage(Page[CoefficientsRecord]):
    """Some coefficients."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [EXAMPLE], "next": None}})
