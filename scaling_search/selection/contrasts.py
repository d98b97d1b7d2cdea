"""The leader against each other candidate, with joint intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from scaling_search.selection.evidence import Table
from scaling_search.selection.outcome import Comparison, Standing
from search_spaces.sweep_spec import SelectionRule


@lru_cache(maxsize=1024)
def _joint_quantile(confidence: float, candidates: int, freedom: int) -> float:
    """How many standard errors of a difference a joint interval reaches; scipy takes 0.1 s."""
    from scipy import stats  # a second to import, which workers and first trials need not wait for

    studentised = float(stats.studentized_range.ppf(confidence, candidates, freedom))
    return studentised / math.sqrt(2)


def _t_quantile(confidence: float, freedom: int) -> float:
    """Student's t, one-sided."""
    from scipy import stats

    return float(stats.t.ppf(confidence, freedom))


@dataclass(frozen=True)
class Contrasts:
    """What a table of at least two candidates and two seeds says about the row that leads it."""

    table: Table
    leader: int
    rule: SelectionRule

    @property
    def quantile(self) -> float:
        """Standard errors to either side of a gain."""
        return _joint_quantile(self.rule.confidence, len(self.table.entries), self.table.freedom)

    @property
    def seed_part(self) -> float:
        """Variance of a difference of two means that other seeds would cause."""
        return 2 * self.table.residual_variance / len(self.table.seeds)

    def against(self, row: int) -> Comparison:
        """The leader's gain over another row, and how that one stands."""
        table, delta = self.table, self.rule.regret
        gain = float(table.mean[self.leader] - table.mean[row])
        variance = self.seed_part + table.image_variance(self.leader, row)
        half = self.quantile * math.sqrt(variance)
        low, high = gain - half, gain + half
        standing: Standing
        if not table.entries[row].eligible:
            standing = "reference"
        elif low < -delta:
            standing = "undecided"
        else:
            standing = "worse" if low > 0 and high > delta else "equivalent"
        return table.described(row, standing, gain, low, high)

    def above(self, chance: float) -> bool:
        """Whether the leader's own accuracy clearly exceeds `chance`."""
        table = self.table
        by_image = table.correct[self.leader].mean(0)
        error = math.sqrt(float(by_image.var(ddof=1)) / table.images + self.seed_part / 2)
        quantile = _t_quantile(self.rule.confidence, table.freedom)
        return bool(table.mean[self.leader] - quantile * error > chance)

    def settling(self, undecided: Iterable[Comparison]) -> str:
        """How many seeds, or images, would bring every rival's possible lead under δ."""
        table = self.table
        rows = {entry.index: row for row, entry in enumerate(table.entries)}
        seeds, images = len(table.seeds) + 1, 0
        for rival in undecided:
            assert rival.gain is not None
            allowed = ((rival.gain + self.rule.regret) / self.quantile) ** 2
            by_images = table.image_variance(self.leader, rows[rival.index])
            if by_images >= allowed:  # twice what the images alone need leaves the seeds as much
                images = max(images, math.ceil(2 * table.images * by_images / allowed))
            else:
                needed = 2 * table.residual_variance / (allowed - by_images)
                seeds = max(seeds, math.ceil(needed))
        if images:
            return (
                f"no number of seeds would settle it on {table.images:,} validation images: about "
                f"{images:,} would be needed"
            )
        return f"about {seeds:,} seeds would settle it if the gains stay"
