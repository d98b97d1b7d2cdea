"""Trials and their epochs."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.states import TrialState
from results.values import Candidate, Epoch, EpochSummary, Trial, TrialSummary

TRIAL: Final[dict[str, Any]] = {
    "id": 5,
    "candidate": 4,
    "candidate_id": 12,
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
    "rung": None,
}


EPOCH: Final[dict[str, Any]] = {
    "id": 21,
    "trial": 5,
    "candidate": 4,
    "seed": 0,
    "attempt": 1,
    "attempt_id": 5,
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


_OF_CANDIDATE: Final = (
    "alpha",
    "beta",
    "gamma",
    "flops",
    "params",
    "activations",
    "measured_ratio",
)


class TrialItem(Document):
    """One candidate trained with one seed."""

    model_config = ConfigDict(json_schema_extra={"example": TRIAL})

    id: int
    candidate: int = Field(description="Index of the candidate in the plan.")
    candidate_id: int = Field(description="Id of the candidate.")
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
    started_at: Moment | None
    finished_at: Moment | None
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
    rung: int | None = Field(description="At which rung, from 1, a race stopped it; else null.")

    @classmethod
    def from_summary(cls, row: TrialSummary) -> Self:
        """From what a list reads."""
        return cls.of(row, candidate=row.index, roles=list(row.roles))

    @classmethod
    def from_trial(cls, row: Trial, candidate: Candidate) -> Self:
        """From a trial and its candidate."""
        about = {name: getattr(candidate, name) for name in _OF_CANDIDATE}
        return cls.of(row, candidate=candidate.index, roles=list(candidate.roles), **about)

    def to_summary(self, sweep_id: int) -> TrialSummary:
        """The record of the list."""
        roles = tuple(self.roles)
        return self.fill(TrialSummary, sweep_id=sweep_id, index=self.candidate, roles=roles)

    def to_record(self, sweep_id: int) -> Trial:
        """The trial without what its candidate is."""
        return self.fill(Trial, sweep_id=sweep_id)


class EpochItem(Document):
    """What one attempt reported after one epoch; counts run from its first step."""

    model_config = ConfigDict(json_schema_extra={"example": EPOCH})

    id: int
    trial: int = Field(description="Id of the trial.")
    candidate: int = Field(description="Index of the candidate in the plan.")
    seed: int
    attempt: int = Field(description="Number of the attempt at the trial.")
    attempt_id: int = Field(description="Id of the attempt.")
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
    reported_at: Moment

    @classmethod
    def from_summary(cls, row: EpochSummary) -> Self:
        """From what a list reads."""
        return cls.of(row, trial=row.trial_id, candidate=row.index)

    def to_record(self) -> Epoch:
        """The epoch without its trial's candidate and seed."""
        return self.fill(Epoch, trial_id=self.trial)
