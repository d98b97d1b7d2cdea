"""Checks that go with searches: of the proxy, and of what a winner's coefficients part into."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class NewValidation:
    """A validation of a proxy, to be stored before anything is trained."""

    name: str
    spec: dict[str, Any]
    """The whole `ValidationSpec`."""
    baseline: str
    dataset: str
    dataset_fingerprint: str
    target_ratio: float


@dataclass(frozen=True, kw_only=True)
class Validation(NewValidation):
    """A stored validation."""

    id: int
    report: dict[str, Any] | None
    """What it found; None before, and while it goes on a report of what there is so far."""
    created_at: datetime
    finished_at: datetime | None
    """When everything was trained; None before."""


@dataclass(frozen=True, kw_only=True)
class ValidationSweep:
    """One of a validation's sweeps: the sample at one budget and learning rate."""

    validation_id: int
    sweep_id: int
    images: int
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Identification:
    """A sweep over what a candidate's coefficients part into at φ = 2."""

    candidate_id: int
    """The candidate, of another sweep, whose coefficients are to be told apart."""
    sweep_id: int
    """The sweep that trains them."""
    found: dict[str, Any] | None
    """What it leaves of the coefficients' intervals; None before it is over."""
    created_at: datetime
