"""A sweep at one look."""

from dataclasses import dataclass

from results.records.coefficients import FamilyMember
from results.records.sweeps import Progress, Sweep


@dataclass(frozen=True, kw_only=True)
class Leader:
    """The coefficients that a sweep ended with, whatever the verdict."""

    coefficients_id: int
    alpha: float
    beta: float
    gamma: float
    accuracy: float
    """Mean validation accuracy over seeds."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything of a sweep but its candidates, trials, epochs, events and log."""

    sweep: Sweep
    progress: Progress
    leader: Leader | None
    """None before the outcome."""
    family: tuple[FamilyMember, ...]
    """The family that was derived from the leader; empty before."""
    data_notes: tuple[str, ...]
    """What a reader of the results should know about the images."""
    data_detail_px: int | None
    """Pixels of detail along a side of the images, if known."""
