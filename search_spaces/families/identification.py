"""Narrowing a winner's coefficients at φ = 2, where they give different networks.

Triples that give one network at φ = 1 give several at φ = 2. Compared at the same φ these would
differ in FLOPs, and the larger ones would win by size. So each triple is followed along its
direction to the network whose FLOPs are nearest the square of the search's ratio, as families do
with a fitted φ.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.families.intervals import Interval, Intervals
from search_spaces.planning.directions import explore
from search_spaces.specs.space import Lattice, SearchSpace
from search_spaces.specs.target import Target

POINTS = 5
"""Values of each coefficient in the grid, both ends of its interval included."""


@dataclass(frozen=True)
class CoefficientGroup:
    """Coefficients of a winner that give the same network at φ ≈ 2."""

    spec_key: str
    flops_ratio: float
    reachable: bool
    triples: tuple[Coefficients, ...]

    @property
    def representative(self) -> Coefficients:
        """The triple nearest the mean of the group."""
        middle = [sum(values) / len(self.triples) for values in zip(*self.triples, strict=True)]
        return min(self.triples, key=lambda one: (_squared_distance(one, middle), one))


def _squared_distance(one: Iterable[float], other: Iterable[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def second_target(target: Target) -> Target:
    """The constraint at φ = 2: the square of the ratio, with the same relative tolerance."""
    ratio = target.ratio
    return target.model_copy(
        update={f"{target.quantity}_ratio": ratio**2, "tolerance": target.tolerance * ratio}
    )


def grid_triples(box: Intervals) -> tuple[Coefficients, ...]:
    """A grid over a winner's intervals, without (1, 1, 1), which is no direction."""

    def steps(ends: Interval) -> list[float]:
        low, high = ends
        if high <= low:
            return [low]
        return [low + (high - low) * step / (POINTS - 1) for step in range(POINTS)]

    grid = itertools.product(steps(box.alpha), steps(box.beta), steps(box.gamma))
    return tuple(Coefficients(*values) for values in grid if max(values) > 1)


def coefficient_groups(
    frame: Frame, box: Intervals, target: Target
) -> tuple[CoefficientGroup, ...]:
    """A winner's coefficients grouped by their networks at φ ≈ 2, the largest group first.

    Args:
        frame: of the search.
        box: the winner's intervals at φ = 1.
        target: the search's constraint at φ = 1.
    """
    triples = grid_triples(box)
    reached = explore(frame, [one.shares() for one in triples], second_target(target))
    grouped: dict[str, list[int]] = {}
    for number, direction in enumerate(reached):
        grouped.setdefault(direction.spec.key, []).append(number)
    groups = [
        CoefficientGroup(
            spec_key=key,
            flops_ratio=reached[numbers[0]].flops_ratio,
            reachable=reached[numbers[0]].reachable,
            triples=tuple(triples[number] for number in numbers),
        )
        for key, numbers in grouped.items()
    ]
    return tuple(sorted(groups, key=lambda group: -len(group.triples)))


def spread_out(groups: Sequence[CoefficientGroup], most: int) -> tuple[CoefficientGroup, ...]:
    """At most `most` reachable groups, far apart from each other; the largest is among them."""
    reachable = [group for group in groups if group.reachable]
    if len(reachable) <= most:
        return tuple(reachable)
    columns = zip(*(group.representative for group in reachable), strict=True)
    scale = [max(values) - min(values) or 1.0 for values in columns]

    def place(group: CoefficientGroup) -> list[float]:
        return [v / s for v, s in zip(group.representative, scale, strict=True)]

    def distance_to_chosen(group: CoefficientGroup) -> float:
        return min(_squared_distance(place(group), place(one)) for one in chosen)

    chosen = [reachable[0]]
    while len(chosen) < most:
        rest = [group for group in reachable if group not in chosen]
        chosen.append(max(rest, key=distance_to_chosen))
    return tuple(chosen)


def identification_space(space: SearchSpace, chosen: Iterable[CoefficientGroup]) -> SearchSpace:
    """The search space whose candidates are these groups' networks at φ ≈ 2.

    The baseline and the published direction at the same FLOPs are its references.
    """
    directions = tuple(tuple(group.representative.shares()) for group in chosen)
    return space.model_copy(
        update={
            "target": second_target(space.target),
            "axes": None,
            "compare": None,
            "lattice": Lattice(directions=directions),
            "references": ("baseline", "published_matched"),
        }
    )


def narrowed(
    groups: Sequence[CoefficientGroup], trained: Collection[str], left: Collection[str]
) -> Intervals:
    """The smallest box around the triples that a comparison leaves.

    A group whose network was not trained is judged by the nearest one that was.

    Args:
        groups: all groups of the winner.
        trained: spec keys of the networks that were trained.
        left: those of them that were not ruled out.
    """
    known = [group for group in groups if group.spec_key in trained]

    def judged(group: CoefficientGroup) -> CoefficientGroup:
        if group in known:
            return group
        here = group.representative
        return min(known, key=lambda one: _squared_distance(one.representative, here))

    kept = [
        triple for group in groups if judged(group).spec_key in left for triple in group.triples
    ]
    return Intervals(*((min(values), max(values)) for values in zip(*kept, strict=True)))
