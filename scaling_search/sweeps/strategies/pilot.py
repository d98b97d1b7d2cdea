"""The trials of a grid that run first, because they show how noisy the rest will be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scaling_search.sweeps.strategies.ledger import Pick

_CANDIDATES: Final = 4
_SEEDS: Final = 2
_LARGE: Final = 3 * _CANDIDATES * _SEEDS
"""Trials of a sweep from which on a pilot is a small part of it."""


def pilot(eligible: Sequence[int], seeds: Sequence[int], trials: int) -> frozenset[Pick]:
    """Two seeds of a few candidates from all over a plan; none where the sweep is small.

    They show how noisy trials are, and so what a conclusive answer will take, before the rest of
    the budget is spent.

    Args:
        eligible: indices of the candidates that can win, in the order of the plan.
        seeds: of every candidate.
        trials: of the whole grid.
    """
    if len(eligible) < _CANDIDATES or len(seeds) < _SEEDS or trials < _LARGE:
        return frozenset()
    last = len(eligible) - 1
    spread = [eligible[place * last // (_CANDIDATES - 1)] for place in range(_CANDIDATES)]
    return frozenset((index, seed) for seed in seeds[:_SEEDS] for index in spread)
