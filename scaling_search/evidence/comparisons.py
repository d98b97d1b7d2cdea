"""The leader against each other candidate, at matched FLOPs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from results.values import CandidateStanding, Comparison, Gain
from scaling_search.evidence.posterior import Posterior
from scaling_search.evidence.table import Table

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "baseline": ("baseline",),
    "published": ("published_matched", "published"),
}
"""What gains are stated over, and the roles in a plan that stand for it, the better ones first."""


def reference_rows(table: Table) -> dict[str, int]:
    """Rows of the candidates that gains are stated over, by name."""
    found = {}
    for name, roles in REFERENCES.items():
        rows = [row for role in roles for row in table.rows(role)]
        if rows:
            found[name] = rows[0]
    return found


def described(table: Table, row: int, standing: CandidateStanding) -> Comparison:
    """What a row's trials showed, without any comparison."""
    return Comparison(
        index=table.entries[row].index,
        standing=standing,
        accuracy=float(table.mean[row]),
        seed_sd=table.seed_sd(row),
        seeds=int(table.counts[row]),
    )


@dataclass(frozen=True)
class Comparisons:
    """Comparisons of the leader with the others, from a posterior."""

    posterior: Posterior

    def gain_over(self, row: int) -> Gain:
        """The leader's gain over one row, with an interval of its own."""
        leader, surface = self.posterior.leader_row, self.posterior.surface
        off = surface.draws[:, leader] - surface.draws[:, row]
        beside = (1 - self.posterior.rule.confidence) / 2
        low, high = np.quantile(off, (beside, 1 - beside)).tolist()
        gain = float(surface.expected[leader] - surface.expected[row])
        over = self.posterior.table.entries[row].index
        return Gain(over=over, gain=gain, low=low, high=high)

    def gains(self) -> dict[str, Gain]:
        """Over the baseline, and over the published coefficients (the matched ones if trained)."""
        rows = reference_rows(self.posterior.table)
        return {
            name: self.gain_over(row)
            for name, row in rows.items()
            if row != self.posterior.leader_row
        }

    def compared(self) -> dict[int, Comparison]:
        """Every row beside the leader, by row."""
        table, judgement = self.posterior.table, self.posterior.judgement
        found = {}
        for row in range(len(table.entries)):
            if row not in table.eligible:
                over = self.gain_over(row)
                known = described(table, row, "reference")
                found[row] = replace(known, gain=over.gain, low=over.low, high=over.high)
        gain, low, high = judgement.gains
        for column, row in enumerate(table.eligible):
            leads = column == judgement.leader
            found[row] = replace(
                described(table, row, judgement.standings[column]),
                gain=None if leads else float(gain[column]),
                low=None if leads else float(low[column]),
                high=None if leads else float(high[column]),
                probability_best=float(judgement.probability_best[column]),
                probability_within=float(judgement.within[column]),
                expected_regret=float(judgement.expected_regret[column]),
            )
        return found

    def above(self, chance: float) -> bool:
        """Whether the leader's own accuracy clearly exceeds `chance`."""
        table, leader = self.posterior.table, self.posterior.leader_row
        weights = np.eye(len(table.entries))[leader]
        margin = self.posterior.noise.margin(weights, self.posterior.rule.confidence)
        return bool(table.mean[leader] - margin > chance)
