"""Which trials and epochs are asked for, and pages of them."""

from __future__ import annotations

from typing import Literal

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
    """Which trials, in which order."""

    state: tuple[TrialState, ...] = Field(
        (), description="Any of these states; repeat to give more."
    )
    candidate: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Index of the candidate in the plan."
    )
    seed: int | None = Field(None, ge=0, le=LARGEST_ID, description="Seed of the trial.")
    sort: TrialSort = Field(
        "id", description="The order; a minus turns it round, trials without a value come last."
    )
    format: Literal["json", "csv", "parquet"] | None = Field(
        None, description="How they are written, for links; else the Accept header says it."
    )


class TrialPage(Page[Trial]):
    """Some trials."""

    model_config = example(Trial)


class EpochQuery(PageQuery):
    """Which epochs, in which order."""

    trial: int | None = Field(None, ge=1, le=LARGEST_ID, description="Id of the trial.")
    attempt: int | None = Field(None, ge=1, le=LARGEST_ID, description="Number of the attempt.")
    candidate: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Index of the candidate in the plan."
    )
    sort: EpochSort = Field(
        "trial",
        description="The order: `trial` goes through each trial in turn, `id` is as they came in.",
    )


class EpochPage(Page[Epoch]):
    """Some epochs."""

    model_config = example(Epoch)
