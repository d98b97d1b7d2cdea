"""What a winner's coefficients part into at φ = 2, and what a sweep over that leaves of them.

Triples that are one network at φ = 1 are several at φ = 2. Compared at the same φ they would differ
in FLOPs, and the larger would win for its size; so each is followed along its direction to the
network whose FLOPs come nearest the square of the search's ratio, as families do by fitted φ.
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
"""Values tried of each coefficient, the ends of its interval included."""


@dataclass(frozen=True)
class Part:
    """One network at φ ≈ 2, and the triples of the winner's class that lead to it."""

    spec_key: str
    flops_ratio: float
    reachable: bool
    triples: tuple[Coefficients, ...]

    @property
    def representative(self) -> Coefficients:
        """The triple nearest the middle of its part."""
        columns = zip(*map(_values, self.triples), strict=True)
        middle = [sum(values) / len(self.triples) for values in columns]
        return min(self.triples, key=lambda one: (_distance(_values(one), middle), one))


def _values(triple: Coefficients) -> tuple[float, float, float]:
    return triple.alpha, triple.beta, triple.gamma


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def second_target(target: Target) -> Target:
    """The constraint at φ = 2: the square of the ratio, with the same relative tolerance."""
    ratio = target.ratio
    return target.model_copy(
        update={f"{target.quantity}_ratio": ratio**2, "tolerance": target.tolerance * ratio}
    )


def class_triples(found: Intervals) -> tuple[Coefficients, ...]:
    """A grid over the class that a winner stands for; (1, 1, 1), no direction, is left out."""

    def steps(ends: Interval) -> list[float]:
        low, high = ends
        if high <= low:
            return [low]
        return [low + (high - low) * step / (POINTS - 1) for step in range(POINTS)]

    grid = itertools.product(steps(found.alpha), steps(found.beta), steps(found.gamma))
    return tuple(Coefficients(*values) for values in grid if max(values) > 1)


def parts(frame: Frame, found: Intervals, target: Target) -> tuple[Part, ...]:
    """The distinct networks at φ ≈ 2 of a class, those with the most triples first.

    Args:
        frame: of the search that found the class.
        found: the class, at φ = 1.
        target: the search's constraint, at φ = 1.
    """
    triples = class_triples(found)
    reached = explore(frame, [one.shares() for one in triples], second_target(target))
    grouped: dict[str, list[int]] = {}
    for number, direction in enumerate(reached):
        grouped.setdefault(direction.spec.key, []).append(number)
    made = [
        Part(
            spec_key=key,
            flops_ratio=reached[numbers[0]].flops_ratio,
            reachable=reached[numbers[0]].reachable,
            triples=tuple(triples[number] for number in numbers),
        )
        for key, numbers in grouped.items()
    ]
    return tuple(sorted(made, key=lambda part: -len(part.triples)))


def spread_out(found: Sequence[Part], most: int) -> tuple[Part, ...]:
    """At most so many parts, as far from each other as they can be; the largest is among them."""
    able = [part for part in found if part.reachable]
    if len(able) <= most:
        return tuple(able)
    scale = [
        max(abs(a - b) for a, b in itertools.product(values, values)) or 1.0
        for values in zip(*(_values(part.representative) for part in able), strict=True)
    ]

    def place(part: Part) -> list[float]:
        return [v / s for v, s in zip(_values(part.representative), scale, strict=True)]

    chosen = [able[0]]
    while len(chosen) < most:
        rest = [part for part in able if part not in chosen]
        chosen.append(
            max(rest, key=lambda part: min(_distance(place(part), place(c)) for c in chosen))
        )
    return tuple(chosen)


def identification_space(space: SearchSpace, chosen: Iterable[Part]) -> SearchSpace:
    """The search space whose candidates are these parts.

    The baseline and the published direction at the same FLOPs are trained beside them.
    """
    shares = (part.representative.shares() for part in chosen)
    return space.model_copy(
        update={
            "target": second_target(space.target),
            "axes": None,
            "compare": None,
            "lattice": Lattice(directions=tuple((s.depth, s.width, s.resolution) for s in shares)),
            "references": ("baseline", "published_matched"),
        }
    )


def narrowed(found: Sequence[Part], trained: Collection[str], left: Collection[str]) -> Intervals:
    """The smallest box around the triples that a comparison leaves.

    Args:
        found: every part of the class.
        trained: spec keys of the parts that were trained.
        left: those of them that are still in question.

    A part that was not trained counts as the nearest one that was.
    """
    known = [part for part in found if part.spec_key in trained]

    def judged(part: Part) -> str:
        if part in known:
            return part.spec_key
        here = _values(part.representative)
        nearest = min(known, key=lambda one: _distance(_values(one.representative), here))
        return nearest.spec_key

    kept = [triple for part in found if judged(part) in left for triple in part.triples]
    ends = [(min(values), max(values)) for values in zip(*map(_values, kept), strict=True)]
    return Intervals(*ends)
