"""The coefficients a sweep ended with, and the family they imply."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from results.states import Verdict
from results.values.outcome import NarrowedCoefficients
from search_spaces.families.intervals import Ends
from search_spaces.specs.target import Quantity


@dataclass(frozen=True, kw_only=True)
class NewCoefficients:
    """The leader's coefficients and the verdict; the store adds what the sweep already says."""

    candidate_id: int
    alpha: float
    beta: float
    gamma: float
    intervals: dict[str, Any]
    """Lowest and highest value of each coefficient that the winner stands for."""
    shares: dict[str, Any] | None = None
    verdict: Verdict
    accuracy: float
    """The leader's mean validation accuracy over seeds."""


@dataclass(frozen=True, kw_only=True)
class CoefficientsRecord(NewCoefficients):
    """Stored coefficients; a sweep has one record, that of its latest outcome.

    `seeds`, `why` and `ends_at_b7` are those of the outcome.
    """

    id: int
    sweep_id: int
    baseline: str
    dataset: str
    target_ratio: float
    target_quantity: Quantity
    protocol: str
    created_at: datetime
    seeds: int | None
    why: tuple[str, ...]
    ends_at_b7: Ends | None
    identification: NarrowedCoefficients | None = None
    """What the latest follow-up at φ = 2 leaves of the intervals; None before there is one."""


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A combination that sweeps have looked at, and how many came to a conclusion."""

    baseline: str
    dataset: str
    target_ratio: float
    target_quantity: Quantity
    sweeps: int
    conclusive: int


@dataclass(frozen=True, kw_only=True)
class NewFamilyMember:
    """One member of the family that coefficients imply."""

    convention: str
    """`fitted`, `integer` or `published`."""
    name: str
    """b0 to b7."""
    phi: float | None
    """None where the convention is a table."""
    depth: float
    """Multipliers of the baseline."""
    width: float
    resolution: float
    resolution_px: int
    classes: int
    spec: dict[str, Any]
    """`NetworkSpec.to_dict()`."""
    params: int
    flops: int
    residual: float | None = None
    """Relative distance of the FLOPs from the member's target."""
    inherited: dict[str, Any]
    """Settings that were not searched: dropout, stochastic depth, resolution."""


@dataclass(frozen=True, kw_only=True)
class FamilyMember(NewFamilyMember):
    """A stored member."""

    id: int
    coefficients_id: int
