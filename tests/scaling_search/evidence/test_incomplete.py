"""Candidates that lost trials, were dropped early or may not lead."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from results.values import Comparison
from scaling_search.evidence import select
from search_spaces.specs.proxy import ProxySpec

from .made import CHANCE, RULE, entry, exact, row


def test_without_the_baseline_nothing_is_concluded() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    entries[0] = replace(entries[0], lost=1)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    why = (
        "the unscaled baseline lost a trial, so whether the leader is better than it is not known: "
        "of its trials "
    )
    assert outcome.why == (why + "1 diverged (make its training stable)",)
    entries[0] = replace(entries[0], failed=1)
    assert select(entries, RULE, CHANCE).why == (
        why + "1 failed (resume, which tries failed trials again)",
    )


def test_a_baseline_that_cannot_be_used_allows_no_conclusion() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    assert select(entries, RULE, CHANCE).verdict == "chosen"
    entries[0].correct[1] = np.full(1000, np.nan)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert "no trial of the unscaled baseline can be used" in outcome.why[0]


def test_a_reference_that_lost_a_fresh_trial_is_not_compared_by_the_others() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    entries[2] = replace(entries[2], fresh={100: entries[2].correct[0], 101: entries[2].correct[1]})
    entries[0] = replace(entries[0], fresh={100: entries[0].correct[0]})
    found = select(entries, RULE, CHANCE).confirmation
    assert found is not None
    assert list(found.gains) == ["baseline"]
    entries[0] = replace(entries[0], fresh_lost=1)
    found = select(entries, RULE, CHANCE).confirmation
    assert found is not None
    assert not found.gains


def test_a_leader_that_fails_on_fresh_seeds_is_not_confirmed_by_the_others() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    entries[2] = replace(entries[2], fresh={100: entries[2].correct[0]}, fresh_lost=2)
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.confirmation) == ("inconclusive", None)
    assert outcome.why == (
        "the leader lost 2 fresh trials, so it is not confirmed: of them 2 diverged (make its "
        "training stable)",
    )
    entries[2] = replace(entries[2], fresh_failed=2)
    assert select(entries, RULE, CHANCE).why == (
        "the leader lost 2 fresh trials, so it is not confirmed: of them 2 failed (resume, which "
        "tries failed trials again)",
    )


def test_candidates_that_were_dropped_early_are_compared_on_the_seeds_that_they_share() -> None:
    """Seeds 2 to 5 are good ones; candidate 3, as good as 1, was not trained with them."""
    lucky = [0.0, 0.01, 0.10, 0.11, 0.10, 0.12]
    entries = exact([[level + luck for luck in lucky] for level in (0.5, 0.7, 0.75, 0.7)], 20_000)
    for seed in (2, 3, 4, 5):
        del entries[3].correct[seed]
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.leader, outcome.seeds) == ("chosen", 2, 6)
    assert row(outcome, 3).seeds == 2
    assert row(outcome, 3).accuracy == pytest.approx(0.705)
    assert row(outcome, 3).gain == pytest.approx(row(outcome, 1).gain, abs=0.005)


@pytest.mark.parametrize("lost", [1, 2])
def test_a_candidate_that_lost_a_trial_is_out(lost: int) -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    best = entries[3]
    for seed in range(lost):
        del best.correct[seed]
    entries[3] = dataclasses.replace(best, lost=lost)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "chosen"
    assert row(outcome, 3) == Comparison(index=3, standing="incomplete")
    assert outcome.why[1:] == (
        "of 1 rival 1 is worse",
        "left out, as they lost trials: 1 candidate that could win; of their trials "
        f"{lost} diverged (make its training stable)",
    )


def test_a_candidate_whose_trials_failed_may_still_be_the_best() -> None:
    """It failed by no fault of its own, so that it counts like one that was never trained."""
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    untried = [*entries[:3], replace(entries[3], correct={})]
    entries[3] = replace(entries[3], correct={1: entries[3].correct[1]}, lost=1, failed=1)
    outcome, without = select(entries, RULE, CHANCE), select(untried, RULE, CHANCE)
    assert (outcome.verdict, outcome.leader) == (without.verdict, 1)
    assert outcome.certainty == without.certainty
    assert outcome.verdict != "chosen"
    assert outcome.why[-2].endswith(
        "; 1 of 3 candidates finished no trial or had one fail, and only the surface between the "
        "others tells of them"
    )
    assert outcome.why[-1] == (
        "left out, as they lost trials: 1 candidate that could win; of their trials 1 failed "
        "(resume, which tries failed trials again)"
    )


def test_without_a_complete_candidate_nobody_leads() -> None:
    entries = [dataclasses.replace(one, lost=1) for one in exact([[0.5, 0.5], [0.7, 0.7]])]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader is None
    assert outcome.verdict == "inconclusive"
    assert outcome.why == (
        "1 of 1 candidate that could win lost a trial: of their trials 1 diverged (make its "
        "training stable)",
    )
    entries[1] = replace(entries[1], lost=2, failed=1)
    assert select(entries, RULE, CHANCE).why == (
        "1 of 1 candidate that could win lost a trial: of their trials 1 failed (resume, which "
        "tries failed trials again), 1 diverged (make its training stable)",
    )


def test_where_every_trial_diverged_it_is_said_what_to_try() -> None:
    entries = [replace(entry(index, {}), lost=2) for index in range(3)]
    unstable = ProxySpec(steps=4, reports=1, learning_rate=0.3).gentler
    outcome = select(entries, RULE, CHANCE, "flops", unstable)
    assert outcome.why == (
        "all 6 trials diverged: a learning rate of 0.3 is too high for this recipe; run anew with "
        "a lower one, for example `--set proxy.learning_rate=0.03`",
    )


@pytest.mark.parametrize(("rate", "lower"), [(0.05, 0.005), (0.02, 0.002), (1e9, 0.05)])
def test_the_rate_to_try_is_a_tenth_and_at_most_the_default(rate: float, lower: float) -> None:
    told = ProxySpec(steps=4, reports=1, learning_rate=rate).gentler
    assert told.endswith(f"`--set proxy.learning_rate={lower:g}`")


def test_before_any_trial_nobody_leads() -> None:
    outcome = select([entry(0, {}), entry(1, {}), entry(2, {})], RULE, CHANCE)
    assert outcome.why == ("no candidate that could win has finished a trial",)


def test_a_reference_that_misses_the_constraint_cannot_lead() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    entries[3] = dataclasses.replace(entries[3], eligible=False, roles=("published",))
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "chosen"
    assert row(outcome, 3).standing == "reference"
    assert row(outcome, 3).gain == pytest.approx(-0.2, abs=0.03)
    assert row(outcome, 3).probability_best is None


def test_one_broken_candidate_does_not_hide_the_best_of_the_others() -> None:
    accuracies = [[0.4] * 3, [0.60, 0.61, 0.60], [0.71, 0.70, 0.71], [0.60, 0.60, 0.61], [0.1] * 3]
    outcome = select(exact(accuracies, 20_000), RULE, CHANCE)
    assert (outcome.verdict, outcome.leader) == ("chosen", 2)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (np.full(1000, np.nan), "holds NaN"),
        (np.full(1000, 1), "holds int64 in place of right or wrong"),
        (np.ones(7, np.bool_), "is of 7 validation images, the others' of 1,000"),
        (np.empty(0, np.bool_), "is of 0 validation images, the others' of 1,000"),
    ],
)
def test_a_trial_without_one_bool_an_image_is_lost_and_told_of(broken: Any, why: str) -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    entries[3].correct[1] = broken
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.leader) == ("chosen", 1)
    assert row(outcome, 3) == Comparison(index=3, standing="incomplete")
    told = f"candidate 3, seed 1: what is stored {why}"
    assert outcome.why[-1] == f"left out, as they cannot be used: {told}"


def test_where_no_trial_can_be_used_it_is_said_which_and_why() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6]])
    for broken in entries[1:]:
        for seed in broken.correct:
            broken.correct[seed] = np.full(1000, np.nan)
    assert select(entries, RULE, CHANCE).why == (
        "no candidate that could win has trials that can be used: candidate 1, seed 0: what is "
        "stored holds NaN; candidate 1, seed 1: what is stored holds NaN; candidate 2, seed 0: "
        "what is stored holds NaN; and 1 more",
    )
    entries.append(replace(entries[1], index=3, correct=exact([[0.7, 0.7]] * 4)[3].correct))
    entries.append(replace(entries[1], index=4, correct=exact([[0.8, 0.8]] * 5)[4].correct))
    assert select(entries, RULE, CHANCE).why[-1] == (
        "left out, as they cannot be used: candidate 1, seed 0: what is stored holds NaN; "
        "candidate 1, seed 1: what is stored holds NaN; candidate 2, seed 0: what is stored holds "
        "NaN; and 1 more"
    )
