"""Trials and their epochs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import ConfigDict, Field

from api.models.common import LARGEST_ID, Answer
from api.pages import Page, PageQuery
from results.records import EpochSummary, TrialSummary
from results.states import TrialState

TrialSort = Literal[
    "id", "-id", "accuracy", "-accuracy", "loss", "-loss", "train_seconds", "-train_seconds",
    "started_at", "-started_at", "finished_at", "-finished_at", "flops", "-flops",
]  # fmt: skip
EpochSort = Literal[
    "trial", "-trial", "id", "-id", "epoch", "-epoch", "accuracy", "-accuracy",
    "validation_loss", "-validation_loss",
]  # fmt: skip

_TRIAL: Final[dict[str, Any]] = {
    "id": 5,
    "candidate": 4,
    "roles": ["search"],
    "alpha": 1.0,
    "beta": 1.19,
    "gamma": 1.19,
    "flops": 3_401_600,
    "params": 512_000,
    "activations": 160_000,
    "measured_ratio": 1.98,
    "seed": 0,
    "state": "finished",
    "attempts": 1,
    "worker": "worker-1",
    "started_at": "2026-11-22T10:00:02Z",
    "finished_at": "2026-11-22T10:00:12Z",
    "accuracy": 0.871,
    "top5_accuracy": None,
    "loss": 0.52,
    "images": 4000,
    "steps": 125,
    "train_seconds": 9.4,
    "images_per_second": 425.5,
    "peak_memory_bytes": 301_989_888,
    "error": None,
    "n_validation": 287,
}

_EPOCH: Final[dict[str, Any]] = {
    "id": 21,
    "trial": 5,
    "candidate": 4,
    "seed": 0,
    "attempt": 1,
    "epoch": 1,
    "steps": 25,
    "images": 800,
    "train_loss": 1.9,
    "validation_loss": 1.7,
    "accuracy": 0.43,
    "top5_accuracy": None,
    "train_seconds": 1.9,
    "images_per_second": 421.1,
    "peak_memory_bytes": 301_989_888,
    "reported_at": "2026-11-22T10:00:04Z",
}


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


class TrialItem(Answer):
    """One candidate trained with one seed."""

    model_config = ConfigDict(json_schema_extra={"example": _TRIAL})

    id: int
    candidate: int = Field(description="Index of the candidate in the plan.")
    roles: list[str] = Field(description="Why the candidate is in the plan.")
    alpha: float
    beta: float
    gamma: float
    flops: int = Field(description="Multiply-adds of one image.")
    params: int
    activations: int
    measured_ratio: float = Field(description="FLOPs over the baseline's.")
    seed: int
    state: TrialState
    attempts: int = Field(description="How often it was started.")
    worker: str | None
    started_at: datetime | None
    finished_at: datetime | None
    accuracy: float | None = Field(description="Top-1 on the validation split, 0 to 1.")
    top5_accuracy: float | None
    loss: float | None
    images: int | None = Field(description="Training images seen, repeats counted.")
    steps: int | None
    train_seconds: float | None
    images_per_second: float | None
    peak_memory_bytes: int | None
    error: str | None
    n_validation: int | None = Field(description="Images of the validation split.")

    @classmethod
    def from_summary(cls, row: TrialSummary) -> Self:
        """From what a list reads."""
        return cls.of(row, candidate=row.index, roles=list(row.roles))


class TrialPage(Page[TrialItem]):
    """Some trials."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_TRIAL], "next": None}})


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


class EpochItem(Answer):
    """What one attempt reported after one epoch; counts run from its first step."""

    model_config = ConfigDict(json_schema_extra={"example": _EPOCH})

    id: int
    trial: int = Field(description="Id of the trial.")
    candidate: int = Field(description="Index of the candidate in the plan.")
    seed: int
    attempt: int
    epoch: int
    steps: int
    images: int
    train_loss: float | None
    validation_loss: float | None
    accuracy: float | None
    top5_accuracy: float | None
    train_seconds: float | None
    images_per_second: float | None
    peak_memory_bytes: int | None
    reported_at: datetime

    @classmethod
    def from_summary(cls, row: EpochSummary) -> Self:
        """From what a list reads."""
        return cls.of(row, trial=row.trial_id, candidate=row.index)


class EpochPage(Page[EpochItem]):
    """Some epochs."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_EPOCH], "next": None}})
