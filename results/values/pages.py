"""Lists in pages: in which order, from where on, and the rows as lists show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from results.states import SweepState, Verdict
from results.values.sweeps import Candidate, Progress
from results.values.trials import Epoch, Trial
from search_spaces.specs.target import Quantity


@dataclass(frozen=True, kw_only=True)
class Order:
    """By which key; rows without a value come last, equal ones by id."""

    key: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class After:
    """The last row of the page before: its value of the order's key, and its id."""

    value: Any
    id: int


@dataclass(frozen=True, kw_only=True)
class SweepSummary:
    """A sweep in a list: without its spec, but with its leader once there is an outcome."""

    id: int
    name: str
    state: SweepState
    baseline: str
    dataset: str
    dataset_fingerprint: str
    target_ratio: float
    target_quantity: Quantity
    protocol: str
    seeds: tuple[int, ...]
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    lease_owner: str | None
    lease_expires_at: datetime | None
    leased: bool
    """Whether the lease of a driver ran when this was read, by the database's clock."""
    cancel_requested: bool
    error: str | None
    verdict: Verdict | None
    alpha: float | None
    beta: float | None
    gamma: float | None
    accuracy: float | None
    """The leader's mean validation accuracy over seeds."""
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class TrialSummary(Trial):
    """A trial with what its candidate is."""

    index: int
    """Of the candidate in the plan."""
    roles: tuple[str, ...]
    alpha: float
    beta: float
    gamma: float
    flops: int
    params: int
    activations: int
    measured_ratio: float


@dataclass(frozen=True, kw_only=True)
class CandidateSummary(Candidate):
    """A candidate with what its trials reached."""

    confirmed: bool
    """Whether fvcore has counted this network."""
    finished: int
    diverged: int
    stopped: int
    failed: int
    accuracy_mean: float | None
    """Over finished trials."""
    accuracy_std: float | None
    """Sample standard deviation over them; None below two."""


@dataclass(frozen=True, kw_only=True)
class EpochSummary(Epoch):
    """An epoch with its trial's candidate and seed."""

    index: int
    """Of the candidate in the plan."""
    seed: int
