"""Every candidate with every seed."""

from __future__ import annotations

from dataclasses import dataclass

from scaling_search.sweeps.strategies.ledger import OVER, WAIT, Decision, Ledger, Step


@dataclass(frozen=True)
class Grid:
    """The whole plan, seed by seed, as far as the budget goes.

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
        if missing:
            return Step(missing, decision)
        return WAIT if ledger.is_open else OVER
