"""The network along one direction of the triangle whose cost is nearest a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from contextlib import suppress

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import UNIT, Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.planning.candidates import Direction
from search_spaces.planning.constraint import cost_ratio, within_limits
from search_spaces.planning.curve import ScalingCurve
from search_spaces.specs.target import Target

_INSIDE = 1e-6
"""Distance kept from the ends of an interval of φ, relative to its length. At an end itself,
multipliers computed in another way may differ in the last bit and give the next network."""

_DECIMALS = 3
"""Decimals of coefficients, or more where a network needs them: they stay near the direction."""

_NOMINAL_DECIMALS = 6
"""Decimals where α·β²·γ² itself is the constraint."""


def _at(curve: ScalingCurve, shares: Shares, phi: float, target: Target, ratio: float) -> Direction:
    """The direction that ends at the network of this φ."""
    frame, sign = curve.frame, 1 if ratio > 1 else -1
    first, last = curve.interval(phi)
    inside = _INSIDE * (last - first)
    chosen = min(max(float(sign), first + inside), last - inside)
    if sign * chosen < 0:  # the baseline's interval may end at 0, and no coefficient is below 1
        chosen = 0.0
    spec = curve.spec(chosen)
    multipliers = curve.coefficients ** (sign * chosen)
    exact = Coefficients(*multipliers)
    coefficients = frame.simplest_coefficients(exact, sign, _DECIMALS)
    reached = cost_ratio(frame, target, spec)
    holds = target.holds(reached) and within_limits(frame, target, spec)
    flops_ratio = curve.complexity(chosen).flops / frame.base_flops
    return Direction(shares, coefficients, spec, flops_ratio, reached, holds)


def _curve(frame: Frame, coefficients: Coefficients, target: Target) -> ScalingCurve:
    return ScalingCurve(frame, coefficients, target.quantity, target.how_timed)


def nearest_network(
    frame: Frame, shares: Shares, target: Target, ratio: float | None = None
) -> Direction:
    """The network along `shares` whose measured ratio is nearest the target's in log.

    A range of coefficients along the direction gives it; those nearest the target's nominal ratio
    are returned.

    Args:
        frame: the baseline.
        shares: the direction.
        target: the constraint.
        ratio: a multiple of the baseline's cost that replaces the target's.

    Raises:
        InputError: the direction reaches no such network; the message says what it reaches.
    """
    ratio = target.ratio if ratio is None else ratio
    # φ = 1, or −1 for smaller networks, is the nominal ratio
    curve = _curve(frame, shares.coefficients(max(ratio, 1 / ratio)), target)
    return _at(curve, shares, curve.nearest(ratio * curve.unit, "target"), target, ratio)


def _nearest_or_missed(frame: Frame, shares: Shares, target: Target) -> Direction:
    """As `nearest_network`; an unreachable direction ends at the network of the nominal ratio.

    A direction whose nearest network is the baseline counts as unreachable. If the nominal ratio
    is below the smallest network of the direction, it ends at that one.
    """
    with suppress(InputError):
        direction = nearest_network(frame, shares, target)
        if direction.coefficients != UNIT:
            return direction
    curve = _curve(frame, shares.coefficients(target.ratio**target.sign), target)
    phi = max(float(target.sign), curve.lowest_phi)
    return dataclasses.replace(_at(curve, shares, phi, target, target.ratio), reachable=False)


def nominal_network(frame: Frame, shares: Shares, target: Target) -> Direction:
    """The network of the coefficients along `shares` whose nominal FLOPs ratio is the target."""
    exact = shares.coefficients(target.ratio**target.sign)
    coefficients = frame.simplest_coefficients(exact, target.sign, _NOMINAL_DECIMALS)
    spec = frame.at(coefficients, target.sign)
    ratio = frame.complexity(spec).flops / frame.base_flops
    reachable = within_limits(frame, target, spec)
    return Direction(shares, coefficients, spec, ratio, ratio, reachable)


def explore(frame: Frame, directions: Iterable[Shares], target: Target) -> tuple[Direction, ...]:
    """The network at which each direction ends under the target."""
    solve = _nearest_or_missed if target.by == "measured" else nominal_network
    return tuple(solve(frame, shares, target) for shares in directions)
