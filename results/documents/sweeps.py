"""Sweeps: in a list, and each with all that is said of it at once."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Coefficients, Document, Moment, Progress
from results.documents.events import EventItem
from results.states import SweepState, Verdict, shown
from results.values import (
    Leader,
    NarrowedCoefficients,
    Outcome,
    Standing,
    StoredMember,
    Sweep,
    SweepSummary,
)
from results.values.json import from_json, to_json
from search_spaces.specs.target import Quantity

SWEEP: Final[dict[str, Any]] = {
    "id": 1,
    "name": "quickstart",
    "state": "finished",
    "driven": False,
    "lease_owner": None,
    "lease_expires_at": None,
    "cancel_requested": False,
    "error": None,
    "baseline": "efficientnet_b0",
    "dataset": "digits",
    "dataset_fingerprint": "3f6c0e",
    "target_ratio": 2.0,
    "target_quantity": "flops",
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
        "stopped": 0,
        "failed": 0,
        "total": 24,
        "done": 24,
    },
    "verdict": "chosen",
    "leader": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "leader_accuracy": 0.87,
}


class SweepItem(Document):
    """A sweep in a list."""

    model_config = ConfigDict(json_schema_extra={"example": SWEEP})

    id: int
    name: str
    state: SweepState = Field(
        description="`interrupted` also where its driver is gone without a word."
    )
    driven: bool = Field(description="Whether a live driver holds it.")
    lease_owner: str | None = Field(description="Its driver: host:pid:start time.")
    lease_expires_at: Moment | None = Field(description="Until when, unless it renews the lease.")
    cancel_requested: bool = Field(description="Whether its driver has been asked to stop.")
    error: str | None = Field(description="Why it failed.")
    baseline: str
    dataset: str
    dataset_fingerprint: str = Field(description="Hash of the images' content.")
    target_ratio: float = Field(
        description="What its networks are to cost, as a multiple of the baseline's."
    )
    target_quantity: Quantity = Field(description="Of what.")
    protocol: str = Field(description="Accuracies are comparable within one protocol.")
    seeds: list[int]
    created_at: Moment
    queued_at: Moment | None = Field(description="Its place in the queue of the runners.")
    started_at: Moment | None
    finished_at: Moment | None
    progress: Progress
    verdict: Verdict | None = Field(description="What the evidence says; null until it is weighed.")
    leader: Coefficients | None = Field(description="Coefficients of the leader; null before.")
    leader_accuracy: float | None = Field(description="Its mean validation accuracy over seeds.")

    @classmethod
    def from_summary(cls, row: SweepSummary, *, driven: bool | None = None) -> Self:
        """From what a list reads; `driven` by the lease unless more is known."""
        leader = None
        if row.alpha is not None and row.beta is not None and row.gamma is not None:
            leader = Coefficients(alpha=row.alpha, beta=row.beta, gamma=row.gamma)
        is_driven = row.leased if driven is None else driven
        return cls.of(
            row,
            state=shown(row.state, driven=is_driven),
            seeds=list(row.seeds),
            driven=is_driven,
            progress=Progress.of(row.progress),
            leader=leader,
            leader_accuracy=row.accuracy,
        )

    def to_summary(self) -> SweepSummary:
        """The record of the list."""
        leader = self.leader
        return self.fill(
            SweepSummary,
            state=self._recorded_state,
            seeds=tuple(self.seeds),
            leased=self.driven,
            progress=self.progress.to_record(),
            alpha=leader and leader.alpha,
            beta=leader and leader.beta,
            gamma=leader and leader.gamma,
            accuracy=self.leader_accuracy,
        )

    @property
    def _recorded_state(self) -> SweepState:
        """The state as it is stored: a sweep whose driver is gone keeps that one's name."""
        is_gone = self.state is SweepState.INTERRUPTED and self.lease_owner is not None
        return SweepState.RUNNING if is_gone else self.state


class SweepDetail(SweepItem):
    """Everything of a sweep but its candidates, trials, epochs, events and log."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": SWEEP
            | {
                "why": ["the leader loses at most 0.30 points against the true best"],
                "leader_candidate": 4,
                "chosen": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
                "coefficients_id": 1,
                "identification": None,
                "outcome": {"verdict": "chosen", "leader": 4},
                "notes": [],
                "detail_px": 8,
                "family": [],
                "lease_epoch": 1,
                "last_event": 87,
                "decisions": [],
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
    identification: dict[str, Any] | None = Field(
        description="What the latest follow-up at φ = 2 leaves of the leader's intervals."
    )
    outcome: dict[str, Any] | None = Field(description="The verdict with all its figures.")
    family: list[StoredMember] = Field(description="What the leader implies, by fitted φ.")
    notes: list[str] = Field(description="What a reader must know about the data.")
    detail_px: int | None = Field(description="Pixels of detail along a side of the images.")
    lease_epoch: int = Field(description="How often a driver has taken it.")
    last_event: int = Field(description="`seq` of its latest event.")
    decisions: list[EventItem] = Field(
        description="Why its strategy trained what it did, whom it dropped and why; the latest "
        "hundred."
    )
    spec: dict[str, Any] = Field(description="The whole specification, enough to repeat it.")
    versions: dict[str, Any] = Field(description="What it was computed with.")
    hardware: dict[str, Any] = Field(description="What it was computed on.")

    @classmethod
    def from_standing(cls, standing: Standing, *, driven: bool | None = None) -> Self:
        """From everything that is stored of it; `driven` by the lease unless more is known."""
        sweep, leader = standing.sweep, standing.leader
        outcome = sweep.outcome or Outcome(verdict=None)
        chosen, narrowed = outcome.chosen, leader and leader.identification
        is_driven = sweep.leased if driven is None else driven
        return cls.of(
            sweep,
            state=shown(sweep.state, driven=is_driven),
            seeds=list(sweep.seeds),
            driven=is_driven,
            progress=Progress.of(standing.progress),
            verdict=outcome.verdict,
            leader=leader and Coefficients.of(leader),
            leader_accuracy=leader and leader.accuracy,
            why=list(outcome.why),
            leader_candidate=outcome.leader,
            chosen=chosen and Coefficients.of(chosen),
            coefficients_id=leader and leader.coefficients_id,
            identification=narrowed and to_json(narrowed),
            outcome=sweep.outcome and to_json(sweep.outcome),
            family=list(standing.family),
            notes=list(standing.data_notes),
            detail_px=standing.data_detail_px,
            last_event=standing.last_event,
            decisions=[EventItem.from_record(event) for event in standing.decisions],
        )

    def to_standing(self) -> Standing:
        """The record; the key under which it was submitted is its submitter's business."""
        leader = None
        narrowed = self.identification
        if self.leader and self.leader_accuracy is not None and self.coefficients_id is not None:
            leader = Leader(
                **self.leader.model_dump(),
                accuracy=self.leader_accuracy,
                coefficients_id=self.coefficients_id,
                identification=None
                if narrowed is None
                else from_json(NarrowedCoefficients, narrowed),
            )
        return Standing(
            sweep=self.fill(
                Sweep,
                state=self._recorded_state,
                seeds=tuple(self.seeds),
                leased=self.driven,
                idempotency_key=None,
                outcome=self.outcome and from_json(Outcome, self.outcome),
            ),
            progress=self.progress.to_record(),
            leader=leader,
            family=tuple(self.family),
            data_notes=tuple(self.notes),
            data_detail_px=self.detail_px,
            last_event=self.last_event,
            decisions=tuple(event.to_record() for event in self.decisions),
        )
