"""The coefficients that round to the same network: an interval for each of α, β and γ.

Depth, width and resolution are rounded separately, so the coefficients that give a network at
φ = 1 form a box. At φ = 7 they may give different networks, which `ends_at` shows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.families import Convention, FamilyMember, family_member
from search_spaces.planning.curve import last_true

Interval = tuple[float, float]
_Number = TypeVar("_Number", int, float)
UPPER_BOUND = 16.0
_DECIMALS = 4


@dataclass(frozen=True)
class Intervals:
    """For each coefficient, its range (low, high) that gives the same network at φ = 1."""

    alpha: Interval
    beta: Interval
    gamma: Interval

    def corners(self) -> tuple[Coefficients, ...]:
        """The distinct combinations of the intervals' ends, at most eight."""
        ends = itertools.product(self.alpha, self.beta, self.gamma)
        return tuple(dict.fromkeys(Coefficients(*corner) for corner in ends))


@dataclass(frozen=True)
class Ends:
    """The ranges (low, high) of one family member over the corners of a winner's intervals.

    `corners` were evaluated; `skipped` counts (1, 1, 1), which has no direction.
    """

    name: str
    convention: Convention
    corners: int
    skipped: int
    depth: Interval
    width: Interval
    resolution: Interval
    resolution_px: tuple[int, int]
    params: tuple[int, int]
    flops: tuple[int, int]


def _interval(value: float, upper: float, realise: Callable[[float], object]) -> Interval:
    """The widest interval around `value` in [1, upper] that gives the same network.

    Ends are rounded inward to four decimals where that leaves `value` inside.
    """
    here = realise(value)

    def same(x: float) -> bool:
        return realise(x) == here

    def end(bound: float, inward: Callable[[float], int]) -> float:
        reach = bound if same(bound) else last_true(same, value, bound)[0]
        rounded = inward(reach * 10**_DECIMALS) / 10**_DECIMALS
        between = min(value, reach) <= rounded <= max(value, reach)
        return rounded if between and same(rounded) else value

    return end(1.0, math.ceil), end(max(upper, value), math.floor)


def intervals(
    frame: Frame, coefficients: Coefficients, *, phi: int = 1, upper_bound: float = UPPER_BOUND
) -> Intervals:
    """The coefficients that give the same network as `coefficients` at φ.

    Ends lie between 1 and `upper_bound`, inside the box, within 10⁻⁴ of its border; for networks
    smaller than the baseline (φ = −1) the resolution at an end is never below the strides.
    """

    def interval(value: float, scaled: Callable[[float], Scaling]) -> Interval:
        return _interval(value, upper_bound, lambda x: frame.realise_if_possible(scaled(x**phi)))

    return Intervals(
        alpha=interval(coefficients.alpha, lambda x: Scaling(x, 1, 1)),
        beta=interval(coefficients.beta, lambda x: Scaling(1, x, 1)),
        gamma=interval(coefficients.gamma, lambda x: Scaling(1, 1, x)),
    )


def _range(values: Iterable[_Number]) -> tuple[_Number, _Number]:
    numbers = list(values)
    return min(numbers), max(numbers)


def ends_at(
    frame: Frame, box: Intervals, *, member: int = 7, convention: Convention = "fitted"
) -> Ends:
    """How far family member b`member` varies over the corners of the intervals.

    The member is derived at every corner; (1, 1, 1) is skipped, because it is no direction.

    Returns:
        The ranges of its multipliers, resolution and cost.

    Raises:
        InputError: the only combination is (1, 1, 1), or as `family`.
    """
    everything = box.corners()
    corners = [corner for corner in everything if corner.nominal_flops_ratio > 1]
    if not corners:
        raise InputError(
            "the intervals hold nothing but (1, 1, 1), the unscaled baseline: it has no family; "
            "give coefficients of which one is above 1"
        )
    members: list[FamilyMember] = [
        family_member(frame, corner, member, convention) for corner in corners
    ]
    # Not the members' own multipliers, which are shortened within the range of their network.
    scalings = [
        one.scaling if one.phi is None else corner**one.phi
        for corner, one in zip(corners, members, strict=True)
    ]
    return Ends(
        name=f"b{member}",
        convention=convention,
        corners=len(corners),
        skipped=len(everything) - len(corners),
        depth=_range(scaling.depth for scaling in scalings),
        width=_range(scaling.width for scaling in scalings),
        resolution=_range(scaling.resolution for scaling in scalings),
        resolution_px=_range(one.spec.resolution_px for one in members),
        params=_range(one.complexity.params for one in members),
        flops=_range(one.complexity.flops for one in members),
    )
