"""How well two budgets agree on candidates, once the noise of both is taken out of the figure.

Accuracies are tables of shape (K candidates, S seeds), in the same order of both. A mean over seeds
is a true value plus noise; the two-way analysis of variance (candidate × seed) tells how much of
the spread between candidates is either. Reliability is the true part of it (the intraclass
correlation ICC(3, k) of Shrout and Fleiss 1979); two noisy measurements of the same true values
correlate by the root of the product of their reliabilities at best: that is the ceiling, and the
correlation over the ceiling is the disattenuated one (Spearman 1904).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Accuracies = NDArray[np.float64]


def _centred(table: Accuracies) -> tuple[Accuracies, Accuracies]:
    """Candidates' means around their own mean, (K,), and what is left without seeds, (K, S)."""
    means = table.mean(axis=1)
    residual = table - means[:, None] - table.mean(axis=0) + table.mean()
    return means - means.mean(), residual


def between(one: Accuracies, other: Accuracies) -> float:
    """Covariance between candidates of the true values behind two tables; of one: its variance.

    Noise that both share seed by seed (the same initial weights, say) does not count. It may come
    out below 0 where there is little to find.
    """
    candidates, seeds = one.shape
    (a, left), (b, right) = _centred(one), _centred(other)
    explained = float(np.dot(a, b)) * seeds / (candidates - 1)
    noise = float((left * right).sum()) / ((candidates - 1) * (seeds - 1))
    return float((explained - noise) / seeds)


def seed_noise(table: Accuracies) -> float:
    """Variance of a candidate's mean that other seeds would cause, without what all share."""
    candidates, seeds = table.shape
    _, residual = _centred(table)
    return float(np.square(residual).sum() / ((candidates - 1) * (seeds - 1) * seeds))


def reliability(table: Accuracies) -> float:
    """The true part of the spread between candidates' means, 0 to 1."""
    true = max(0.0, between(table, table))
    whole = true + seed_noise(table)
    return true / whole if whole else 0.0


@dataclass(frozen=True)
class Agreement:
    """How two budgets agree on K candidates.

    Attributes:
        candidates: K.
        pearson, kendall: of the means, as they are.
        pearson_ceiling, kendall_ceiling: what they would be on average if the true values agreed
            perfectly, through the noise that there is.
        disattenuated: `pearson` without the noise, −1 to 1; None where the candidates cannot be
            told apart at one of the budgets, so that there is nothing to agree on.
        low, high: its interval, from Fisher's z over the candidates; −1 and 1 for fewer than four.
    """

    candidates: int
    pearson: float | None
    pearson_ceiling: float
    kendall: float | None
    kendall_ceiling: float
    disattenuated: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return dataclasses.asdict(self)


def _within(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _fisher(pearson: float, candidates: int, confidence: float) -> tuple[float, float]:
    """Two-sided interval of a correlation."""
    if candidates < 4:
        return -1.0, 1.0
    from scipy import stats

    reach = float(stats.norm.ppf((1 + confidence) / 2)) / math.sqrt(candidates - 3)
    z = math.atanh(max(-0.999999, min(0.999999, pearson)))
    return math.tanh(z - reach), math.tanh(z + reach)


def agreement(short: Accuracies, long: Accuracies, confidence: float) -> Agreement:
    """How the ranks at two budgets agree, beside what noise allows.

    Args:
        short: shape (K, S), of K ≥ 3 candidates and S ≥ 2 seeds.
        long: the same of the longer budget.
        confidence: of the interval.
    """
    from scipy import stats

    ceiling = math.sqrt(reliability(short) * reliability(long))
    a, b = short.mean(axis=1), long.mean(axis=1)
    flat = bool(np.ptp(a) == 0 or np.ptp(b) == 0)
    pearson = None if flat else float(np.corrcoef(a, b)[0, 1])
    kendall = None if flat else float(stats.kendalltau(a, b).statistic)
    disattenuated = low = high = None
    if ceiling > 0 and pearson is not None:
        true = math.sqrt(between(short, short) * between(long, long))
        disattenuated = _within(between(short, long) / true)
        low, high = (_within(end / ceiling) for end in _fisher(pearson, len(a), confidence))
    return Agreement(
        candidates=len(a),
        pearson=pearson,
        pearson_ceiling=ceiling,
        kendall=kendall,
        # of two normal variables with this correlation
        kendall_ceiling=2 / math.pi * math.asin(ceiling),
        disattenuated=disattenuated,
        low=low,
        high=high,
    )
