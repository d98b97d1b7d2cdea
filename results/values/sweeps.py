"""Sweeps: what is asked for, how far it is, and what it concluded."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, computed_field

from results.states import SweepState, TrialState, Verdict
from results.values.events import Event
from results.values.families import StoredMember
from results.values.json import Moment
from results.values.outcome import NarrowedCoefficients, Outcome
from search_spaces.coefficients import Coefficients
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
    """Quantity that the target limits."""
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
class Progress:
    """Trials by state."""

    pending: int = 0
    running: int = 0
    finished: int = 0
    diverged: int = 0
    stopped: Annotated[int, Field(description="Ended early by the strategy.")] = 0
    failed: Annotated[
        int, Field(description="Their worker died or raised; resuming tries them again.")
    ] = 0

    @computed_field(description="All trials.")  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        """All trials of the sweep."""
        return sum(self.of(state) for state in TrialState)

    @computed_field(  # type: ignore[prop-decorator]
        description="Trials that are over for good: finished, diverged or stopped."
    )
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
        """In words, how many trials did not go as planned; counts of 0 are left out."""
        counts = {"failed": self.failed, "diverged": self.diverged, "stopped early": self.stopped}
        return tuple(f"{count:,} {how}" for how, count in counts.items() if count)

    def __str__(self) -> str:
        """In words: how many trials are done, and how many did not go as planned."""
        return ", ".join((f"{self.done:,} of {plural(self.total, 'trial')} done", *self.exceptions))

    def of(self, state: TrialState) -> int:
        """The count for one state."""
        count: int = getattr(self, state.value)
        return count


_SWEEP: Final[dict[str, Any]] = {
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


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A sweep in a list."""

    __pydantic_config__ = ConfigDict(json_schema_extra={"example": _SWEEP})

    id: int
    name: str
    state: Annotated[
        SweepState, Field(description="`interrupted` also where its driver is gone without a word.")
    ]
    driven: Annotated[bool, Field(description="Whether a live driver holds it.")]
    lease_owner: Annotated[str | None, Field(description="Its driver: host:pid:start time.")]
    lease_expires_at: Annotated[
        Moment | None, Field(description="Until when, unless it renews the lease.")
    ]
    cancel_requested: Annotated[
        bool, Field(description="Whether its driver has been asked to stop.")
    ]
    error: Annotated[str | None, Field(description="Why it failed.")]
    baseline: str
    dataset: str
    dataset_fingerprint: Annotated[str, Field(description="Hash of the images' content.")]
    target_ratio: Annotated[
        float,
        Field(description="What its networks are to cost, as a multiple of the baseline's."),
    ]
    target_quantity: Annotated[Quantity, Field(description="Quantity that the target limits.")]
    protocol: Annotated[str, Field(description="Accuracies are comparable within one protocol.")]
    seeds: tuple[int, ...]
    created_at: Moment
    queued_at: Annotated[Moment | None, Field(description="Its place in the queue of the runners.")]
    """None: whoever created it drives it, and no runner takes it."""
    started_at: Moment | None
    finished_at: Moment | None
    progress: Progress
    verdict: Annotated[
        Verdict | None, Field(description="What the evidence says; null until it is weighed.")
    ]
    leader: Annotated[
        Coefficients | None, Field(description="Coefficients of the leader; null before.")
    ]
    leader_accuracy: Annotated[
        float | None, Field(description="Its mean validation accuracy over seeds.")
    ]

    @property
    def abandoned(self) -> bool:
        """Whether its driver is gone without a word; a sweep of the queue is taken up again."""
        return self.state is SweepState.INTERRUPTED and self.lease_owner is not None

    @property
    def waits(self) -> bool:
        """Whether it is in the runners' queue."""
        return self.state is SweepState.QUEUED and self.queued_at is not None


@dataclass(frozen=True, kw_only=True)
class SweepDetail(Sweep):
    """Everything of a sweep but its candidates, trials, epochs, events and log."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={
            "example": _SWEEP
            | {
                "why": ["the leader loses at most 0.30 points against the true best"],
                "leader_candidate": 4,
                "chosen": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
                "coefficients_id": 1,
                "identification": None,
                "outcome": {"verdict": "chosen", "leader": 4},
                "family": [],
                "notes": [],
                "detail_px": 8,
                "lease_epoch": 1,
                "last_event": 87,
                "decisions": [],
                "spec": {"name": "quickstart"},
                "versions": {"torch": "2.13.0"},
                "hardware": {"cores": 2},
            }
        }
    )

    why: Annotated[tuple[str, ...], Field(description="The grounds of the verdict.")]
    leader_candidate: Annotated[int | None, Field(description="Index of the leader in the plan.")]
    chosen: Annotated[
        Coefficients | None, Field(description="The leader's, if the verdict is conclusive.")
    ]
    coefficients_id: Annotated[
        int | None, Field(description="Under which /v1/families lists its family.")
    ]
    identification: Annotated[
        NarrowedCoefficients | None,
        Field(description="What the latest follow-up at φ = 2 leaves of the leader's intervals."),
    ]
    outcome: Annotated[Outcome | None, Field(description="The verdict with all its figures.")]
    family: Annotated[
        tuple[StoredMember, ...], Field(description="What the leader implies, by fitted φ.")
    ]
    notes: Annotated[tuple[str, ...], Field(description="What a reader must know about the data.")]
    detail_px: Annotated[
        int | None, Field(description="Pixels of detail along a side of the images.")
    ]
    lease_epoch: Annotated[int, Field(description="How often a driver has taken it.")]
    last_event: Annotated[int, Field(description="`seq` of its latest event.")]
    decisions: Annotated[
        tuple[Event, ...],
        Field(
            description="Why its strategy trained what it did, whom it dropped and why; the latest "
            "hundred."
        ),
    ]
    spec: Annotated[
        dict[str, Any], Field(description="The whole specification, enough to repeat it.")
    ]
    versions: Annotated[dict[str, Any], Field(description="What it was computed with.")]
    hardware: Annotated[dict[str, Any], Field(description="What it was computed on.")]
