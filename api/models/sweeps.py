"""Queries and pages of sweeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from api.pages import Page, PageQuery, example
from results.states import SweepState
from results.values import Sweep

SweepSort = Literal[
    "id", "-id", "name", "-name", "started_at", "-started_at", "finished_at", "-finished_at",
    "accuracy", "-accuracy",
]  # fmt: skip


class SweepQuery(PageQuery):
    """Filters and order of sweeps."""

    state: tuple[SweepState, ...] = Field(
        (), description="Any of these states; repeat for several."
    )
    baseline: str | None = Field(None, max_length=200, description="The network being scaled.")
    dataset: str | None = Field(None, max_length=1000, description="Name of the data set.")
    protocol: str | None = Field(
        None, max_length=64, description="Accuracies are comparable within one protocol."
    )
    name: str | None = Field(None, max_length=100, description="Part of the name of the sweep.")
    sort: SweepSort = Field("-id", description="The order; a minus reverses it.")

    @property
    def filters(self) -> Mapping[str, Any]:
        """Filters as arguments of the store."""
        names = {"baseline", "dataset", "protocol", "name"}
        return {"states": self.state or None, **self.model_dump(include=names)}

    @property
    def sort_field(self) -> str:
        """Field of the rows that the sort key names."""
        return "leader_accuracy" if self.key == "accuracy" else self.key


class SweepPage(Page[Sweep]):
    """Some sweeps."""

    model_config = example(Sweep)
