"""Coefficients that sweeps ended with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.models.common import LARGEST_ID, Answer, Coefficients, Shares
from api.pages import Page, PageQuery
from results.records import CoefficientsRecord, Sweep
from results.states import Verdict

CoefficientsSort = Literal[
    "id", "-id", "accuracy", "-accuracy", "created_at", "-created_at", "alpha", "-alpha",
    "beta", "-beta", "gamma", "-gamma",
]  # fmt: skip

_ITEM: Final[dict[str, Any]] = {
    "id": 1,
    "sweep": 1,
    "coefficients": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "intervals": {"alpha": [1.0, 1.0], "beta": [1.16, 1.22], "gamma": [1.17, 1.21]},
    "shares": {"depth": 0.0, "width": 0.5, "resolution": 0.5},
    "verdict": "chosen",
    "accuracy": 0.868,
    "seeds": 3,
    "why": ["no rival is better than the leader by more than 0.30 points"],
    "baseline": "efficientnet_b0",
    "dataset": "digits",
    "target_ratio": 2.0,
    "protocol": "8a1f4c2e9b07",
    "created_at": "2026-11-22T10:04:41Z",
}


class _Filters(BaseModel):
    """What coefficients are looked up by."""

    baseline: str | None = Field(None, max_length=200, description="The network being scaled.")
    dataset: str | None = Field(None, max_length=1000, description="Name of the data set.")
    target: float | None = Field(
        None, gt=1, le=1000, description="FLOPs of the search, as a multiple of the baseline's."
    )
    protocol: str | None = Field(
        None, max_length=64, description="Accuracies are comparable within one protocol."
    )


class BestQuery(_Filters):
    """For what the best coefficients are wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CoefficientsQuery(PageQuery, _Filters):
    """Which coefficients, in which order."""

    sweep: int | None = Field(None, ge=1, le=LARGEST_ID, description="Those of one sweep.")
    verdict: tuple[Verdict, ...] = Field(
        (), description="Any of these verdicts; repeat to give more."
    )
    sort: CoefficientsSort = Field("-id", description="The order; a minus turns it round.")


class CoefficientsItem(Answer):
    """The coefficients of a sweep's leader: a class of triples, and one that stands for it."""

    model_config = ConfigDict(json_schema_extra={"example": _ITEM})

    id: int = Field(description="Under which /v1/families lists what they imply.")
    sweep: int = Field(description="The sweep that found them.")
    coefficients: Coefficients
    intervals: dict[str, Any] = Field(
        description="From where to where each coefficient means the same network."
    )
    shares: Shares | None = Field(description="How they spend a doubling of FLOPs.")
    verdict: Verdict = Field(description="What the evidence says about them.")
    accuracy: float = Field(description="The leader's mean validation accuracy over seeds.")
    seeds: int | None = Field(description="Seeds of each candidate.")
    why: list[str] = Field(description="The grounds of the verdict.")
    baseline: str
    dataset: str
    target_ratio: float = Field(description="FLOPs of the search, as a multiple of the baseline's.")
    protocol: str
    created_at: datetime

    @classmethod
    def from_record(cls, row: CoefficientsRecord, **other: Any) -> Self:
        """From what is stored."""
        return cls.of(
            row,
            sweep=row.sweep_id,
            coefficients=Coefficients.of(row),
            seeds=row.evidence.get("seeds"),
            why=list(row.evidence.get("why", [])),
            **other,
        )


class CoefficientsPage(Page[CoefficientsItem]):
    """Some coefficients."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_ITEM], "next": None}})


class BestCoefficients(CoefficientsItem):
    """The best conclusive coefficients, with how sure that is and what it rests on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _ITEM
            | {
                "confidence": 0.95,
                "regret_bound": 0.003,
                "sweep_name": "quickstart",
                "evidence": {"verdict": "chosen", "seeds": 3},
            }
        }
    )

    confidence: float | None = Field(description="Joint confidence of the verdict's intervals.")
    regret_bound: float | None = Field(
        description="Accuracy that the choice may lose against the true best, at that confidence."
    )
    sweep_name: str
    evidence: dict[str, Any] = Field(description="The verdict with all its figures.")

    @classmethod
    def from_records(cls, row: CoefficientsRecord, sweep: Sweep) -> Self:
        """From what is stored."""
        return cls.from_record(
            row,
            confidence=sweep.spec.get("selection", {}).get("confidence"),
            regret_bound=row.evidence.get("regret_bound"),
            sweep_name=sweep.name,
        )
