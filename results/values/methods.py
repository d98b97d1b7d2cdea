"""Accuracy of different ways of scaling at equal FLOPs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MethodPoint:
    """A method at one φ; accuracies and gains are fractions."""

    method: str
    phi: float
    candidate: int
    """Index in the plan."""
    flops: int
    flops_ratio: float
    """FLOPs as a multiple of the baseline's."""
    accuracy: float
    low: float | None = None
    """Ends of the interval of the accuracy over seeds and images; None from one seed."""
    high: float | None = None
    gain: float | None = None
    """Over the reference method at the same φ; None for the reference itself."""
    adjusted_gain: float | None = None
    """The gain at equal FLOPs."""
    gain_low: float | None = None
    """Ends of the joint interval of `adjusted_gain`; None from one seed."""
    gain_high: float | None = None


@dataclass(frozen=True, kw_only=True)
class MethodComparison:
    """Ways of scaling compared by one sweep."""

    reference: str
    """Method that gains are over."""
    seeds: int = 0
    """Seeds that all networks finished."""
    images: int = 0
    """Validation images."""
    slope: float | None = None
    """Accuracy that a doubling of FLOPs is worth, fitted to all networks; None without a fit."""
    slope_error: float | None = None
    """Standard error of the slope."""
    seed_sd: float | None = None
    """Spread between seeds of one network; None from one seed."""
    baseline: MethodPoint | None = None
    points: tuple[MethodPoint, ...] = ()
    """In the order of φ, then of the methods."""
    incomplete: tuple[str, ...] = ()
    """Methods that are left out, because they lost a trial."""
