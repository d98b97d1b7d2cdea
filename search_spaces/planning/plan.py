"""From a search space to a plan: enumerate, round, merge, count, constrain."""

from __future__ import annotations

import math
from collections.abc import Iterable

from search_spaces.coefficients import PUBLISHED, Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.frame import Frame
from search_spaces.planning.axes import GridNetworks, networks_of_axes
from search_spaces.planning.candidates import Candidate, Direction, Plan, Role
from search_spaces.planning.directions import explore, nearest_network
from search_spaces.space import Lattice, Reference, SearchSpace, Target
from search_spaces.spec import NetworkSpec

MAX_CANDIDATES = 5000
_PROBE = Lattice(divisions=5)
"""Directions tried to say which regions of the triangle a grid could reach at all."""

_UNSCALED = Coefficients(1.0, 1.0, 1.0)


class _Networks:
    """Distinct networks in the order of their first appearance, with roles and triples."""

    def __init__(self) -> None:
        self._roles: dict[NetworkSpec, dict[Role, None]] = {}
        self._triples: dict[NetworkSpec, dict[Coefficients, None]] = {}

    def add(self, role: Role, spec: NetworkSpec, triples: Iterable[Coefficients]) -> None:
        self._roles.setdefault(spec, {})[role] = None
        self._triples.setdefault(spec, {}).update(dict.fromkeys(triples))

    def candidates(self, frame: Frame, target: Target) -> tuple[Candidate, ...]:
        drafts = [self._candidate(spec, frame, target) for spec in self._roles]
        references = [draft for draft in drafts if draft.roles != ("search",)]
        searched = sorted(
            (draft for draft in drafts if draft.roles == ("search",)),
            key=lambda draft: draft.representative,
        )
        return tuple(
            Candidate(**{**vars(draft), "index": index})
            for index, draft in enumerate([*references, *searched])
        )

    def _candidate(self, spec: NetworkSpec, frame: Frame, target: Target) -> Candidate:
        roles, triples = tuple(self._roles[spec]), tuple(sorted(self._triples[spec]))
        if "baseline" in roles:
            representative = _UNSCALED
        else:
            representative = min(
                triples, key=lambda c: (abs(c.nominal_flops_ratio - target.flops_ratio), c)
            )
        complexity = frame.complexity(spec)
        measured = complexity.flops / frame.base_flops
        nominal = representative.nominal_flops_ratio
        ratio = measured if target.by == "measured" else nominal
        return Candidate(
            index=0,
            roles=roles,
            spec=spec,
            coefficients=triples,
            representative=representative,
            complexity=complexity,
            nominal_ratio=nominal,
            measured_ratio=measured,
            residual=ratio - target.flops_ratio,
            eligible="baseline" not in roles and target.holds(ratio),
        )


def _references(
    networks: _Networks, frame: Frame, target: Target, wanted: Iterable[Reference]
) -> None:
    """The baseline, and the published coefficients raw and matched in measured FLOPs."""
    for role in wanted:
        match role:
            case "baseline":
                networks.add(role, frame.base, [_UNSCALED])
            case "published":
                networks.add(role, frame.at(PUBLISHED), [PUBLISHED])
            case "published_matched":
                matched = nearest_network(frame, PUBLISHED.shares(), target)
                networks.add(role, matched.spec, [matched.coefficients])


def _describe(shares: Shares) -> str:
    return f"({shares.depth:.2g}, {shares.width:.2g}, {shares.resolution:.2g})"


def _warnings(
    frame: Frame, target: Target, directions: tuple[Direction, ...], eligible: int
) -> list[str]:
    found = []
    stride = math.prod(frame.base.strides)
    if frame.resolution_px < 4 * stride:
        found.append(
            f"base resolution {frame.resolution_px} px is below 4 × the total stride of {stride}: "
            f"the last feature map is {frame.base.last_map_px} px wide, so that depth and "
            "resolution act in jumps; raise resolution_px, or lower form.stem_stride and "
            "form.strides"
        )
    missed = [direction for direction in directions if not direction.reachable]
    if len(missed) > len(directions) / 2:
        worst = max(missed, key=lambda d: abs(math.log(d.flops_ratio / target.flops_ratio)))
        found.append(
            f"{len(missed)} of {len(directions)} directions of the triangle reach no network "
            f"within {target.flops_ratio:g} ± {target.tolerance:g} (the farthest, shares "
            f"{_describe(worst.shares)}, comes to {worst.flops_ratio:.2f}×): rounding is coarse "
            "here; widen target.tolerance, lower rounding.width_divisor, or raise resolution_px"
        )
    if eligible == 1:
        found.append(
            "only one candidate satisfies the constraint, so nothing will be compared; "
            "widen target.tolerance or search more finely"
        )
    return found


def _empty(space: SearchSpace, directions: tuple[Direction, ...]) -> InputError:
    target = space.target
    nearest = min((abs(d.flops_ratio - target.flops_ratio), d.flops_ratio) for d in directions)
    return InputError(
        f"no network of this space has a {target.by} FLOPs ratio within {target.flops_ratio:g} ± "
        f"{target.tolerance:g}; along the directions tried the nearest measured ratio is "
        f"{nearest[1]:.3f}: set target.tolerance to at least {nearest[0]:.3f}, refine or widen "
        "the axes, or choose a form or base resolution whose steps are finer"
    )


def make_plan(
    space: SearchSpace, *, in_channels: int | None = None, classes: int | None = None
) -> Plan:
    """Every candidate of a space, with its complexity in closed form.

    Args:
        space: where to look, and under which constraint.
        in_channels: channels of the images; the baseline's own when absent.
        classes: classes to tell apart; the baseline's own when absent.

    Raises:
        InputError: nothing satisfies the constraint, the candidates are too many to train, or the
            form or resolution does not fit the baseline.
    """
    frame, target = space.frame(in_channels=in_channels, classes=classes), space.target
    networks = _Networks()
    _references(networks, frame, target, space.references)
    if space.lattice is not None:
        directions = explore(frame, space.lattice.shares(), target)
        reached = [direction for direction in directions if direction.reachable]
        for direction in reached:
            networks.add("search", direction.spec, [direction.coefficients])
        points, within = len(directions), len(reached)
        distinct = len({direction.spec for direction in reached})
    else:
        assert space.axes is not None
        grid: GridNetworks = networks_of_axes(frame, space.axes, target)
        directions = explore(frame, _PROBE.shares(), target)
        for found in grid.found:
            networks.add("search", found.spec, found.coefficients)
        points, within, distinct = grid.points, grid.points_within, len(grid.found)
    if distinct == 0:
        raise _empty(space, directions)
    if distinct > MAX_CANDIDATES:
        raise InputError(
            f"the plan has {distinct:,} distinct networks: at most {MAX_CANDIDATES:,} can be "
            "trained in one sweep; use larger steps or a smaller target.tolerance"
        )
    candidates = networks.candidates(frame, target)
    eligible = sum(candidate.eligible for candidate in candidates)
    return Plan(
        space=space,
        frame=frame,
        points=points,
        points_within=within,
        networks=distinct,
        candidates=candidates,
        directions=directions,
        warnings=tuple(_warnings(frame, target, directions, eligible)),
    )
