"""Sweeps as requests name them and answers show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal, Self

from pydantic import ConfigDict, Field

from api.models.common import Answer, Coefficients, Progress
from api.pages import Page, PageQuery
from results.records import CoefficientsRecord, Dataset, Sweep, SweepSummary
from results.records import Progress as Counts
from results.states import SweepState, Verdict

SweepSort = Literal[
    "id", "-id", "name", "-name", "started_at", "-started_at", "finished_at", "-finished_at",
    "accuracy", "-accuracy",
]  # fmt: skip

_SUMMARY: Final[dict[str, Any]] = {
    "id": 1,
    "name": "quickstart",
    "state": "finished",
    "driven": False,
    "cancel_requested": False,
    "error": None,
    "baseline": "efficientnet_b0",
    "dataset": "digits",
    "dataset_fingerprint": "3f6c0e",
    "target_ratio": 2.0,
    "protocol": "8a1f4c2e9b07",
    "seeds": [0, 1, 2],
    "created_at": "2026-11-22T10:00:00Z",
    "queued_at": "2026-11-22T10:00:00Z",
    "started_at": "2026-11-22T10:00:02Z",
    "finished_at": "2026-11-22T10:04:41Z",
    "progress": {
        "pending": 0,
        "running": 0,
        "finished": 24,
        "diverged": 0,
        "failed": 0,
        "total": 24,
        "done": 24,
    },
    "verdict": "chosen",
    "leader": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "leader_accuracy": 0.87,
}


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


class SweepItem(Answer):
    """A sweep in a list."""

    model_config = ConfigDict(json_schema_extra={"example": _SUMMARY})

    id: int
    name: str
    state: SweepState
    driven: bool = Field(description="Whether a live driver holds it.")
    cancel_requested: bool = Field(description="Whether its driver has been asked to stop.")
    error: str | None = Field(description="Why it failed.")
    baseline: str
    dataset: str
    dataset_fingerprint: str = Field(description="Hash of the images' content.")
    target_ratio: float = Field(description="FLOPs aimed at, as a multiple of the baseline's.")
    protocol: str = Field(description="Accuracies are comparable within one protocol.")
    seeds: list[int]
    created_at: datetime
    queued_at: datetime | None = Field(description="Its place in the queue of the runners.")
    started_at: datetime | None
    finished_at: datetime | None
    progress: Progress
    verdict: Verdict | None = Field(description="What the evidence says; null until it is weighed.")
    leader: Coefficients | None = Field(description="Coefficients of the leader; null before.")
    leader_accuracy: float | None = Field(description="Its mean validation accuracy over seeds.")

    @classmethod
    def from_summary(cls, row: SweepSummary, counts: Counts) -> Self:
        """From what a list reads."""
        leader = None
        if row.alpha is not None and row.beta is not None and row.gamma is not None:
            leader = Coefficients(alpha=row.alpha, beta=row.beta, gamma=row.gamma)
        return cls.of(
            row,
            seeds=list(row.seeds),
            driven=is_driven(row),
            progress=progress(counts),
            leader=leader,
            leader_accuracy=row.accuracy,
        )


class SweepPage(Page[SweepItem]):
    """Some sweeps."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_SUMMARY], "next": None}})


class SweepDetail(SweepItem):
    """Everything of a sweep but its candidates, trials, epochs, events and log."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _SUMMARY
            | {
                "why": ["no rival is better than the leader by more than 0.30 points"],
                "leader_candidate": 4,
                "chosen": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
                "coefficients_id": 1,
                "outcome": {"verdict": "chosen", "leader": 4},
                "notes": [],
                "spec": {"name": "quickstart"},
                "versions": {"torch": "2.13.0"},
                "hardware": {"cores": 2},
            }
        }
    )

    why: list[str] = Field(description="The grounds of the verdict.")
    leader_candidate: int | None = Field(description="Index of the leader in the plan.")
    chosen: Coefficients | None = Field(description="The leader's, if the verdict is conclusive.")
    coefficients_id: int | None = Field(description="Under which /v1/families lists its family.")
    outcome: dict[str, Any] | None = Field(description="The verdict with all its figures.")
    notes: list[str] = Field(description="What a reader must know about the data.")
    spec: dict[str, Any] = Field(description="The whole specification, enough to repeat it.")
    versions: dict[str, Any] = Field(description="What it was computed with.")
    hardware: dict[str, Any] = Field(description="What it was computed on.")

    @classmethod
    def from_records(
        cls,
        sweep: Sweep,
        counts: Counts,
        leading: CoefficientsRecord | None,
        data: Dataset | None,
    ) -> Self:
        """From everything that is stored of it; `leading` is there once there is an outcome."""
        outcome = sweep.outcome or {}
        return cls.of(
            sweep,
            seeds=list(sweep.seeds),
            driven=is_driven(sweep),
            progress=progress(counts),
            verdict=outcome.get("verdict"),
            leader=leading and Coefficients.of(leading),
            leader_accuracy=leading and leading.accuracy,
            why=list(outcome.get("why", [])),
            leader_candidate=outcome.get("leader"),
            chosen=outcome.get("chosen"),
            coefficients_id=leading and leading.id,
            notes=list(data.details.get("notes", [])) if data else [],
        )


def progress(counts: Counts) -> Progress:
    """Trials by state, with their sums."""
    return Progress.of(counts)


def is_driven(sweep: Sweep | SweepSummary) -> bool:
    """Whether the lease of its driver still runs."""
    expires = sweep.lease_expires_at
    return sweep.state is SweepState.RUNNING and expires is not None and expires > datetime.now(UTC)
