"""Compound-scaling coefficients, the multipliers they give, and the triangle they live on.

Compound scaling (arXiv 1905.11946, section 3.3) multiplies a baseline's depth by α^φ, its width by
β^φ and its input resolution by γ^φ, with α, β, γ ≥ 1. A network's FLOPs are proportional to
depth, to width² and to resolution², so φ = 1 multiplies them by about α·β²·γ².
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated

from pydantic import Field

from search_spaces.errors import InputError


class _Triple:
    """Three numbers, for depth, width and resolution, that can be unpacked in this order."""

    __slots__ = ()

    def __iter__(self) -> Iterator[float]:
        return (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, order=True)
class Scaling(_Triple):
    """The three multipliers applied to a baseline; 1 leaves that dimension as it is."""

    depth: float
    width: float
    resolution: float

    def __post_init__(self) -> None:
        for name in ("depth", "width", "resolution"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise InputError(
                    f"{name} multiplier is {value}: a multiplier must be a finite number above 0"
                )

    @property
    def nominal_flops_ratio(self) -> float:
        """The FLOPs ratio depth · width² · resolution²; it ignores rounding (section 3.3)."""
        return self.depth * self.width**2 * self.resolution**2


UNSCALED = Scaling(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, order=True)
class Coefficients(_Triple):
    """The bases α, β, γ of depth, width and resolution (arXiv 1905.11946, equation 3).

    Raises:
        InputError: a coefficient is below 1, or not finite.
    """

    alpha: Annotated[float, Field(description="α: depth is multiplied by α^φ.")]
    beta: Annotated[float, Field(description="β: width is multiplied by β^φ.")]
    gamma: Annotated[float, Field(description="γ: resolution is multiplied by γ^φ.")]

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "gamma"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 1):
                raise InputError(
                    f"{name} is {value}: compound scaling needs {name} ≥ 1 "
                    "(arXiv 1905.11946, equation 3); use 1 to leave that dimension alone"
                )

    @property
    def nominal_flops_ratio(self) -> float:
        """α·β²·γ², the FLOPs ratio at φ = 1 that ignores rounding."""
        return self.alpha * self.beta**2 * self.gamma**2

    def __pow__(self, phi: float) -> Scaling:
        """The multipliers at compound exponent φ: (α^φ, β^φ, γ^φ). Negative φ shrinks.

        Raises:
            InputError: a multiplier is too large or too small to be a number.
        """
        try:
            return Scaling(self.alpha**phi, self.beta**phi, self.gamma**phi)
        except OverflowError:
            raise InputError(
                f"phi is {phi:g}: ({self.alpha:g}, {self.beta:g}, {self.gamma:g}) to that power is "
                "too large to be a number; lower phi"
            ) from None

    def shares(self) -> Shares:
        """How this direction spends a doubling of FLOPs.

        Raises:
            InputError: all three coefficients are 1, which is no direction.
        """
        logs = (math.log2(self.alpha), 2 * math.log2(self.beta), 2 * math.log2(self.gamma))
        total = sum(logs)
        if total <= 0:
            raise InputError(
                "coefficients (1, 1, 1) scale nothing, so they have no shares; "
                "raise at least one of alpha, beta, gamma above 1"
            )
        return Shares(*(value / total for value in logs))

    def normalised(self, flops_ratio: float = 2.0) -> Coefficients:
        """The coefficients of the same direction whose nominal ratio is `flops_ratio`."""
        return self.shares().coefficients(flops_ratio)


@dataclass(frozen=True, slots=True, order=True)
class Shares(_Triple):
    """A direction of scaling: the fractions of log FLOPs given to depth, width and resolution.

    log2 α, 2·log2 β and 2·log2 γ, normalised to sum to 1, so that every search lives on a triangle
    whose corners scale one dimension alone. "d1_w8_r1" of Fast and Accurate Model Scaling
    (arXiv 2103.06877, section 4) is Shares(.1, .8, .1).

    Raises:
        InputError: a share is negative, or they do not sum to 1.
    """

    depth: float
    width: float
    resolution: float

    def __post_init__(self) -> None:
        for name in ("depth", "width", "resolution"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise InputError(f"{name} share is {value}: a share must be at least 0")
        total = self.depth + self.width + self.resolution
        if abs(total - 1) > 1e-6:
            raise InputError(f"shares sum to {total:g}: depth + width + resolution must be 1")

    def coefficients(self, flops_ratio: float = 2.0) -> Coefficients:
        """The coefficients along this direction with αβ²γ² = `flops_ratio`.

        Raises:
            InputError: the ratio is below 1 or not finite.
        """
        if not (math.isfinite(flops_ratio) and flops_ratio >= 1):
            raise InputError(
                f"flops_ratio is {flops_ratio}: coefficients are at least 1, so their ratio must "
                "be a finite number of at least 1; use for example 2"
            )
        return Coefficients(
            flops_ratio**self.depth,
            flops_ratio ** (self.width / 2),
            flops_ratio ** (self.resolution / 2),
        )


UNIT = Coefficients(1.0, 1.0, 1.0)
"""The coefficients of the baseline itself: a direction of no scaling."""

PUBLISHED = Coefficients(1.2, 1.1, 1.15)
"""EfficientNet's coefficients (arXiv 1905.11946, section 4): found on B0 at 224 px."""
