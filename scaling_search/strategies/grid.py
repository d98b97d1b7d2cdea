"""Every candidate with every seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scaling_search.strategies.ledger import OVER, WAIT, Decision, Ledger, Pick, Step

PILOTS: Final = 4
PILOT_SEEDS: Final = 2
_LARGE: Final = 3 * PILOTS * PILOT_SEEDS
"""Trials of a sweep from which on a pilot is a small part of it."""


@dataclass(frozen=True)
class Grid:
    """The whole plan, seed by seed, as far as the budget goes.

    A large one begins with a pilot: two seeds of a few candidates from all over the plan, which
    show how noisy trials are, and so what a conclusive answer will take, before the rest is spent.

    Args:
        seeds: of every candidate.
        trial_images: training images of a trial.
        max_images: of all trials; seeds that do not fit for every candidate are left out.
    """

    seeds: tuple[int, ...]
    trial_images: int
    max_images: int | None

    def step(self, ledger: Ledger) -> Step:
        """All trials at once."""
        indices = tuple(arm.index for arm in ledger.arms)
        seeds, decision = self.seeds, None
        if self.max_images is not None:
            fit = self.max_images // (len(indices) * self.trial_images)
            if fit < len(seeds):
                decision = Decision(
                    "budget",
                    f"{self.max_images:,} training images are enough for {fit} of {len(seeds)} "
                    f"seeds of {len(indices)} candidates",
                )
                seeds = seeds[:fit]
        missing = tuple(pick for seed in seeds for pick in ledger.missing(indices, seed))
        pilot = self._pilot(ledger, seeds)
        first = tuple(pick for pick in missing if pick in pilot)
        if first:
            return Step(first, decision)
        if any(ledger.trials[pick] == "open" for pick in pilot):
            return WAIT
        if missing:
            return Step(missing, decision)
        return WAIT if ledger.is_open else OVER

    @staticmethod
    def _pilot(ledger: Ledger, seeds: tuple[int, ...]) -> frozenset[Pick]:
        able = ledger.eligible
        if len(able) < PILOTS or len(ledger.arms) * len(seeds) < _LARGE:
            return frozenset()
        spread = {able[place * (len(able) - 1) // (PILOTS - 1)] for place in range(PILOTS)}
        return frozenset((index, seed) for seed in seeds[:PILOT_SEEDS] for index in spread)
