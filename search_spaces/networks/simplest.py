"""Numbers that are short enough to be typed again, and still mean the same network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_DECIMALS = 17
"""More than a float of this size can hold."""


def simplest(value: float, holds: Callable[[float], bool], *, decimals: int = 0) -> float:
    """The number of fewest decimals that means the same as `value`, and of those the nearest.

    Args:
        value: a number for which `holds` is true.
        holds: whether another number means the same; true on one interval around `value`. An
            interval that holds any number of so many decimals holds one of the two beside `value`,
            so that no other is tried.
        decimals: try none with fewer than these.
    """
    for places in range(decimals, _DECIMALS):
        unit = 10.0**places
        beside = {math.floor(value * unit) / unit, math.ceil(value * unit) / unit}
        for short in sorted(beside, key=lambda number: abs(number - value)):
            if holds(short):
                return short
    return value


def simplest_each(
    values: Sequence[float], holds: Callable[[Sequence[float]], bool], *, decimals: int = 0
) -> list[float]:
    """Several numbers, shortened one after another as `simplest` does.

    Args:
        values: numbers for which `holds` is true.
        holds: whether others mean the same together.
        decimals: try none with fewer than these.
    """
    found = list(values)
    for place, value in enumerate(values):

        def same(short: float, place: int = place) -> bool:
            return holds([*found[:place], short, *found[place + 1 :]])

        found[place] = simplest(value, same, decimals=decimals)
    return found
