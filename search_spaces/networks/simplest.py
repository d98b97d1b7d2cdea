"""The shortest decimal numbers that give the same network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

_DECIMALS = 17
"""More decimals than a float of this size has."""


def simplest(value: float, holds: Callable[[float], bool], *, decimals: int = 0) -> float:
    """The number with the fewest decimals for which `holds` is true, and of those the nearest.

    Args:
        value: a number for which `holds` is true.
        holds: the condition, true on one interval around `value`. If the interval has a number
            with a given number of decimals, then one of the two next to `value` is in it, so no
            others are tried.
        decimals: the fewest decimals to try.
    """
    for places in range(decimals, _DECIMALS):
        unit = 10.0**places
        neighbours = {math.floor(value * unit) / unit, math.ceil(value * unit) / unit}
        for short in sorted(neighbours, key=lambda number: abs(number - value)):
            if holds(short):
                return short
    return value


def simplest_each(
    values: Sequence[float], holds: Callable[[Sequence[float]], bool], *, decimals: int = 0
) -> list[float]:
    """Several numbers, shortened one after another as `simplest` does.

    Args:
        values: numbers for which `holds` is true.
        holds: the condition on all of them together.
        decimals: the fewest decimals to try.
    """
    result = list(values)
    for place, value in enumerate(values):

        def same(short: float, place: int = place) -> bool:
            return holds([*result[:place], short, *result[place + 1 :]])

        result[place] = simplest(value, same, decimals=decimals)
    return result
