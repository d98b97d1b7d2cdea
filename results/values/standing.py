"""A sweep at one look."""

from dataclasses import dataclass

from results.values.families import StoredMember
from results.values.outcome import NarrowedCoefficients
from results.values.sweeps import Event, Progress, Sweep


@dataclass(frozen=True, kw_only=True)
class Leader:
    """The coefficients that a sweep ended with, whatever the verdict."""

    coefficients_id: int
    alpha: float
    beta: float
    gamma: float
    accuracy: float
    """Mean validation accuracy over seeds."""
    identification: NarrowedCoefficients | None = None
    """What the latest follow-up at φ = 2 leaves of the coefficients' intervals."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything of a sweep but its candidates, trials, epochs, events and log."""

    sweep: Sweep
    progress: Progress
    leader: Leader | None
    """None before the outcome."""
    family: tuple[StoredMember, ...]
    """The family that was derived from the leader; empty before."""
    data_notes: tuple[str, ...]
    """What a reader of the results should know about the images."""
    data_detail_px: int | None
    """Pixels of detail along a side of the images, if known."""
    last_event: int
    """`seq` of the latest event: those after it tell what changed since."""
    decisions: tuple[Event, ...] = ()
    """Why its strategy trained what it did: the latest hundred, in their order."""


@dataclass(frozen=True, kw_only=True)
class Climb:
    """A finished trial that beat all before it."""

    trials: int
    """Finished trials by then, this one included."""
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a sweep's trials cost so far and still will.

    `flops` are of one image and one trial each, so that they weigh trials against each other.
    """

    finished_flops: float
    finished_seconds: float
    """What training those took."""
    pending_flops: float
    running_flops: tuple[tuple[float, float], ...]
    """Of each trial that is being trained: its FLOPs, and for how many seconds it has been."""

    @property
    def eta_seconds(self) -> float | None:
        """Seconds until the last trial is over; None before there is a pace.

        The finished trials' seconds for a FLOP, with as many workers as there are now.
        """
        if not self.running_flops or not self.finished_flops or not self.finished_seconds:
            return None
        pace = self.finished_seconds / self.finished_flops
        running = sum(max(0.0, pace * flops - spent) for flops, spent in self.running_flops)
        return (running + pace * self.pending_flops) / len(self.running_flops)
