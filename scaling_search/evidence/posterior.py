"""The posterior of every candidate's accuracy, from whatever trials there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.judgement import Judgement
from scaling_search.evidence.noise import Floats, Noise, measured
from scaling_search.evidence.remedies import UNSTABLE, remedies
from scaling_search.evidence.surface import MOST, Surface, fit_surface
from scaling_search.evidence.table import Evidence, Table
from search_spaces.human import plural
from search_spaces.specs.sweep import SelectionRule

_NAMED = 3
"""Unusable trials that are named one by one."""


@dataclass(frozen=True)
class Posterior:
    """The distribution of the candidates' accuracies at matched FLOPs.

    Made by `infer`. Rows are those of `table`, which holds candidates with a finished trial; only
    those in `table.eligible` can win. What is given by index is by number in the plan.
    """

    table: Table
    rule: SelectionRule
    noise: Noise
    unseen: tuple[Evidence, ...] = ()
    """Candidates that could win and are not in the table for want of trials: stopped early, never
    trained, or one of their trials failed."""

    @cached_property
    def doublings(self) -> float:
        """log2 of the FLOPs where candidates are compared: the middle of the eligible ones."""
        return float(self.table.places[self.table.eligible, 3].mean())

    @cached_property
    def matched(self) -> Floats:
        """Where candidates are compared, (K, 4): at those FLOPs, the baseline at its own."""
        matched = self.table.places.copy()
        moved = np.ones(len(matched), dtype=np.bool_)
        moved[self.table.rows("baseline")] = False
        matched[moved, 3] = self.doublings
        return matched

    @cached_property
    def _elsewhere(self) -> Floats:
        """Where those `unseen` are, or many of them from all over, (U, 4)."""
        some = np.linspace(0, len(self.unseen) - 1, min(len(self.unseen), MOST)).astype(int)
        return np.array([self.unseen[number].place for number in some]).reshape(-1, 4)

    @cached_property
    def unseen_matched(self) -> Floats:
        """Those places at the FLOPs where candidates are compared, (U, 4)."""
        matched = self._elsewhere.copy()
        matched[:, 3] = self.doublings
        return matched

    @cached_property
    def surface(self) -> Surface:
        """Of all rows, and below them of those `unseen`, or many of them from all over."""
        places, matched = self.table.places, self.matched
        if self.unseen:
            places = np.concatenate([places, self._elsewhere])
            matched = np.concatenate([matched, self.unseen_matched])
        return fit_surface(places, matched, self.noise.means, self.noise.errors)

    def at(self, places: Floats) -> tuple[Floats, Floats]:
        """Mean accuracy of networks at places (N, 4), and the covariance: (N,), (N, N)."""
        table, count = self.table.places, len(self.table.entries)
        surface = fit_surface(
            np.concatenate([table, places]),
            np.concatenate([self.matched, places]),
            self.noise.means,
            self.noise.errors,
        )
        return surface.expected[count:], np.cov(surface.draws[:, count:], rowvar=False)

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """The candidates that can win, by index."""
        return tuple(self.table.entries[row].index for row in self.table.eligible)

    @cached_property
    def draws(self) -> NDArray[np.float32]:
        """Joint draws of the accuracies of `indices`, shape (DRAWS, E)."""
        return self.surface.draws[:, self.table.eligible]

    @cached_property
    def judgement(self) -> Judgement:
        """What follows for `indices`, in their order."""
        return Judgement(
            self.surface.expected[self.table.eligible],
            self.draws,
            self.rule,
            self.surface.draws[:, len(self.table.entries) :],
        )

    @property
    def leader(self) -> int:
        """Index of the candidate that is expected to be the most accurate."""
        return self.indices[self.judgement.leader]

    @property
    def leader_row(self) -> int:
        """Its row."""
        return self.table.eligible[self.judgement.leader]

    @property
    def certainty(self) -> float:
        """Probability that the leader loses at most δ."""
        return self.judgement.certainty

    def clears(self, role: str) -> bool:
        """Whether the leader is above the candidates with a role, by an interval of its own each.

        It is where there is none of them.
        """
        beside = (1 - self.rule.confidence) / 2
        over = (
            self.surface.draws[:, [self.leader_row]] - self.surface.draws[:, self.table.rows(role)]
        )
        return bool((np.quantile(over, beside, axis=0) > 0).all())

    @property
    def probability_best(self) -> dict[int, float]:
        """By index; they sum to 1, but for the probability that an unseen one is best."""
        return self._by_index(self.judgement.probability_best)

    @property
    def expected_regret(self) -> dict[int, float]:
        """By index: what each is expected to lose (accuracy) against the best."""
        return self._by_index(self.judgement.expected_regret)

    @property
    def probability_within(self) -> dict[int, float]:
        """By index: probability that it loses at most δ against the best."""
        return self._by_index(self.judgement.within)

    def _by_index(self, values: Floats) -> dict[int, float]:
        return dict(zip(self.indices, values.tolist(), strict=True))


def _nobody(evidence: Sequence[Evidence], table: Table, unstable: str) -> str:
    """Why no candidate that could win has trials that can be used."""
    able = [entry for entry in evidence if entry.eligible]
    lost = [entry for entry in able if entry.lost]
    if table.unusable:
        return f"no candidate that could win has trials that can be used: {unusable(table)}"
    trials = sum(entry.lost for entry in evidence)
    if trials and not any(entry.failed or entry.correct for entry in evidence):
        return f"{'all ' if trials > 1 else ''}{plural(trials, 'trial')} diverged: {unstable}"
    if lost:
        others = "" if len(lost) == len(able) else ", the others finished none"
        told = remedies(
            sum(entry.lost for entry in lost), sum(entry.failed for entry in lost), unstable
        )
        return (
            f"{len(lost)} of {plural(len(able), 'candidate')} that could win lost a trial{others}: "
            f"of their trials {told}"
        )
    return "no candidate that could win has finished a trial"


def unusable(table: Table) -> str:
    """Which finished trials cannot be used, and why: the first few, and how many more."""
    told, more = list(table.unusable[:_NAMED]), len(table.unusable) - _NAMED
    return "; ".join([*told, f"and {more:,} more"] if more > 0 else told)


def why_not(evidence: Sequence[Evidence], table: Table, unstable: str = UNSTABLE) -> str | None:
    """Why nothing can be believed of these trials; None if something can."""
    if not table.eligible:
        return _nobody(evidence, table, unstable)
    if max(table.counts[table.eligible]) < 2:
        return "one seed says nothing about noise: train at least two"
    if len(table.eligible) < 2:
        return "only one candidate could win, so nothing was compared"
    return None


def infer(evidence: Sequence[Evidence], rule: SelectionRule) -> Posterior | None:
    """What trials say so far; candidates may have different numbers of seeds.

    Args:
        evidence: one entry a candidate. Those that lost a trial are left out; of those without
            trials, or whose trials failed, the surface says what they may reach.
        rule: δ and the confidence.

    Returns:
        None while nothing can be said: no two candidates that can win, or no two seeds that two
        candidates share, so that the noise is unknown.
    """
    table = Table.of(evidence)
    if why_not(evidence, table) is not None:
        return None
    noise = measured(table)
    unseen = tuple(one for one in evidence if one.eligible and one.is_open)
    return None if noise is None else Posterior(table, rule, noise, unseen)
