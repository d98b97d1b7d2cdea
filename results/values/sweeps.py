"""A sweep, its candidates, its lease and its events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from results.states import SweepState, TrialState
from results.values.outcome import Outcome
from search_spaces.errors import InputError
from search_spaces.human import plural
from search_spaces.specs.target import Quantity


@dataclass(frozen=True, kw_only=True)
class NewSweep:
    """A sweep to be stored."""

    name: str
    spec: dict[str, Any]
    """The whole specification (`SweepSpec.to_dict()`), enough to repeat the sweep."""
    protocol: str
    """Hash of data, base resolution, form, budget, recipe and constraint: accuracies are compared
    only within one protocol."""
    baseline: str
    dataset: str
    dataset_fingerprint: str
    target_ratio: float
    """What the constraint aims at, as a multiple of the baseline's."""
    target_quantity: Quantity = "flops"
    """Of what."""
    seeds: tuple[int, ...]
    """Of a candidate's trials: with the strategy `grid` each gets all of them."""
    versions: dict[str, Any]
    hardware: dict[str, Any]
    idempotency_key: str | None = None
    """Storing a second sweep under the same key returns the first one's id."""

    def __post_init__(self) -> None:
        if not self.seeds:
            raise InputError("seeds is empty: a sweep needs at least one seed; use for example 0")
        if len(set(self.seeds)) != len(self.seeds):
            raise InputError(
                f"seeds is {', '.join(map(str, self.seeds))}: a seed must not repeat, because the "
                "same seed trains the same trial; leave out the repeated one"
            )


@dataclass(frozen=True, kw_only=True)
class Sweep(NewSweep):
    """A stored sweep."""

    id: int
    state: SweepState
    created_at: datetime
    queued_at: datetime | None
    """When it was handed to the runners: its place in their queue. None: whoever created it drives
    it, and no runner takes it."""
    started_at: datetime | None
    finished_at: datetime | None
    lease_owner: str | None
    """`host:pid:start-time` of the driver, or None while nobody drives it."""
    lease_epoch: int
    """How often the sweep has been claimed."""
    lease_expires_at: datetime | None
    leased: bool
    """Whether the lease of a driver ran when this was read, by the database's clock."""
    cancel_requested: bool
    outcome: Outcome | None
    """None before selection has run."""
    error: str | None


@dataclass(frozen=True, kw_only=True)
class NewCandidate:
    """One network of a plan, with every coefficient triple that realises it."""

    index: int
    """Its place in the plan, from 0."""
    roles: tuple[str, ...]
    """Why it is there: `search`, `baseline`, `published`, `published_matched`, or a compared
    method with its φ, as of `search_spaces.specs.methods.Aim.role`."""
    spec: dict[str, Any]
    """`NetworkSpec.to_dict()`."""
    spec_key: str
    coefficients: tuple[tuple[float, float, float], ...]
    """Each (α, β, γ) that rounds to this network."""
    alpha: float
    """α, β, γ of the triple that represents it."""
    beta: float
    gamma: float
    intervals: dict[str, Any] | None = None
    """Lowest and highest value of each coefficient that realises it."""
    shares: dict[str, Any] | None = None
    """depth, width, resolution: how the doubling is spent; None for the baseline."""
    flops: int
    params: int
    activations: int
    nominal_ratio: float
    """α·β²·γ², or its inverse where smaller networks than the baseline are sought."""
    measured_ratio: float
    """FLOPs over the baseline's FLOPs."""
    residual: float | None = None
    """Distance of the ratio from the target; None where the target does not apply."""
    eligible: bool = True
    """Whether it may be chosen; reference candidates outside the constraint may not."""
    latency: dict[str, Any] | None = None
    """`RelativeLatency.to_dict()`, where the constraint names latency."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Candidate(NewCandidate):
    """A stored candidate."""

    id: int
    sweep_id: int


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to write to a sweep, until another process claims it.

    It lapses at `expires_at` (the database's clock) unless renewed. A lapsed lease can be taken
    over, and only then do writes under it fail, with `LeaseLostError`.
    """

    sweep_id: int
    owner: str
    epoch: int
    expires_at: datetime
    cancel_requested: bool
    """As of the last claim or renewal: the driver should stop and set the state `cancelled`."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a sweep. `seq` counts from 1 without gaps within the sweep."""

    id: int
    sweep_id: int
    seq: int
    kind: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many trials of a sweep are in each state."""

    pending: int = 0
    running: int = 0
    finished: int = 0
    diverged: int = 0
    stopped: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All trials of the sweep."""
        return sum(self.of(state) for state in TrialState)

    @property
    def done(self) -> int:
        """Trials that are over for good; those that failed are tried again on resuming."""
        return self.finished + self.diverged + self.stopped

    @property
    def ended(self) -> int:
        """Trials that are over, those that failed included."""
        return self.done + self.failed

    @property
    def exceptions(self) -> tuple[str, ...]:
        """In words, trials that did not go as planned; what is none is not said."""
        told = {"failed": self.failed, "diverged": self.diverged, "stopped early": self.stopped}
        return tuple(f"{count:,} {how}" for how, count in told.items() if count)

    def __str__(self) -> str:
        """In words: how many trials are done, and how many did not go as planned."""
        return ", ".join((f"{self.done:,} of {plural(self.total, 'trial')} done", *self.exceptions))

    def of(self, state: TrialState) -> int:
        """The count for one state."""
        count: int = getattr(self, state.value)
        return count
