"""Checks that go with searches: of the proxy, and of the intervals of a leader's coefficients."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, computed_field

from results.values.json import Moment, documented
from results.values.outcome import NarrowedCoefficients

_CONCLUSION: dict[str, Any] = {
    "complete": True,
    "recommended": {
        "images": 25600,
        "learning_rate": "shared",
        "seconds_per_trial": 76.0,
        "regret": {
            "observed": 0.0,
            "expected": 0.001,
            "high": 0.004,
            "beyond": 0.02,
            "beaten": 0.1,
        },
    },
    "why": ["25,600 images per trial under the shared learning rate are enough: …"],
}

_VALIDATION: dict[str, Any] = {
    "id": 1,
    "name": "small-images",
    "baseline": "efficientnet_b0",
    "dataset": "photos",
    "dataset_fingerprint": "3f6c0e",
    "target_ratio": 2.0,
    "created_at": "2026-11-22T10:00:00Z",
    "finished_at": "2026-11-22T16:20:00Z",
    "report": _CONCLUSION,
    "spec": {"budgets": [6400, 25600, 256000]},
} | _CONCLUSION


@dataclass(frozen=True, kw_only=True)
class NewValidation:
    """A validation of a proxy, to be stored before anything is trained."""

    name: str
    baseline: str
    dataset: str
    dataset_fingerprint: Annotated[str, Field(description="Hash of the images' content.")]
    target_ratio: Annotated[
        float,
        Field(
            description="Cost of the candidates, as a multiple of the baseline's; `spec` names "
            "the quantity."
        ),
    ]
    spec: Annotated[
        dict[str, Any], Field(description="The whole specification, enough to repeat it.")
    ]


@dataclass(frozen=True, kw_only=True)
class Validation(NewValidation):
    """A validation of a proxy; its trials are those of the sweeps that `report` names."""

    __pydantic_config__ = documented(_VALIDATION)

    id: int
    created_at: Moment
    finished_at: Annotated[
        Moment | None, Field(description="End of the last sweep; null while trials are missing.")
    ]
    report: Annotated[
        dict[str, Any] | None,
        Field(description="All figures, by budget and learning rate; null before there are any."),
    ]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def complete(self) -> bool:
        """Whether the report covers the whole specification."""
        return bool((self.report or {}).get("complete", False))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def recommended(self) -> dict[str, Any] | None:
        """The cheapest budget that is good enough; null if none is shown to be.

        Its `images` per trial, and whether under the `shared` `learning_rate` or
        `each candidate's own`.
        """
        return (self.report or {}).get("recommended")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def why(self) -> list[str]:
        """The grounds, in sentences."""
        return list((self.report or {}).get("why", []))


@dataclass(frozen=True, kw_only=True)
class Validations:
    """Some validations."""

    __pydantic_config__ = documented({"validations": [_VALIDATION]})

    validations: Annotated[list[Validation], Field(description="Newest first.")]


@dataclass(frozen=True, kw_only=True)
class ValidationSweep:
    """One of a validation's sweeps: the sample at one budget and learning rate."""

    validation_id: int
    sweep_id: int
    images: int
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Identification:
    """A sweep that separates, at φ = 2, coefficients that give the same candidate at φ = 1."""

    candidate_id: int
    """The candidate, of another sweep, whose coefficients are separated."""
    sweep_id: int
    """The sweep that trains them."""
    found: NarrowedCoefficients | None
    """The intervals that remain of the coefficients; None before the sweep has ended."""
    created_at: datetime
