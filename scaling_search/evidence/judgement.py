"""From a distribution of accuracies to a leader, a standing for every rival, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from results.states import Verdict
from results.values import CandidateStanding
from scaling_search.evidence.noise import Floats
from search_spaces.specs.sweep import SelectionRule

_ONE_SD = (0.1587, 0.8413)
"""Quantiles of a normal distribution one standard deviation to either side of its mean."""


@dataclass(frozen=True)
class Judgement:
    """What follows for E candidates that can win, in the order of the columns.

    Args:
        expected: their accuracies, shape (E,).
        draws: joint draws of them, shape (DRAWS, E).
        rule: δ and the confidence.
        unseen: draws of candidates that could win too, but have no trial, (DRAWS, U).
    """

    expected: Floats
    draws: NDArray[np.floating]
    rule: SelectionRule
    unseen: NDArray[np.floating]

    @cached_property
    def leader(self) -> int:
        """Column of the one that is expected to be the most accurate."""
        return int(self.expected.argmax())

    @cached_property
    def _regrets(self) -> NDArray[np.floating]:
        """Draws of what each loses against the best, (DRAWS, E)."""
        regrets: NDArray[np.floating] = self._best[:, None] - self.draws
        return regrets

    @cached_property
    def _best(self) -> NDArray[np.floating]:
        """Draws of the best accuracy of all that could win, seen or not, (DRAWS,)."""
        best: NDArray[np.floating] = np.maximum(
            self.draws.max(axis=1), self.unseen.max(axis=1, initial=0.0)
        )
        return best

    @cached_property
    def probability_best(self) -> Floats:
        """Shape (E,); they sum to 1, but for the probability that an unseen one is best."""
        best = self.draws == self._best[:, None]
        as_good = best.sum(axis=1) + (self.unseen == self._best[:, None]).sum(axis=1)
        found: Floats = (best / as_good[:, None]).mean(axis=0)  # at 100% many are equal
        return found

    @cached_property
    def expected_regret(self) -> Floats:
        """What each is expected to lose against the best (accuracy), (E,)."""
        lost = float(self._regrets[:, self.leader].mean(dtype=np.float64))
        found: Floats = lost + self.expected[self.leader] - self.expected
        return found

    @cached_property
    def within(self) -> Floats:
        """Probability that each loses at most δ against the best, (E,)."""
        found: Floats = (self._regrets <= self.rule.regret).mean(axis=0)
        return found

    @property
    def certainty(self) -> float:
        """Probability that the leader loses at most δ."""
        return float(self.within[self.leader])

    @property
    def regret_bound(self) -> float:
        """What the leader loses at most, with the confidence asked for."""
        return float(np.quantile(self._regrets[:, self.leader], self.rule.confidence))

    @cached_property
    def gains(self) -> tuple[Floats, Floats, Floats]:
        """The leader's gain over each, and the ends of intervals that hold all of them at once."""
        off = self.draws[:, [self.leader]] - self.draws
        low, high = np.quantile(off, _ONE_SD, axis=0)
        gain = self.expected[self.leader] - self.expected
        deviation = np.maximum((high - low) / 2, 1e-6)
        farthest = np.abs((off - gain) / deviation).max(axis=1)
        half = np.quantile(farthest, self.rule.confidence) * deviation
        return gain, gain - half, gain + half

    @cached_property
    def standings(self) -> tuple[CandidateStanding, ...]:
        """Of each column."""
        sure = self.certainty >= self.rule.confidence
        found: list[CandidateStanding] = []
        for column, (within, low) in enumerate(zip(self.within, self.gains[1], strict=True)):
            if column == self.leader:
                found.append("leader")
            elif sure and within >= self.rule.confidence:
                found.append("equivalent")
            else:
                found.append("worse" if low > 0 else "undecided")
        return tuple(found)

    @property
    def verdict(self) -> Verdict:
        """By the rules of this package."""
        if self.certainty < self.rule.confidence:
            return Verdict.INCONCLUSIVE
        rivals = {standing for standing in self.standings if standing != "leader"}
        alone = rivals == {"worse"} and not self.unseen.size
        return Verdict.CHOSEN if alone else Verdict.EQUIVALENT
