"""Which candidate leads, and whether the evidence says so.

The rules, all of them:

1. Candidates are compared on the seeds that all of them finished; one with a diverged or failed
   trial is out. Only those that satisfy the constraint can lead; the leader has the highest mean.
2. The leader's gain over another candidate has two sources of noise, seeds and validation images:
   variance = 2·s²/S + v/n, where s² is the residual mean square of the two-way table (candidate ×
   seed) with (K − 1)(S − 1) degrees of freedom, and v the variance over the n images of the
   difference in correctness averaged over the S seeds. Intervals are joint over all pairs of the K
   candidates (Tukey's studentised range), because the leader was picked by looking.
3. `inconclusive` if there is one seed, one candidate, a leader not above the share of the largest
   class, a leader not above the baseline (the proxy then rewards no extra FLOPs at all), or if some
   candidate could be better than the leader by more than δ.
4. Otherwise the leader's regret is at most δ. `equivalent` if some candidates are within ±δ of it
   with confidence (they are named with it), `chosen` if none is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from search_spaces.sweep_spec import SelectionRule

Verdict = Literal["chosen", "equivalent", "inconclusive"]
Standing = Literal["leader", "equivalent", "worse", "undecided", "reference", "incomplete"]


@dataclass(frozen=True)
class Evidence:
    """What one candidate's trials showed: correctness of every validation image, by seed.

    `correct` maps a seed to (n,) bool; `lost` counts trials that diverged or failed.
    """

    index: int
    eligible: bool
    baseline: bool
    correct: dict[int, NDArray[np.bool_]]
    lost: int = 0


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the leader; accuracies and gains are fractions, intervals are joint."""

    index: int
    standing: Standing
    accuracy: float | None
    seed_sd: float | None
    gain: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outcome:
    """The verdict with its grounds.

    `leader` and `region` hold candidate indices; `region` are those as good as the leader, which is
    among them, when the verdict is `equivalent`. `between_candidates_sd` is the spread of the
    candidates' means, `seed_sd` the pooled spread of one candidate's seeds.
    """

    verdict: Verdict
    leader: int | None
    region: tuple[int, ...]
    why: tuple[str, ...]
    seeds: int
    chance: float
    regret_bound: float | None
    between_candidates_sd: float | None
    seed_sd: float | None
    comparisons: tuple[Comparison, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["region"], values["why"] = list(self.region), list(self.why)
        values["comparisons"] = [
            {name: getattr(row, name) for name in Comparison.__dataclass_fields__}
            for row in self.comparisons
        ]
        return values


@dataclass(frozen=True)
class _Table:
    """The complete part of the evidence: accuracies (K, S), correctness (K, S, n)."""

    entries: tuple[Evidence, ...]
    seeds: tuple[int, ...]
    correct: NDArray[np.bool_]

    @property
    def accuracy(self) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = self.correct.mean(axis=2)
        return mean

    @property
    def residual_freedom(self) -> int:
        return (len(self.entries) - 1) * (len(self.seeds) - 1)

    def residual_variance(self) -> float:
        """s² of the additive model candidate + seed."""
        table = self.accuracy
        residual = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
        return float(np.square(residual).sum() / self.residual_freedom)

    def image_variance(self, one: int, other: int) -> float:
        """Variance of the mean difference that another draw of images would cause (v / n)."""
        difference = self.correct[one].mean(0) - self.correct[other].mean(0)
        return float(difference.var(ddof=1) / len(difference))


def _complete(evidence: Sequence[Evidence]) -> _Table:
    usable = [entry for entry in evidence if entry.correct and not entry.lost]
    common = set.intersection(*(set(entry.correct) for entry in usable)) if usable else set()
    seeds = tuple(sorted(common))
    stacked = [[entry.correct[seed] for seed in seeds] for entry in usable] if seeds else []
    return _Table(tuple(usable) if seeds else (), seeds, np.array(stacked, dtype=np.bool_))


def _points(value: float) -> str:
    return f"{100 * value:.2f} points"


def _settle(table: _Table, gains: list[tuple[float, float]], quantile: float, delta: float) -> str:
    """How many seeds, or images, would bring every candidate's possible lead under δ."""
    seed_variance = table.residual_variance()
    needed = 0
    for gain, image_variance in gains:
        allowed = ((gain + delta) / quantile) ** 2 - image_variance
        if allowed <= 0:
            images = table.correct.shape[2] * image_variance * (quantile / (gain + delta)) ** 2
            return (
                f"no number of seeds would settle it on {table.correct.shape[2]} validation "
                f"images: about {math.ceil(2 * images):,} would be needed"
            )
        needed = max(needed, math.ceil(2 * seed_variance / allowed))
    return f"about {max(needed, len(table.seeds) + 1)} seeds would settle it if the gains stay"


def select(evidence: Sequence[Evidence], rule: SelectionRule, chance: float) -> Outcome:
    """Leader and verdict by the rules at the top of this file.

    Args:
        evidence: one entry a candidate.
        rule: δ and the joint confidence.
        chance: accuracy of always naming the validation split's largest class.
    """
    table = _complete(evidence)
    accuracy = table.accuracy.mean(1) if table.entries else np.zeros(0)
    seed_count = len(table.seeds)
    spread = table.accuracy.std(1, ddof=1) if seed_count > 1 else None
    position = {entry.index: row for row, entry in enumerate(table.entries)}
    eligible = [row for row, entry in enumerate(table.entries) if entry.eligible]
    leader = max(eligible, key=lambda row: accuracy[row]) if eligible else None

    def plain(entry: Evidence, standing: Standing) -> Comparison:
        row = position.get(entry.index)
        if row is None:
            return Comparison(entry.index, "incomplete", None, None)
        sd = None if spread is None else float(spread[row])
        return Comparison(entry.index, standing, float(accuracy[row]), sd)

    def outcome(verdict: Verdict, why: list[str], **more: Any) -> Outcome:
        between = float(np.std(accuracy[eligible], ddof=1)) if len(eligible) > 1 else None
        within = None if spread is None else float(np.sqrt(np.mean(np.square(spread))))
        rows = [plain(e, "undecided" if e.eligible else "reference") for e in evidence]
        values: dict[str, Any] = {
            "region": (),
            "regret_bound": None,
            "comparisons": tuple(rows),
        } | more
        return Outcome(
            verdict=verdict,
            leader=None if leader is None else table.entries[leader].index,
            why=tuple(why),
            seeds=seed_count,
            chance=chance,
            between_candidates_sd=between,
            seed_sd=within,
            **values,
        )

    if leader is None:
        return outcome("inconclusive", ["no eligible candidate finished a trial for every seed"])
    if seed_count < 2:
        return outcome("inconclusive", ["one seed says nothing about noise: train at least two"])
    if len(eligible) < 2:
        return outcome("inconclusive", ["only one candidate could win, so nothing was compared"])

    freedom = table.residual_freedom
    quantile = float(
        stats.studentized_range.ppf(rule.confidence, len(table.entries), freedom) / math.sqrt(2)
    )
    seed_part = 2 * table.residual_variance() / seed_count
    comparisons, contested = [], []
    undecided: list[int] = []
    region = [table.entries[leader].index]
    above_baseline = True
    regret_bound = 0.0
    for entry in evidence:
        row = position.get(entry.index)
        if row is None or row == leader:
            comparisons.append(plain(entry, "leader"))
            continue
        gain = float(accuracy[leader] - accuracy[row])
        image_part = table.image_variance(leader, row)
        half = quantile * math.sqrt(seed_part + image_part)
        low, high = gain - half, gain + half
        standing: Standing = "undecided"
        if not entry.eligible:
            standing = "reference"
            if entry.baseline:
                above_baseline = low > 0
        else:
            regret_bound = max(regret_bound, -low)
            if -low > rule.regret:
                contested.append((gain, image_part))
                undecided.append(entry.index)
            elif high <= rule.regret:
                standing = "equivalent"
                region.append(entry.index)
            elif low > 0:
                standing = "worse"
        base = plain(entry, standing)
        comparisons.append(
            Comparison(entry.index, standing, base.accuracy, base.seed_sd, gain, low, high)
        )

    result: dict[str, Any] = {"comparisons": tuple(comparisons), "regret_bound": regret_bound}
    confidence = f"{100 * rule.confidence:g}%"
    draws = table.correct[leader].mean(0)
    leader_se = math.sqrt(float(draws.var(ddof=1)) / len(draws) + seed_part / 2)
    if accuracy[leader] - stats.t.ppf(rule.confidence, freedom) * leader_se <= chance:
        why = (
            f"the leader's accuracy {accuracy[leader]:.3f} is not clearly above chance {chance:.3f}"
        )
        return outcome("inconclusive", [why + ": train longer"], **result)
    why_not = []
    if not above_baseline:
        why_not.append(
            "the leader is not clearly above the unscaled baseline, so this proxy rewards no extra "
            "FLOPs and cannot say where to spend them: train longer, or on a harder task"
        )
    if contested:
        why_not.append(
            f"{len(undecided)} of {len(eligible) - 1} rivals could be better than the leader by "
            f"more than {_points(rule.regret)} ({confidence} joint confidence; up to "
            f"{_points(regret_bound)}); {_settle(table, contested, quantile, rule.regret)}"
        )
    if why_not:
        return outcome("inconclusive", why_not, **result)
    grounds = [
        f"no rival is better than the leader by more than {_points(regret_bound)} "
        f"({confidence} joint confidence over {seed_count} seeds and "
        f"{table.correct.shape[2]:,} validation images)"
    ]
    if len(region) > 1:
        grounds.append(f"{len(region) - 1} rivals are within ±{_points(rule.regret)} of it")
        return outcome("equivalent", grounds, region=tuple(region), **result)
    return outcome("chosen", grounds, **result)
