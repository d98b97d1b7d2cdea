"""Along one direction of the triangle, the network whose FLOPs come nearest a target."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from search_spaces.coefficients import Coefficients, Shares
from search_spaces.frame import Frame
from search_spaces.planning.candidates import Direction
from search_spaces.space import Target
from search_spaces.spec import NetworkSpec

_STEPS = 28
"""Bisections of the exponent: far finer than any rounding rule's steps."""


def _tidy(frame: Frame, exact: Coefficients) -> tuple[NetworkSpec, Coefficients]:
    """The network of these coefficients, and the shortest decimals that still realise it."""
    spec = frame.at(exact)
    for digits in range(3, 12):
        short = Coefficients(*(round(value, digits) for value in dataclasses.astuple(exact)))
        if frame.at(short) == spec:
            return spec, short
    return spec, exact


class _Walk:
    """Coefficients along a direction: t = 1 has the target's nominal ratio, t = 0 is the baseline.

    Realised FLOPs are a non-decreasing step function of t.
    """

    def __init__(self, frame: Frame, shares: Shares, flops_ratio: float) -> None:
        self.frame, self.shares, self.flops_ratio = frame, shares, flops_ratio

    def coefficients(self, t: float) -> Coefficients:
        return self.shares.coefficients(self.flops_ratio**t)

    def ratio(self, t: float) -> float:
        spec = self.frame.at(self.coefficients(t))
        return self.frame.complexity(spec).flops / self.frame.base_flops

    def last_below(self, bound: float, low: float, high: float) -> tuple[float, float]:
        """Neighbouring t with ratio(t₀) ≤ bound < ratio(t₁), to within the bisection's width."""
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if self.ratio(middle) <= bound:
                low = middle
            else:
                high = middle
        return low, high


def nearest_network(frame: Frame, shares: Shares, target: Target) -> Direction:
    """The network along `shares` whose measured FLOPs ratio is nearest the target in log.

    A range of coefficients along the direction realises it; the one nearest the target's nominal
    ratio is given.
    """
    walk = _Walk(frame, shares, target.flops_ratio)
    goal = target.flops_ratio
    far = 1.0
    while walk.ratio(far) <= goal:
        far *= 2
    below, above = walk.last_below(goal, 0.0, far)
    low_ratio, high_ratio = walk.ratio(below), walk.ratio(above)
    if math.log(goal / low_ratio) <= math.log(high_ratio / goal):
        ratio = low_ratio
        _, first = walk.last_below(math.nextafter(ratio, 0), 0.0, below) if ratio > 1 else (0, 0.0)
        last = below
    else:
        ratio = high_ratio
        first = above
        last, _ = walk.last_below(ratio, above, 2 * far)
    spec, coefficients = _tidy(frame, walk.coefficients(min(max(1.0, first), last)))
    return Direction(shares, coefficients, spec, ratio, target.holds(ratio))


def nominal_network(frame: Frame, shares: Shares, target: Target) -> Direction:
    """The network of the coefficients along `shares` whose αβ²γ² is the target."""
    coefficients = shares.coefficients(target.flops_ratio)
    spec = frame.at(coefficients)
    ratio = frame.complexity(spec).flops / frame.base_flops
    return Direction(shares, coefficients, spec, ratio, reachable=True)


def explore(frame: Frame, directions: Iterable[Shares], target: Target) -> tuple[Direction, ...]:
    """Where each direction ends up under the target."""
    solve = nearest_network if target.by == "measured" else nominal_network
    return tuple(solve(frame, shares, target) for shares in directions)
