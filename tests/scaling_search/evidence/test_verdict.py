"""What is concluded of candidates: one is chosen, several are as good, or nothing is said."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.objectives import Conditions, world
from results.values.json import to_json
from scaling_search.evidence import select
from search_spaces.coefficients import Shares
from search_spaces.specs.sweep import SelectionRule

from .made import CHANCE, RULE, entry, exact, interval, row, simulated


def test_a_clear_winner_is_chosen() -> None:
    outcome = select(exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]]), RULE, CHANCE)
    assert outcome.verdict == "chosen"
    assert outcome.leader == 2
    assert outcome.region == ()
    assert outcome.certainty == 1
    assert outcome.regret_bound == 0
    assert outcome.flops_ratio == pytest.approx(2)
    assert outcome.settling is None
    assert outcome.why == (
        "the leader loses at most 0.00 points against the true best (95% probability, from 2 seeds "
        "and 1,000 validation images, at 2.00 × the baseline's FLOPs)",
        "every rival is worse",
    )
    assert [found.standing for found in outcome.comparisons] == [
        "reference",
        "worse",
        "leader",
        "worse",
    ]
    assert row(outcome, 1).gain == pytest.approx(0.1, abs=0.02)
    assert row(outcome, 2).accuracy == pytest.approx(0.805)
    assert row(outcome, 2).probability_best == 1
    assert row(outcome, 1).probability_best == 0
    assert row(outcome, 1).expected_regret == pytest.approx(0.1, abs=0.02)


def test_what_was_never_trained_may_be_the_best() -> None:
    trained = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    untrained = [entry(index, {}) for index in range(4, 20)]
    alone, among = select(trained, RULE, CHANCE), select(trained + untrained, RULE, CHANCE)
    assert (alone.verdict, alone.leader, among.leader) == ("chosen", 2, 2)
    assert among.verdict != "chosen"
    assert alone.certainty is not None
    assert among.certainty is not None
    assert among.certainty < alone.certainty
    assert "16 of 19 candidates finished no trial" in " ".join(among.why)


def test_few_trained_of_many_are_seldom_called_conclusive_wrongly() -> None:
    wrong = 0
    for key in range(20):
        made = world("rough", Conditions(seeds=5, images=4_000, seed_sd=0.004), key)
        picked = set(np.random.default_rng(key).permutation(np.arange(1, 22))[:5].tolist()) | {0}
        entries = [one if one.index in picked else replace(one, correct={}) for one in made.grid(5)]
        outcome = select(entries, SelectionRule(), CHANCE)
        assert outcome.leader is not None
        lost = made.truth[1:].max() - made.truth[outcome.leader]
        wrong += outcome.verdict != "inconclusive" and lost > SelectionRule().regret
    assert wrong <= 2


def test_the_same_evidence_has_the_same_outcome() -> None:
    entries = simulated(np.random.default_rng(1), [0.4, 0.6, 0.61, 0.62], 3, 500)
    assert select(entries, RULE, CHANCE) == select(entries, RULE, CHANCE)


def test_probabilities_of_being_best_are_those_of_the_candidates_that_can_win() -> None:
    outcome = select(
        simulated(np.random.default_rng(2), [0.9, 0.6, 0.61, 0.62], 3, 500), RULE, CHANCE
    )
    assert row(outcome, 0).probability_best is None
    stated = [row(outcome, index).probability_best or 0 for index in (1, 2, 3)]
    assert sum(stated) == pytest.approx(1)
    assert min(stated) > 0


def test_candidates_that_all_reach_everything_are_equally_likely_to_be_best() -> None:
    outcome = select(exact([[0.5, 0.5], *[[1.0, 1.0]] * 4]), RULE, CHANCE)
    chances = [row(outcome, index).probability_best for index in (1, 2, 3, 4)]
    assert chances == pytest.approx([0.25] * 4, abs=0.1)


def test_rivals_that_are_as_good_are_named_with_the_leader() -> None:
    outcome = select(
        exact([[0.50, 0.50], [0.80, 0.80], [0.60, 0.60], [0.805, 0.805]], 20_000), RULE, CHANCE
    )
    assert outcome.verdict == "equivalent"
    assert outcome.region == (3, 1)
    assert row(outcome, 1).standing == "equivalent"
    assert row(outcome, 2).standing == "worse"
    assert outcome.why[1] == (
        "of 2 rivals 1 is as good (95% probability of losing no more), 1 is worse"
    )


def test_a_rival_that_may_be_much_worse_is_not_called_as_good() -> None:
    """Its mean is 2 points below the leader's, give or take as much."""
    noisy = [0.80, 0.74, 0.82, 0.76, 0.80]
    entries = exact([[0.5] * 5, [0.805] * 5, [0.80] * 5, noisy], 20_000)
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.region) == ("equivalent", (1, 2))
    assert row(outcome, 3).standing == "undecided"
    assert (row(outcome, 3).probability_within or 0) < 0.9
    assert outcome.why[1].endswith("1 is maybe as good")


