"""The leader again, with seeds that had no part in choosing it."""

from __future__ import annotations

from dataclasses import dataclass

from scaling_search.evidence import select
from scaling_search.sweeps.strategies.ledger import OVER, WAIT, Decision, Ledger, Step
from search_spaces.human import plural
from search_spaces.specs.sweep import SelectionRule

_COMPARED_WITH = ("baseline", "published", "published_matched")


@dataclass(frozen=True)
class Confirmation:
    """The leader, the baseline and the published coefficients, with fresh seeds.

    The leader of many noisy candidates was also lucky: its mean over the seeds that chose it is too
    high. Trials of other seeds are not.

    Args:
        rule: δ and the confidence.
        chance: accuracy of always naming the largest class.
        seeds: the fresh ones.
    """

    rule: SelectionRule
    chance: float
    seeds: tuple[int, ...]

    def step(self, ledger: Ledger) -> Step:
        """All of it at once, when the search is over."""
        leader = select(ledger.evidence, self.rule, self.chance).leader
        if leader is None or not self.seeds:
            return OVER
        chosen = [leader]
        chosen += [
            arm.index
            for arm in ledger.arms
            if arm.index != leader and not set(arm.roles).isdisjoint(_COMPARED_WITH)
        ]
        indices = tuple(sorted(chosen))
        missing = tuple(pick for seed in self.seeds for pick in ledger.missing(indices, seed))
        if missing:
            seeds = plural(len(self.seeds), "fresh seed")
            why = f"candidate {leader} leads: trained again with {seeds}"
            return Step(missing, Decision(f"confirmation of {leader}", why, kept=indices))
        return WAIT if ledger.is_open else OVER
