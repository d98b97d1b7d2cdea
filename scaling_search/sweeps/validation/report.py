"""The report of a validation, from what the record holds of it; works at any point of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from results.states import TrialState
from results.store import Store
from results.values import Candidate, Trial, ValidationSweep
from scaling_search.evidence.validity.budgets import (
    BudgetResult,
    Recommendation,
    Trained,
    recommend,
    weigh,
)
from scaling_search.evidence.validity.trials import TrialsByCandidate, trials_of
from scaling_search.sweeps.conclusion import gather
from scaling_search.sweeps.validation.objections import withhold_conclusions
from scaling_search.sweeps.validation.running import is_over
from scaling_search.sweeps.validation.sentences import reasons
from search_spaces.specs.validation import ValidationSpec


def conclude_validation(store: Store, validation_id: int, spec: ValidationSpec) -> dict[str, Any]:
    """Weigh what has been trained, store the report and return it.

    Searches that concluded under a learning rate which now turns out to choose wrongly become
    inconclusive.
    """
    rows = store.validation_sweeps(validation_id)
    complete = len(rows) == len(list(spec.variants())) and all(
        is_over(store, row.sweep_id) for row in rows
    )
    report = _report(store, spec, rows, complete=complete)
    store.set_validation_report(validation_id, report, finished=complete)
    withhold_conclusions(store, validation_id, report)
    return report


def _report(
    store: Store, spec: ValidationSpec, rows: Sequence[ValidationSweep], *, complete: bool
) -> dict[str, Any]:
    rule = spec.sweep.selection
    held: dict[tuple[int, float], TrialsByCandidate] = {
        (row.images, row.learning_rate): trials_of(gather(store, row.sweep_id)) for row in rows
    }
    budgets = []
    for images in spec.trained_budgets:
        rates = tuple(rate for rate in spec.rates_at(images) if (images, rate) in held)
        # A budget is tuned once all of its rates are there.
        whole = len(rates) == len(spec.rates_at(images))
        shown = rates if whole else tuple(rate for rate in rates if rate == spec.shared_rate)
        budgets.append(Trained(images, shown, tuple(held[images, rate] for rate in shown)))
    results = weigh(budgets, spec.shared_rate, rule)
    chosen = recommend(results, len(spec.trained_rates), rule)
    costs = {images: _cost(store, rows, images) for images in spec.trained_budgets}
    candidates = store.candidates(rows[0].sweep_id) if rows else []
    return {
        "complete": complete,
        "regret": rule.regret,
        "confidence": rule.confidence,
        "shared_rate": spec.shared_rate,
        "long_images": spec.trained_budgets[-1],
        "candidates": [_described(candidate) for candidate in candidates],
        "budgets": [_budget(found, costs[found.images]) for found in results],
        "recommended": _recommended(chosen, results, costs),
        "why": reasons(results, chosen, spec, complete=complete),
    }


def _described(candidate: Candidate) -> dict[str, Any]:
    return {
        "index": candidate.index,
        "coefficients": {
            "alpha": candidate.alpha,
            "beta": candidate.beta,
            "gamma": candidate.gamma,
        },
        "shares": candidate.shares,
        "flops_ratio": candidate.measured_ratio,
        "compared": candidate.eligible,
        "roles": list(candidate.roles),
    }


def _cost(store: Store, rows: Sequence[ValidationSweep], images: int) -> dict[str, Any]:
    """What the budget's trials took so far, and each of its rates."""
    rates: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row.learning_rate):
        if row.images != images:
            continue
        trials = store.trials(row.sweep_id)
        over = [t for t in trials if t.state in (TrialState.FINISHED, TrialState.DIVERGED)]
        rates.append(
            {
                "learning_rate": row.learning_rate,
                "sweep": row.sweep_id,
                "protocol": store.sweep(row.sweep_id).protocol,
                "trials": len(trials),
                "done": len(over),
                "diverged": sum(t.state is TrialState.DIVERGED for t in trials),
                "accuracies": _means(store, row.sweep_id, trials),
                "failed": sum(t.state is TrialState.FAILED for t in trials),
                "trained_images": sum(t.images or 0 for t in over),
                "train_seconds": sum(t.train_seconds or 0.0 for t in over),
            }
        )
    done = sum(rate["done"] for rate in rates)
    seconds = sum(rate["train_seconds"] for rate in rates)
    return {
        "rates": rates,
        "trained_images": sum(rate["trained_images"] for rate in rates),
        "train_seconds": seconds,
        "seconds_per_trial": seconds / done if done else None,
    }


def _means(store: Store, sweep_id: int, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Mean accuracy of each candidate's finished trials, the baseline included."""
    found = []
    for candidate in store.candidates(sweep_id):
        reached = [
            trial.accuracy
            for trial in trials
            if trial.candidate_id == candidate.id and trial.accuracy is not None
        ]
        if reached:
            mean = sum(reached) / len(reached)
            found.append({"candidate": candidate.index, "accuracy": mean, "trials": len(reached)})
    return found


def _budget(found: BudgetResult, cost: dict[str, Any]) -> dict[str, Any]:
    return {
        "images": found.images,
        **cost,
        "shared": found.shared and found.shared.to_dict(),
        "tuned": found.tuned and found.tuned.to_dict(),
        "rate_effect": found.effect and found.effect.to_dict(),
    }


def _recommended(
    chosen: Recommendation | None,
    results: Sequence[BudgetResult],
    costs: dict[int, dict[str, Any]],
) -> dict[str, Any] | None:
    if chosen is None:
        return None
    found = next(one for one in results if one.images == chosen.images)
    ranking = found.tuned if chosen.tuned else found.shared
    assert ranking is not None
    assert ranking.regret is not None
    seconds = costs[chosen.images]["seconds_per_trial"]
    return chosen.to_dict() | {
        "seconds_per_trial": seconds,
        "regret": ranking.regret.to_dict(),
    }
