"""Along one direction of the triangle, the network whose FLOPs come nearest a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from search_spaces.coefficients import Coefficients, Shares
from search_spaces.frame import Frame
from search_spaces.path import Path
from search_spaces.planning.candidates import Direction
from search_spaces.space import Target
from search_spaces.spec import NetworkSpec


def _tidy(frame: Frame, exact: Coefficients) -> tuple[NetworkSpec, Coefficients]:
    """The network of these coefficients, and the shortest decimals that still realise it."""
    spec = frame.at(exact)
    for digits in range(3, 12):
        short = Coefficients(*(round(value, digits) for value in dataclasses.astuple(exact)))
        if frame.at(short) == spec:
            return spec, short
    return spec, exact


def nearest_network(frame: Frame, shares: Shares, target: Target) -> Direction:
    """The network along `shares` whose measured FLOPs ratio is nearest the target in log.

    A range of coefficients along the direction realises it; the one nearest the target's nominal
    ratio is given.
    """
    path = Path(frame, shares.coefficients(target.flops_ratio))  # φ = 1 is the nominal ratio
    first, last = path.interval(path.nearest(target.flops_ratio * frame.base_flops, "target"))
    # The path's own multipliers: at the end of an interval another way to compute them may differ
    # in the last bit, and realise the next network.
    multipliers = path.scaling(min(max(1.0, first), last))
    spec, coefficients = _tidy(frame, Coefficients(*dataclasses.astuple(multipliers)))
    ratio = frame.complexity(spec).flops / frame.base_flops
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
