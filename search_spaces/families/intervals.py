"""A winner is a class of coefficients: everything that rounds to the same network.

Depth, width and resolution are rounded separately, so the class is a box: one interval for each of
α, β and γ at φ = 1. Coefficients that are equal there may part at φ = 7, which `ends_at` shows.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.families import Convention, FamilyMember, family_member
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning.path import last_true

Interval = tuple[float, float]
UPPER_BOUND = 16.0
_DECIMALS = 4


@dataclass(frozen=True)
class Intervals:
    """For each coefficient, from where to where it realises the same network at φ = 1."""

    alpha: Interval
    beta: Interval
    gamma: Interval

    def corners(self) -> tuple[Coefficients, ...]:
        """The distinct combinations of the intervals' ends, at most eight."""
        ends = itertools.product(self.alpha, self.beta, self.gamma)
        return tuple(dict.fromkeys(Coefficients(*corner) for corner in ends))

    def to_dict(self) -> dict[str, list[float]]:
        """Plain JSON values: each coefficient's [low, high]."""
        return {name: list(ends) for name, ends in dataclasses.asdict(self).items()}


@dataclass(frozen=True)
class Ends:
    """What the ends of a winner's intervals would mean for one family member: (low, high) each.

    `corners` combinations of ends were evaluated; `skipped` counts (1, 1, 1), which has no
    direction.
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

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }


def _interval(value: float, upper: float, realised: Callable[[float], object]) -> Interval:
    """The widest interval around `value` in [1, upper] with one and the same realisation.

    Ends are rounded inward to four decimals where that leaves `value` inside.
    """
    here = realised(value)

    def same(x: float) -> bool:
        return realised(x) == here

    def end(bound: float, inward: Callable[[float], int]) -> float:
        reach = bound if same(bound) else last_true(same, value, bound)[0]
        rounded = inward(reach * 10**_DECIMALS) / 10**_DECIMALS
        between = min(value, reach) <= rounded <= max(value, reach)
        return rounded if between and same(rounded) else value

    return end(1.0, math.ceil), end(max(upper, value), math.floor)


def _realised(frame: Frame, scaling: Scaling) -> NetworkSpec | None:
    try:
        return frame.realise(scaling)
    except InputError:
        return None


def intervals(
    frame: Frame, coefficients: Coefficients, *, phi: int = 1, upper_bound: float = UPPER_BOUND
) -> Intervals:
    """The class of coefficients that realise the same network as `coefficients` at φ.

    Ends lie between 1 and `upper_bound`, inside the class, within 10⁻⁴ of its border; for networks
    smaller than the baseline (φ = −1) no end lies where the resolution would be below the strides.
    """

    def interval(value: float, scaled: Callable[[float], Scaling]) -> Interval:
        return _interval(value, upper_bound, lambda x: _realised(frame, scaled(x**phi)))

    return Intervals(
        alpha=interval(coefficients.alpha, lambda x: Scaling(x, 1, 1)),
        beta=interval(coefficients.beta, lambda x: Scaling(1, x, 1)),
        gamma=interval(coefficients.gamma, lambda x: Scaling(1, 1, x)),
    )


def _range(values: Iterable[float]) -> Interval:
    found = list(values)
    return min(found), max(found)


def ends_at(
    frame: Frame, found: Intervals, *, member: int = 7, convention: Convention = "fitted"
) -> Ends:
    """What the ends of the intervals mean for family member b`member`.

    The member of every combination of ends is worked out, and the range of its multipliers,
    resolution and cost returned; (1, 1, 1) is skipped, because it is no direction.

    Raises:
        InputError: the only combination is (1, 1, 1), or as `family`.
    """
    everything = found.corners()
    corners = [corner for corner in everything if corner.nominal_flops_ratio > 1]
    if not corners:
        raise InputError(
            "the intervals hold nothing but (1, 1, 1), the unscaled baseline: it has no family; "
            "give coefficients of which one is above 1"
        )
    members: list[FamilyMember] = [
        family_member(frame, corner, member, convention) for corner in corners
    ]
    # Not the members' own multipliers, which are short ones anywhere within a network's range.
    scalings = [
        one.scaling if one.phi is None else corner**one.phi
        for corner, one in zip(corners, members, strict=True)
    ]
    px = [one.spec.resolution_px for one in members]
    params = [one.complexity.params for one in members]
    flops = [one.complexity.flops for one in members]
    return Ends(
        name=f"b{member}",
        convention=convention,
        corners=len(corners),
        skipped=len(everything) - len(corners),
        depth=_range(scaling.depth for scaling in scalings),
        width=_range(scaling.width for scaling in scalings),
        resolution=_range(scaling.resolution for scaling in scalings),
        resolution_px=(min(px), max(px)),
        params=(min(params), max(params)),
        flops=(min(flops), max(flops)),
    )
