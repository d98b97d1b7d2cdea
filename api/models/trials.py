"""Queries and pages of trials and epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from api.models.common import LARGEST_ID
from api.pages import Page, PageQuery, example
from results.states import TrialState
from results.values import Epoch, Trial

TrialSort = Literal[
    "id", "-id", "accuracy", "-accuracy", "loss", "-loss", "train_seconds", "-train_seconds",
    "started_at", "-started_at", "finished_at", "-finished_at", "flops", "-flops",
]  # fmt: skip
EpochSort = Literal[
    "trial", "-trial", "id", "-id", "epoch", "-epoch", "accuracy", "-accuracy",
    "validation_loss", "-validation_loss",
]  # fmt: skip


class TrialQuery(PageQuery):
    """Filters and order of trials."""

    state: tuple[TrialState, ...] = Field(
        (), description="Any of these states; repeat for several."
    )
    candidate: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Index of the candidate in the plan."
    )
    seed: int | None = Field(None, ge=0, le=LARGEST_ID, description="Seed of the trial.")
    sort: TrialSort = Field(
        "id", description="The order; a minus reverses it. Trials without a value are last."
    )
    format: Literal["json", "csv", "parquet"] | None = Field(
        None, description="Format of the answer, for links; by default the Accept header decides."
    )

    @property
    def filters(self) -> Mapping[str, Any]:
        """Filters as arguments of the store."""
        return {"states": self.state or None, "candidate": self.candidate, "seed": self.seed}


class TrialPage(Page[Trial]):
    """Some trials."""

    model_config = example(Trial)


class EpochQuery(PageQuery):
    """Filters and order of epochs."""

    trial: int | None = Field(None, ge=1, le=LARGEST_ID, description="Id of the trial.")
    attempt: int | None = Field(None, ge=1, le=LARGEST_ID, description="Number of the attempt.")
    candidate: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Index of the candidate in the plan."
    )
    sort: EpochSort = Field(
        "trial",
        description="The order: `trial` lists trial after trial, `id` is the order of arrival.",
    )

    @property
    def filters(self) -> Mapping[str, Any]:
        """Filters as arguments of the store."""
        return {
            "trial_ids": None if self.trial is None else [self.trial],
            "attempt": self.attempt,
            "candidate": self.candidate,
        }


class EpochPage(Page[Epoch]):
    """Some epochs."""

    model_config = example(Epoch)
