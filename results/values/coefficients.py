"""The coefficients of the leaders of sweeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pydantic import Field

from results.states import Verdict
from results.values.json import Moment, documented
from results.values.outcome import NarrowedCoefficients
from search_spaces.coefficients import Coefficients
from search_spaces.families.intervals import Ends
from search_spaces.specs.target import Quantity

EXAMPLE: dict[str, Any] = {
    "id": 1,
    "sweep": 1,
    "candidate_id": 12,
    "coefficients": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "intervals": {"alpha": [1.0, 1.0], "beta": [1.16, 1.22], "gamma": [1.17, 1.21]},
    "ends_at_b7": None,
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


@dataclass(frozen=True, kw_only=True)
class NewCoefficients:
    """The leader's coefficients and the verdict; the store adds what the sweep already says."""

    candidate_id: Annotated[int, Field(description="Id of the sweep's candidate that has them.")]
    coefficients: Coefficients
    intervals: Annotated[
        dict[str, Any],
        Field(description="For each coefficient, the range that gives the same network."),
    ]
    shares: Annotated[
        dict[str, float] | None,
        Field(description="Fractions of a doubling of FLOPs, by dimension; they sum to 1."),
    ]
    verdict: Annotated[Verdict, Field(description="Conclusion from the evidence.")]
    accuracy: Annotated[
        float, Field(description="The leader's mean validation accuracy over seeds.")
    ]


@dataclass(frozen=True, kw_only=True)
class CoefficientsRecord(NewCoefficients):
    """The coefficients of a sweep's leader: a class of triples, and one that represents it.

    A sweep has one record, that of its latest outcome.
    """

    __pydantic_config__ = documented(EXAMPLE)

    id: Annotated[int, Field(description="Under which /v1/families lists their family.")]
    sweep: Annotated[int, Field(description="The sweep that found them.")]
    ends_at_b7: Annotated[
        Ends | None,
        Field(
            description="For the ends of the intervals, the ranges of b7's multipliers, "
            "resolution, parameters and FLOPs; null for results of old versions."
        ),
    ]
    identification: Annotated[
        NarrowedCoefficients | None,
        Field(
            description="The intervals that the latest follow-up at φ = 2 leaves; null before "
            "there is one."
        ),
    ]
    seeds: Annotated[int | None, Field(description="Seeds of each candidate.")]
    why: Annotated[tuple[str, ...], Field(description="The grounds of the verdict.")]
    baseline: str
    dataset: str
    target_ratio: Annotated[
        float, Field(description="Cost of the networks, as a multiple of the baseline's.")
    ]
    target_quantity: Annotated[Quantity, Field(description="Quantity that the target limits.")]
    protocol: str
    created_at: Moment


@dataclass(frozen=True, kw_only=True)
class BestCoefficients(CoefficientsRecord):
    """The best conclusive coefficients, with their certainty and all evidence."""

    __pydantic_config__ = documented(
        EXAMPLE
        | {
            "confidence": 0.95,
            "certainty": 0.98,
            "regret_bound": 0.003,
            "sweep_name": "quickstart",
            "evidence": {"verdict": "chosen", "seeds": 3},
        }
    )

    confidence: Annotated[
        float | None, Field(description="Probability that a conclusion must reach.")
    ]
    certainty: Annotated[
        float | None,
        Field(description="Probability that the choice loses no more accuracy than was allowed."),
    ]
    regret_bound: Annotated[
        float | None,
        Field(
            description="Accuracy that the choice may lose against the true best, at that "
            "confidence."
        ),
    ]
    sweep_name: str
    evidence: Annotated[dict[str, Any], Field(description="The verdict with all its figures.")]


class CoefficientsFilters(TypedDict, total=False):
    """Filters of coefficients, all of which must match; None and what is left out match any."""

    sweep_id: int | None
    baseline: str | None
    dataset: str | None
    target_ratio: float | None
    target_quantity: Quantity | None
    protocol: str | None
    verdicts: Iterable[Verdict] | None


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A combination that sweeps have looked at, and how many came to a conclusion."""

    baseline: str
    dataset: str
    target_ratio: float
    target_quantity: Quantity
    sweeps: int
    conclusive: int