def test_a_rival_surely_worse_by_less_than_the_allowed_regret_is_as_good() -> None:
    outcome = select(exact([[0.5] * 4, [0.80] * 4, [0.81] * 4], images=100_000), RULE, CHANCE)
    low, high = interval(row(outcome, 1))
    assert 0 < low < high < RULE.regret
    assert outcome.verdict == "equivalent"
    assert outcome.region == (2, 1)


def test_what_may_be_lost_is_allowed_up_to_the_regret_that_was_asked_for() -> None:
    entries = exact([[0.50, 0.50, 0.51], [0.80, 0.76, 0.79], [0.77, 0.79, 0.78]])
    bound = select(entries, RULE, CHANCE).regret_bound
    assert bound is not None
    for factor, conclusive in ((1.2, True), (0.8, False)):
        outcome = select(entries, SelectionRule(regret=factor * bound), CHANCE)
        assert (outcome.verdict != "inconclusive") == conclusive


def test_a_lone_candidate_is_compared_with_nothing() -> None:
    outcome = select(exact([[0.2, 0.2], [0.9, 0.9]]), RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.leader == 1
    assert outcome.why == ("only one candidate could win, so nothing was compared",)


def test_chance_level_is_inconclusive_however_sure_the_ranking() -> None:
    outcome = select(exact([[0.05] * 3, [0.09] * 3, [0.06] * 3]), RULE, CHANCE)
    assert row(outcome, 2).standing == "worse"
    assert outcome.verdict == "inconclusive"
    assert outcome.why == (
        "the leader's accuracy 0.090 is not clearly above chance 0.100: train longer",
    )


def test_a_leader_not_above_the_baseline_is_inconclusive() -> None:
    outcome = select(exact([[0.8] * 3, [0.8] * 3, [0.6] * 3]), RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "inconclusive"
    assert outcome.why == (
        "the leader is not clearly above the unscaled baseline, so this proxy rewards no extra "
        "FLOPs and cannot say where to spend them: train longer, or on a harder task",
    )


def test_more_flops_by_rounding_are_no_merit() -> None:
    """Flat in every direction, but for FLOPs: those with more are not preferred for it."""
    directions = [(i / 4, j / 4, (4 - i - j) / 4) for i in range(5) for j in range(5 - i)]
    more = np.linspace(-0.2, 0.2, len(directions))[np.random.default_rng(3).permutation(15)]
    entries = exact([[0.4] * 3, *([0.5 + 0.1 * one] * 3 for one in more)], 200_000)
    for number, (shares, extra) in enumerate(zip(directions, more, strict=True), 1):
        scaling = Shares(*shares).coefficients(2 ** (1 + extra)) ** 1
        entries[number] = dataclasses.replace(
            entries[number], scaling=scaling, flops_ratio=2 ** (1 + extra)
        )
    outcome = select(entries, SelectionRule(regret=0.01), CHANCE)
    assert outcome.verdict == "equivalent"
    assert len(outcome.region) == 15
    expected = [row(outcome, index).expected_regret for index in range(1, 16)]
    assert max(expected) < 0.004  # the accuracies as they are differ by 4 points


def test_hundreds_of_candidates_are_judged_jointly() -> None:
    random = np.random.default_rng(10)
    correct = random.random((400, 2, 200)) < 0.7
    entries = [entry(k, dict(enumerate(rows))) for k, rows in enumerate(correct)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert sum(found.standing == "undecided" for found in outcome.comparisons) > 300
    json.dumps(to_json(outcome), allow_nan=False)


@pytest.mark.parametrize(
    ("quantity", "named"),
    [("flops", "FLOPs"), ("params", "parameters"), ("latency", "latency")],
)
def test_the_reasons_name_what_candidates_are_matched_on(quantity: Any, named: str) -> None:
    entries = exact([[0.5] * 3, [0.7] * 3, [0.6] * 3], 20_000)
    (first, *_) = select(entries, RULE, CHANCE, quantity).why
    assert first.endswith(f"at 2.00 × the baseline's {named})")
    unsure = exact([[0.7] * 3, [0.7] * 3, [0.6] * 3], 20_000)
    (doubt, *_) = select(unsure, RULE, CHANCE, quantity).why
    assert f"this proxy rewards no extra {named} and cannot say where to spend" in doubt
