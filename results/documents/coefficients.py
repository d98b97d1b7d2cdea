"""Coefficients that sweeps ended with."""

from __future__ import annotations

import dataclasses
from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Coefficients, Document, Moment, Shares
from results.states import Verdict
from results.values import CoefficientsRecord, NarrowedCoefficients, Sweep
from results.values.json import from_json, to_json
from search_spaces.families.intervals import Ends
from search_spaces.specs.target import Quantity

FOUND: Final[dict[str, Any]] = {
    "id": 1,
    "sweep": 1,
    "candidate_id": 12,
    "coefficients": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "intervals": {"alpha": [1.0, 1.0], "beta": [1.16, 1.22], "gamma": [1.17, 1.21]},
    "ends_at_b7": {"name": "b7", "resolution_px": [560, 640]},
    "identification": None,
    "shares": {"depth": 0.0, "width": 0.5, "resolution": 0.5},
    "verdict": "chosen",
    "accuracy": 0.868,
    "seeds": 3,
    "why": ["the leader loses at most 0.30 points against the true best"],
    "baseline": "efficientnet_b0",
    "dataset": "digits",
    "target_ratio": 2.0,
    "target_quantity": "flops",
    "protocol": "8a1f4c2e9b07",
    "created_at": "2026-11-22T10:04:41Z",
}


class CoefficientsItem(Document):
    """The coefficients of a sweep's leader: a class of triples, and one that stands for it."""

    model_config = ConfigDict(json_schema_extra={"example": FOUND})

    id: int = Field(description="Under which /v1/families lists what they imply.")
    sweep: int = Field(description="The sweep that found them.")
    candidate_id: int = Field(description="Id of the sweep's candidate that has them.")
    coefficients: Coefficients
    intervals: dict[str, Any] = Field(
        description="From where to where each coefficient means the same network."
    )
    ends_at_b7: dict[str, Any] | None = Field(
        description="What the ends of the intervals would mean at b7: ranges of its multipliers, "
        "resolution, parameters and FLOPs; null for results of old versions."
    )
    identification: dict[str, Any] | None = Field(
        description="What a follow-up at φ = 2 leaves of the intervals; null before there is one."
    )
    shares: Shares | None = Field(description="How they spend a doubling of FLOPs.")
    verdict: Verdict = Field(description="What the evidence says about them.")
    accuracy: float = Field(description="The leader's mean validation accuracy over seeds.")
    seeds: int | None = Field(description="Seeds of each candidate.")
    why: list[str] = Field(description="The grounds of the verdict.")
    baseline: str
    dataset: str
    target_ratio: float = Field(
        description="What its networks cost, as a multiple of the baseline's."
    )
    target_quantity: Quantity = Field(description="Of what.")
    protocol: str
    created_at: Moment

    @classmethod
    def from_record(cls, row: CoefficientsRecord, **other: Any) -> Self:
        """From what is stored."""
        return cls.of(
            row,
            sweep=row.sweep_id,
            coefficients=Coefficients.of(row),
            why=list(row.why),
            ends_at_b7=row.ends_at_b7 and row.ends_at_b7.to_dict(),
            identification=row.identification and to_json(row.identification),
            **other,
        )

    def to_record(self) -> CoefficientsRecord:
        """The record."""
        narrowed = self.identification
        return self.fill(
            CoefficientsRecord,
            sweep_id=self.sweep,
            **self.coefficients.model_dump(),
            shares=self.shares and self.shares.model_dump(),
            why=tuple(self.why),
            ends_at_b7=self.ends_at_b7 and from_json(Ends, self.ends_at_b7),
            identification=narrowed and from_json(NarrowedCoefficients, narrowed),
        )


class BestCoefficients(CoefficientsItem):
    """The best conclusive coefficients, with how sure that is and what it rests on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": FOUND
            | {
                "confidence": 0.95,
                "certainty": 0.98,
                "regret_bound": 0.003,
                "sweep_name": "quickstart",
                "evidence": {"verdict": "chosen", "seeds": 3},
            }
        }
    )

    confidence: float | None = Field(description="What a conclusion had to be sure of.")
    certainty: float | None = Field(
        description="Probability that the choice loses no more accuracy than was allowed."
    )
    regret_bound: float | None = Field(
        description="Accuracy that the choice may lose against the true best, at that confidence."
    )
    sweep_name: str
    evidence: dict[str, Any] = Field(description="The verdict with all its figures.")

    @classmethod
    def from_records(cls, row: CoefficientsRecord, sweep: Sweep) -> Self:
        """From what is stored."""
        outcome = sweep.outcome
        assert outcome is not None  # the coefficients are from it
        evidence = to_json(dataclasses.replace(outcome, leading=None))
        del evidence["chosen"]
        if row.ends_at_b7 is not None:
            evidence["ends_at_b7"] = row.ends_at_b7.to_dict()
        return cls.from_record(
            row,
            confidence=sweep.spec.get("selection", {}).get("confidence"),
            certainty=outcome.certainty,
            regret_bound=outcome.regret_bound,
            sweep_name=sweep.name,
            evidence=evidence,
        )
