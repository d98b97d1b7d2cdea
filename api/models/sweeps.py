"""Which sweeps are asked for, and pages of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.pages import Page, PageQuery, example
from results.states import SweepState
from results.values import Sweep

SweepSort = Literal[
    "id", "-id", "name", "-name", "started_at", "-started_at", "finished_at", "-finished_at",
    "accuracy", "-accuracy",
]  # fmt: skip


class SweepQuery(PageQuery):
    """Which sweeps, in which order."""

    state: tuple[SweepState, ...] = Field(
        (), description="Any of these states; repeat to give more."
    )
    baseline: str | None = Field(None, max_length=200, description="The network being scaled.")
    dataset: str | None = Field(None, max_length=1000, description="Name of the data set.")
    protocol: str | None = Field(
        None, max_length=64, description="Accuracies are comparable within one protocol."
    )
    name: str | None = Field(None, max_length=100, description="A part of the sweep's name.")
    sort: SweepSort = Field("-id", description="The order; a minus turns it round.")


class SweepPage(Page[Sweep]):
    """Some sweeps."""

    model_config = example(Sweep)
