"""Results of each budget of a validation, and which budget to use."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scaling_search.evidence.validity.agreement import Agreement, agreement
from scaling_search.evidence.validity.draws import redrawn, truths
from scaling_search.evidence.validity.regrets import (
    RateEffect,
    Regret,
    own_best,
    rate_effect,
    regret_of,
    regret_of_choosing,
)
from scaling_search.evidence.validity.trials import Stack, TrialsByCandidate, scan, stack
from search_spaces.specs.sweep import SelectionRule


@dataclass(frozen=True)
class Trained:
    """One budget: the candidates of equal FLOPs at every rate that has been trained so far."""

    images: int
    rates: tuple[float, ...]
    trials: tuple[TrialsByCandidate, ...]


@dataclass(frozen=True)
class Ranking:
    """The candidates of a budget at their learning rates, ranked by mean accuracy.

    `agreement` and `regret` are towards the longest budget; None there, and where either has too
    little to compare. `regret` is that of choosing so, by these or other seeds; `choice_regret`
    that of the choice that these seeds made, and `repeated` how often other seeds would make it.
    """

    stack: Stack
    rates: tuple[float, ...]
    agreement: Agreement | None = None
    regret: Regret | None = None
    choice_regret: Regret | None = None
    repeated: float | None = None

    @property
    def leader(self) -> int:
        """Index of the candidate with the highest mean."""
        return self.stack.candidates[int(self.stack.means.argmax())]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        table = self.stack.accuracy
        spread = table.std(axis=1, ddof=1)
        return {
            "leader": self.leader,
            "seeds": list(self.stack.seeds),
            "accuracies": [
                {"candidate": index, "learning_rate": rate, "accuracy": mean, "seed_sd": sd}
                for index, rate, mean, sd in zip(
                    self.stack.candidates,
                    self.rates,
                    self.stack.means.tolist(),
                    spread.tolist(),
                    strict=True,
                )
            ],
            "agreement": self.agreement and self.agreement.to_dict(),
            "regret": self.regret and self.regret.to_dict(),
            "made": self.choice_regret and self.choice_regret.to_dict(),
            "repeated": self.repeated,
        }


@dataclass(frozen=True)
class Effect:
    """What the shared rate does to the choice: its regret under each candidate's own best rate.

    `leaders` are the candidates that lead under the shared rate and under their own; `kendall` is
    the correlation of both ranks; `at_edge` names candidates whose best rate is an end of those
    tried, so that a better one may lie beyond.
    """

    state: RateEffect
    leaders: tuple[int, int]
    kendall: float | None
    regret: Regret
    at_edge: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "state": self.state,
            "leaders": list(self.leaders),
            "kendall": self.kendall,
            "regret": self.regret.to_dict(),
            "at_edge": list(self.at_edge),
        }


@dataclass(frozen=True)
class BudgetResult:
    """One budget: ranked under the shared rate, and under each candidate's own if it was tuned."""

    images: int
    shared: Ranking | None
    tuned: Ranking | None
    effect: Effect | None


def _rankings(
    budget: Trained, shared_rate: float, rule: SelectionRule
) -> tuple[Ranking | None, Ranking | None, Effect | None]:
    at = budget.rates.index(shared_rate) if shared_rate in budget.rates else None
    plain = None if at is None else stack(budget.trials[at])
    shared = None if plain is None else Ranking(plain, (shared_rate,) * len(plain.candidates))
    tried = None if at is None or len(budget.rates) < 2 else scan(budget.trials)
    if at is None or tried is None:
        return shared, None, None
    best = own_best(tried.correct, tried.whole, at)
    tuned = Ranking(
        Stack(tried.candidates, tried.seeds, best.correct),
        tuple(budget.rates[rate] for rate in best.rates),
    )
    effect = _effect(shared, tuned, rule)
    if effect is not None:
        ends = (0, len(budget.rates) - 1)
        edge = zip(tried.candidates, best.rates, strict=True)
        effect = dataclasses.replace(
            effect, at_edge=tuple(index for index, rate in edge if rate in ends)
        )
    return shared, tuned, effect


