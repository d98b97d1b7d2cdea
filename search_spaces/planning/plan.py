"""From a search space to a plan: enumerate, round, merge, count, constrain."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED
from search_spaces.errors import InputError
from search_spaces.planning.axes import GridNetworks, check_timed, networks_of_axes
from search_spaces.planning.candidates import Direction, Plan
from search_spaces.planning.directions import explore, nearest_network
from search_spaces.planning.networks import UNIT, Networks, broken_limit
from search_spaces.planning.remarks import coarse, mismatches, missed, noisy, nothing_found
from search_spaces.specs.methods import Aim, Comparison
from search_spaces.specs.space import Lattice, Reference, SearchSpace
from search_spaces.specs.target import Target

MAX_CANDIDATES = 5000
_PROBE = Lattice(divisions=5)
"""Directions tried to say which regions of the triangle a grid could reach at all."""


def _references(
    networks: Networks, frame: Frame, target: Target, wanted: Iterable[Reference]
) -> None:
    """The baseline, and the published coefficients raw and matched to the target.

    The published ones only where the baseline can follow them.
    """
    for role in wanted:
        match role:
            case "baseline":
                networks.add(role, frame.base, [UNIT])
            case "published":
                with suppress(InputError):
                    networks.add(role, frame.at(PUBLISHED, target.sign), [PUBLISHED])
            case "published_matched":
                with suppress(InputError):
                    matched = nearest_network(frame, PUBLISHED.shares(), target)
                    networks.add(role, matched.spec, [matched.coefficients])


@dataclass(frozen=True)
class _Searched:
    """How many points were enumerated and kept, how many networks those are, and directions."""

    points: int
    within: int
    networks: int
    directions: tuple[Direction, ...]


def _search(networks: Networks, frame: Frame, space: SearchSpace) -> _Searched:
    """Add the networks of a grid or a lattice."""
    target = space.target
    _references(networks, frame, target, space.references)
    if space.lattice is not None:
        directions = explore(frame, space.lattice.shares(), target)
        reached = [direction for direction in directions if direction.reachable]
        for direction in reached:
            networks.add("search", direction.spec, [direction.coefficients])
        distinct = len({direction.spec for direction in reached})
        return _Searched(len(directions), len(reached), distinct, directions)
    assert space.axes is not None
    grid: GridNetworks = networks_of_axes(frame, space.axes, target)
    if target.timed:
        check_timed(len(grid.found))
    kept = [found for found in grid.found if broken_limit(frame, target, found.spec) is None]
    for found in kept:
        networks.add("search", found.spec, found.coefficients)
    within = sum(len(found.coefficients) for found in kept)
    return _Searched(grid.points, within, len(kept), explore(frame, _PROBE.shares(), target))


def _compare(networks: Networks, frame: Frame, target: Target, comparison: Comparison) -> _Searched:
    """Add the network of every method at every φ.

    Raises:
        InputError: a method cannot reach one of the φ; the message says what it reaches.
    """
    networks.add("baseline", frame.base, [UNIT])
    found = []
    for phi in comparison.phis:
        ratio = target.ratio**phi
        for method in comparison.methods:
            aim = Aim(method.name, phi)
            try:
                reached = nearest_network(frame, method.direction, target, ratio)
            except InputError as error:
                raise InputError(f"{aim.role}: {error}; or leave out the method or the φ") from None
            # The baseline may be met from both sides of it, so it is (1, 1, 1) and no other triple.
            same = reached.spec == frame.base
            networks.add(aim.role, reached.spec, [UNIT if same else reached.coefficients], ratio)
            found.append(reached)
    distinct = len({one.spec for one in found})
    return _Searched(len(found), len(found), distinct, tuple(found[: len(comparison.methods)]))


def make_plan(
    space: SearchSpace, *, in_channels: int | None = None, classes: int | None = None
) -> Plan:
    """Every candidate of a space, with its complexity in closed form.

    Args:
        space: where to look, and under which constraint.
        in_channels: channels of the images; the baseline's own when absent.
        classes: classes to tell apart; the baseline's own when absent.

    Raises:
        InputError: nothing satisfies the constraint, the candidates are too many to train, the
            form or resolution does not fit the baseline, or a method that is compared cannot reach
            its FLOPs.
    """
    frame, target = space.frame(in_channels=in_channels, classes=classes), space.target
    networks = Networks(frame, target)
    if space.compare is not None:
        searched = _compare(networks, frame, target, space.compare)
    else:
        searched = _search(networks, frame, space)
    if searched.networks == 0:
        raise nothing_found(space, searched.directions)
    if searched.networks > MAX_CANDIDATES:
        raise InputError(
            f"the plan has {searched.networks:,} distinct networks: at most {MAX_CANDIDATES:,} can "
            "be trained in one sweep; use larger steps or a smaller target.tolerance"
        )
    candidates = networks.candidates(eligible=space.compare is None)
    eligible = sum(candidate.eligible for candidate in candidates)
    return Plan(
        space=space,
        frame=frame,
        points=searched.points,
        points_within=searched.within,
        networks=searched.networks,
        candidates=candidates,
        directions=searched.directions,
        warnings=(
            *coarse(frame),
            *(missed(target, searched.directions, eligible) if space.compare is None else ()),
            *mismatches(candidates, target),
            *noisy(candidates, target),
        ),
    )
