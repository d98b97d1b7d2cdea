"""What a choice loses, under the shared learning rate and under each candidate's own best one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.validity.agreement import Accuracies
from scaling_search.evidence.validity.draws import Correct

RateEffect = Literal["agrees", "flips", "unclear"]


@dataclass(frozen=True)
class OwnBest:
    """Each candidate at its best learning rate.

    `correct` is (K, S, n): of each seed at the rate that the *other* seeds found best, so that the
    best of several noisy rates does not look better than it is. `rates` is the index of the best
    rate by all seeds, (K,).
    """

    correct: Correct
    rates: NDArray[np.intp]


def own_best(correct: NDArray[np.bool_], whole: NDArray[np.bool_], shared: int) -> OwnBest:
    """Tune the learning rate of each candidate.

    Args:
        correct: (R rates, K, S, n) correctness; S ≥ 2.
        whole: (R, K), False where a trial diverged or failed: that rate is no choice there. Each
            candidate has at least one.
        shared: index of the rate that all share, which wins ties.
    """
    accuracy = np.where(whole[:, :, None], correct.mean(axis=3), -1.0)
    rates, candidates, seeds = accuracy.shape
    order = sorted(range(rates), key=lambda rate: abs(rate - shared))

    def best(scores: Accuracies) -> int:
        return max(order, key=lambda rate: scores[rate])  # of equals the first

    chosen = np.array([best(accuracy[:, k].mean(axis=1)) for k in range(candidates)], dtype=np.intp)
    tuned = np.empty(correct.shape[1:], dtype=np.bool_)
    for k in range(candidates):
        for seed in range(seeds):
            others = np.delete(accuracy[:, k], seed, axis=1).mean(axis=1)
            tuned[k, seed] = correct[best(others), k, seed]
    return OwnBest(tuned, chosen)


@dataclass(frozen=True)
class Regret:
    """What a choice loses against the best candidate, as accuracy.

    Attributes:
        observed: by the means as they are, which flatters whatever came out best.
        expected: mean over what the true accuracies may be.
        high: not exceeded with the stated confidence.
        beyond: probability that it exceeds δ.
        beaten: probability that the candidate with the highest mean is truly better.
    """

    observed: float
    expected: float
    high: float
    beyond: float
    beaten: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return dataclasses.asdict(self)


def regret_of(
    choice: int, means: Accuracies, true: Accuracies, *, delta: float, confidence: float
) -> Regret:
    """The regret of a choice among K candidates.

    Args:
        choice: its row.
        means: (K,) as observed.
        true: (draws, K) what may be true.
        delta: the regret that is allowed.
        confidence: of `high`.
    """
    lost = true.max(axis=1) - true[:, choice]
    return Regret(
        observed=float(means.max() - means[choice]),
        expected=float(lost.mean()),
        high=float(np.quantile(lost, confidence)),
        beyond=float((lost > delta).mean()),
        beaten=float((true[:, int(means.argmax())] > true[:, choice]).mean()),
    )


def regret_of_choosing(
    seen: Accuracies,
    means: Accuracies,
    true: Accuracies,
    *,
    observed: int,
    delta: float,
    confidence: float,
) -> Regret:
    """The regret of choosing by trials that might as well have come out otherwise.

    The choice that was made may be right by luck; what a budget is worth is what choices made with
    it lose.

    Args:
        seen: (draws, K) what the trials chosen by might have shown.
        means: (K,) of the trials judged by, as observed.
        true: (draws, K) what may be true there.
        observed: row of the choice that was made.
        delta: the regret that is allowed.
        confidence: of `high`.
    """
    chosen = true[np.arange(len(true)), seen.argmax(axis=1)]
    lost = true.max(axis=1) - chosen
    return Regret(
        observed=float(means.max() - means[observed]),
        expected=float(lost.mean()),
        high=float(np.quantile(lost, confidence)),
        beyond=float((lost > delta).mean()),
        beaten=float((true[:, int(means.argmax())] > chosen).mean()),
    )


def rate_effect(regret: Regret, *, delta: float, confidence: float) -> RateEffect:
    """Whether the shared rate chooses as each candidate's own would.

    `flips`: what leads under tuned rates is better, with confidence, and more than δ is expected to
    be lost. `agrees`: not more than δ is lost, with confidence.
    """
    if regret.beaten >= confidence and regret.expected > delta:
        return "flips"
    return "agrees" if regret.high <= delta else "unclear"
