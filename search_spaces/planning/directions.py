"""Along one direction of the triangle, the network whose cost comes nearest a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from contextlib import suppress

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.planning.candidates import Direction
from search_spaces.planning.networks import UNIT, broken_limit, cost_ratio
from search_spaces.planning.path import Path
from search_spaces.specs.target import Target

_INSIDE = 1e-6
"""How far inside an interval of φ its end is taken, relative to its length: another way to compute
the multipliers may differ in the last bit there, and realise the next network."""

_DECIMALS = 3
"""Coefficients have so many decimals, or more where a network needs them: near the direction."""

_NOMINAL_DECIMALS = 6
"""The same where α·β²·γ² itself is the constraint."""


def _at(path: Path, shares: Shares, phi: float, target: Target, ratio: float) -> Direction:
    """The direction that ends at the network of this φ."""
    frame, sign = path.frame, 1 if ratio > 1 else -1
    first, last = path.interval(phi)
    inside = _INSIDE * (last - first)
    chosen = min(max(float(sign), first + inside), last - inside)
    if sign * chosen < 0:  # the baseline's interval may end at 0, and no coefficient is below 1
        chosen = 0.0
    spec = path.spec(chosen)
    multipliers = path.coefficients ** (sign * chosen)
    exact = Coefficients(*dataclasses.astuple(multipliers))
    coefficients = frame.simplest_coefficients(exact, sign, _DECIMALS)
    reached = cost_ratio(frame, target, target.quantity, spec)
    holds = target.holds(reached) and broken_limit(frame, target, spec) is None
    flops_ratio = path.complexity(chosen).flops / frame.base_flops
    return Direction(shares, coefficients, spec, flops_ratio, reached, holds)


def _path(frame: Frame, coefficients: Coefficients, target: Target) -> Path:
    return Path(frame, coefficients, target.quantity, target.how_timed)


def nearest_network(
    frame: Frame, shares: Shares, target: Target, ratio: float | None = None
) -> Direction:
    """The network along `shares` whose measured ratio is nearest the target's in log.

    A range of coefficients along the direction realises it; the one nearest the target's nominal
    ratio is given. `ratio` aims at another multiple of the baseline's cost than the target does.

    Raises:
        InputError: the direction reaches no such network; the message says what it reaches.
    """
    ratio = target.ratio if ratio is None else ratio
    # φ = 1, or −1 for smaller networks, is the nominal ratio
    path = _path(frame, shares.coefficients(max(ratio, 1 / ratio)), target)
    return _at(path, shares, path.nearest(ratio * path.unit, "target"), target, ratio)


def _nearest_or_missed(frame: Frame, shares: Shares, target: Target) -> Direction:
    """As `nearest_network`; where that is the baseline or nothing, the one of the nominal ratio.

    It is the smallest network where even that is below the strides.
    """
    with suppress(InputError):
        found = nearest_network(frame, shares, target)
        if found.coefficients != UNIT:
            return found
    path = _path(frame, shares.coefficients(target.ratio**target.sign), target)
    found = _at(path, shares, max(float(target.sign), path.lowest_phi), target, target.ratio)
    return dataclasses.replace(found, reachable=False)


def nominal_network(frame: Frame, shares: Shares, target: Target) -> Direction:
    """The network of the coefficients along `shares` whose nominal FLOPs ratio is the target."""
    exact = shares.coefficients(target.ratio**target.sign)
    coefficients = frame.simplest_coefficients(exact, target.sign, _NOMINAL_DECIMALS)
    spec = frame.at(coefficients, target.sign)
    ratio = frame.complexity(spec).flops / frame.base_flops
    reachable = broken_limit(frame, target, spec) is None
    return Direction(shares, coefficients, spec, ratio, ratio, reachable)


def explore(frame: Frame, directions: Iterable[Shares], target: Target) -> tuple[Direction, ...]:
    """Where each direction ends up under the target."""
    solve = _nearest_or_missed if target.by == "measured" else nominal_network
    return tuple(solve(frame, shares, target) for shares in directions)