def _effect(shared: Ranking | None, tuned: Ranking, rule: SelectionRule) -> Effect | None:
    from scipy import stats

    if shared is None:
        return None
    both = [k for k in tuned.stack.candidates if k in shared.stack.candidates]
    ranks = [ranking.stack.only(both).means for ranking in (shared, tuned)]
    flat = any(np.ptp(rank) == 0 for rank in ranks)
    regret = _regret(shared.leader, tuned.stack, rule)
    return Effect(
        state=rate_effect(regret, delta=rule.regret, confidence=rule.confidence),
        leaders=(shared.leader, tuned.leader),
        kendall=None if flat else float(stats.kendalltau(*ranks).statistic),
        regret=regret,
        at_edge=(),
    )


def _regret(choice: int, at: Stack, rule: SelectionRule) -> Regret:
    return regret_of(
        at.candidates.index(choice),
        at.means,
        truths(at.correct, np.random.default_rng(0)),
        delta=rule.regret,
        confidence=rule.confidence,
    )


def _towards(ranking: Ranking | None, long: Stack | None, rule: SelectionRule) -> Ranking | None:
    """A short budget's ranking, compared with the longest budget."""
    if ranking is None or long is None:
        return ranking
    both = [k for k in ranking.stack.candidates if k in long.candidates]
    seeds = [s for s in ranking.stack.seeds if s in long.seeds]
    agrees = None
    if len(both) >= 3 and len(seeds) >= 2:
        here, there = (one.only(both).on(seeds).accuracy for one in (ranking.stack, long))
        agrees = agreement(here, there, rule.confidence)
    if len(both) < 2:
        return dataclasses.replace(ranking, agreement=agrees)
    short, other = ranking.stack.only(both), long.only(both)
    choice = int(short.means.argmax())
    seen = redrawn(short.correct, np.random.default_rng(1))
    true = truths(other.correct, np.random.default_rng(0))
    asked = {"delta": rule.regret, "confidence": rule.confidence}
    lost = regret_of_choosing(seen, other.means, true, observed=choice, **asked)
    if short.candidates[choice] != ranking.leader:  # the longest budget says nothing of that one
        return dataclasses.replace(ranking, agreement=agrees, regret=lost)
    return dataclasses.replace(
        ranking,
        agreement=agrees,
        regret=lost,
        choice_regret=regret_of(choice, other.means, true, **asked),
        repeated=float((seen.argmax(axis=1) == choice).mean()),
    )


def weigh(
    budgets: Sequence[Trained], shared_rate: float, rule: SelectionRule
) -> tuple[BudgetResult, ...]:
    """The results of each budget, cheapest first.

    The longest is the truth that the others are held against: with its own rates tuned where it was
    trained at several, else under the shared one.
    """
    read = [_rankings(budget, shared_rate, rule) for budget in budgets]
    longest = read[-1][1] or read[-1][0]
    truth = None if longest is None else longest.stack
    found = []
    for budget, (shared, tuned, effect) in zip(budgets, read, strict=True):
        if budget is not budgets[-1]:
            shared, tuned = _towards(shared, truth, rule), _towards(tuned, truth, rule)
        found.append(BudgetResult(budget.images, shared, tuned, effect))
    return tuple(found)


@dataclass(frozen=True)
class Recommendation:
    """The cheapest way to choose that is good enough; `tuned`: each candidate at its own rate."""

    images: int
    tuned: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        rate = "each candidate's own" if self.tuned else "shared"
        return {"images": self.images, "learning_rate": rate}


def recommend(
    results: Sequence[BudgetResult], rates: int, rule: SelectionRule
) -> Recommendation | None:
    """The cheapest budget whose choice loses at most δ at the longest, with confidence.

    Tuning costs `rates` times as much. A shared rate that flips ranks is never recommended.
    """
    ways = []
    for found in results[:-1]:
        for tuned, ranking in ((False, found.shared), (True, found.tuned)):
            flips = not tuned and found.effect is not None and found.effect.state == "flips"
            if ranking is None or ranking.regret is None or flips:
                continue
            if ranking.regret.high <= rule.regret:
                cost = found.images * (rates if tuned else 1)
                ways.append((cost, Recommendation(found.images, tuned)))
    return min(ways, key=lambda way: way[0])[1] if ways else None
