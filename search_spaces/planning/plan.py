"""From a search space to a plan: enumerate points, round, merge, count, apply the constraint."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, UNIT
from search_spaces.errors import InputError
from search_spaces.planning.builder import CandidateBuilder
from search_spaces.planning.candidates import Direction, Plan
from search_spaces.planning.constraint import within_limits
from search_spaces.planning.directions import explore, nearest_network
from search_spaces.planning.grid import check_timed, grid_networks
from search_spaces.planning.warnings import (
    coarse_strides,
    no_network,
    noisy_latencies,
    unequal_flops,
    unreachable_directions,
)
from search_spaces.specs.methods import Aim, Comparison
from search_spaces.specs.space import Lattice, Reference, SearchSpace
from search_spaces.specs.target import Target

MAX_CANDIDATES = 5000
_PROBE = Lattice(divisions=5)
"""Directions that show which regions of the triangle a grid could reach at all."""


def _add_references(
    networks: CandidateBuilder, frame: Frame, target: Target, roles: Iterable[Reference]
) -> None:
    """Add the baseline, and the published coefficients as they are and matched to the target.

    The published ones are left out where the baseline cannot follow them.
    """
    for role in roles:
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


_Counts = tuple[int, int, int, tuple[Direction, ...]]
"""Points enumerated, points within the constraint, distinct networks of those, and directions."""


def _search(networks: CandidateBuilder, frame: Frame, space: SearchSpace) -> _Counts:
    """Add the networks of a grid or a lattice."""
    target = space.target
    _add_references(networks, frame, target, space.references)
    if space.lattice is not None:
        directions = explore(frame, space.lattice.shares(), target)
        reached = [direction for direction in directions if direction.reachable]
        for direction in reached:
            networks.add("search", direction.spec, [direction.coefficients])
        distinct = len({direction.spec for direction in reached})
        return len(directions), len(reached), distinct, directions
    assert space.axes is not None
    grid = grid_networks(frame, space.axes, target)
    if target.timed:
        check_timed(len(grid))
    kept = [network for network in grid if within_limits(frame, target, network.spec)]
    for network in kept:
        networks.add("search", network.spec, network.coefficients)
    within = sum(len(network.coefficients) for network in kept)
    probed = explore(frame, _PROBE.shares(), target)
    return space.axes.points, within, len(kept), probed


def _compare(
    networks: CandidateBuilder, frame: Frame, target: Target, comparison: Comparison
) -> _Counts:
    """Add the network of every method at every φ.

    Raises:
        InputError: a method cannot reach one of the φ; the message says what it reaches.
    """
    networks.add("baseline", frame.base, [UNIT])
    ends = []
    for phi in comparison.phis:
        ratio = target.ratio**phi
        for method in comparison.methods:
            aim = Aim(method.name, phi)
            try:
                reached = nearest_network(frame, method.direction, target, ratio)
            except InputError as error:
                raise InputError(f"{aim.role}: {error}; or leave out the method or the φ") from None
            # Several triples round to the baseline; it keeps (1, 1, 1) alone.
            same = reached.spec == frame.base
            networks.add(aim.role, reached.spec, [UNIT if same else reached.coefficients], ratio)
            ends.append(reached)
    distinct = len({end.spec for end in ends})
    return len(ends), len(ends), distinct, tuple(ends[: len(comparison.methods)])


def make_plan(
    space: SearchSpace, *, in_channels: int | None = None, classes: int | None = None
) -> Plan:
    """Every candidate of a space, with its complexity in closed form.

    Args:
        space: baseline, constraint, and where to look.
        in_channels: channels of the images; the baseline's own when absent.
        classes: classes of the images; the baseline's own when absent.

    Raises:
        InputError: nothing satisfies the constraint, the candidates are too many to train, the
            form or resolution does not fit the baseline, or a method that is compared cannot reach
            its FLOPs.
    """
    frame, target = space.frame(in_channels=in_channels, classes=classes), space.target
    networks = CandidateBuilder(frame, target)
    if space.compare is not None:
        points, within, distinct, directions = _compare(networks, frame, target, space.compare)
    else:
        points, within, distinct, directions = _search(networks, frame, space)
    if distinct == 0:
        raise no_network(space, directions)
    if distinct > MAX_CANDIDATES:
        raise InputError(
            f"the plan has {distinct:,} distinct networks: at most {MAX_CANDIDATES:,} can "
            "be trained in one sweep; use larger steps or a smaller target.tolerance"
        )
    candidates = networks.candidates(eligible=space.compare is None)
    eligible = sum(candidate.eligible for candidate in candidates)
    return Plan(
        space=space,
        frame=frame,
        points=points,
        points_within=within,
        networks=distinct,
        candidates=candidates,
        directions=directions,
        warnings=(
            *coarse_strides(frame),
            *(
                unreachable_directions(target, directions, eligible)
                if space.compare is None
                else ()
            ),
            *unequal_flops(candidates, target),
            *noisy_latencies(candidates, target),
        ),
    )
