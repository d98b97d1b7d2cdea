"""One seed after the other, each a race; what was stopped has no further seeds."""

from __future__ import annotations

from dataclasses import dataclass

from scaling_search.sweeps.strategies.ledger import OVER, WAIT, Decision, Ledger, Pick, Step


@dataclass(frozen=True)
class Racing:
    """Which trials enter the race; `tune.early_stopping` decides which are stopped.

    With the first seed all candidates race. With each further seed those race that were never
    stopped, against all that ran before. References run with the first seed and are not stopped.

    Args:
        seeds: of a candidate at most, in this order.
        trial_images: training images of a trial that is not stopped.
        max_images: of all trials.
    """

    seeds: tuple[int, ...]
    trial_images: int
    max_images: int | None

    def step(self, ledger: Ledger) -> Step:
        """The trials of a seed, once those of the seed before are over."""
        everyone = tuple(arm.index for arm in ledger.arms)
        first = ledger.missing(everyone, self.seeds[0])
        if first:
            return Step(self._affordable(ledger, first))
        if ledger.is_open:
            return WAIT
        left = tuple(index for index in ledger.eligible if not ledger.is_out(index))
        for seed in self.seeds[1:]:
            missing = ledger.missing(left, seed)
            if not missing:
                continue
            picks = self._affordable(ledger, missing)
            if not picks:
                return Step(decision=Decision("end", "the budget is spent"), over=True)
            stopped = {
                index: "stopped early: others were better after as many epochs"
                for index in ledger.eligible
                if "stopped" in ledger.statuses[index].values()
            }
            why = f"{len(left)} of {len(ledger.eligible)} candidates were never stopped"
            return Step(picks, Decision(f"seed {seed}", why, left, stopped))
        return OVER

    def _affordable(self, ledger: Ledger, picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
        if self.max_images is None or picks[0][1] == self.seeds[0]:
            return picks
        return picks[: max(0, (self.max_images - ledger.images) // self.trial_images)]
