"""The verdict's rules, on made-up tables of which images each trial got right."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks.objectives import Conditions, world
from scaling_search.selection import Comparison, Evidence, Outcome, select
from scaling_search.selection.evidence import Table
from scaling_search.selection.noise import measured
from search_spaces.coefficients import Shares
from search_spaces.sweep_spec import SelectionRule

CHANCE = 0.1
RULE = SelectionRule(regret=0.02, confidence=0.95)


def entry(index: int, correct: dict[int, Any], **other: Any) -> Evidence:
    """Candidate 0 is the baseline; the others spend a doubling in directions of their own."""
    if index == 0:
        return Evidence(0, False, ("baseline",), correct, **other)
    depth = index * 0.618 % 1
    width = (1 - depth) * (index * 0.414 % 1)
    scaling = Shares(depth, width, 1 - depth - width).coefficients() ** 1
    values = {"scaling": scaling, "flops_ratio": 2.0, **other}
    return Evidence(index, True, ("search",), correct, **values)


def exact(accuracies: Sequence[Sequence[float]], images: int = 1000) -> list[Evidence]:
    """Row k holds candidate k's accuracy by seed.

    The images that a trial gets right are always the first ones, so that candidates differ in as
    few images as they can.
    """
    return [
        entry(
            index,
            {
                seed: np.arange(images) < round(accuracy * images)
                for seed, accuracy in enumerate(row)
            },
        )
        for index, row in enumerate(accuracies)
    ]


def simulated(
    random: np.random.Generator,
    accuracies: Sequence[float],
    seeds: int,
    images: int,
    *,
    seed_sd: float = 0.01,
    shared_sd: float = 0.0,
) -> list[Evidence]:
    """Trials that vary with the seed, on images that vary in difficulty, for all and for each."""
    difficulty = random.normal(size=images)
    shared = shared_sd * random.normal(size=seeds)
    found = []
    for index, accuracy in enumerate(accuracies):
        own = 0.5 * random.normal(size=images)
        reached = accuracy + shared + seed_sd * random.normal(size=seeds)
        skill = norm.ppf(np.clip(reached, 0.001, 0.999)) * 1.5
        luck = random.normal(size=(seeds, images))
        correct = skill[:, None] + difficulty + own + luck > 0
        found.append(entry(index, dict(enumerate(correct))))
    return found


def row(outcome: Outcome, index: int) -> Comparison:
    return next(found for found in outcome.comparisons if found.index == index)


def interval(found: Comparison) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


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


def test_without_the_baseline_nothing_is_concluded() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    entries[0] = replace(entries[0], lost=1)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert "the unscaled baseline lost a trial" in outcome.why[0]


def test_a_leader_that_fails_on_fresh_seeds_is_not_confirmed_by_the_others() -> None:
    entries = exact([[0.50, 0.51], [0.70, 0.71], [0.80, 0.81], [0.60, 0.61]])
    entries[2] = replace(entries[2], fresh={100: entries[2].correct[0]}, fresh_lost=2)
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.confirmation) == ("inconclusive", None)
    assert "lost 2 of its fresh trials" in outcome.why[0]


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


def test_noise_that_hides_a_better_rival_is_inconclusive() -> None:
    accuracies = [[0.50, 0.52], [0.80, 0.74], [0.76, 0.79], [0.60, 0.61]]
    outcome = select(exact(accuracies), RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.leader in (1, 2)
    assert outcome.region == ()
    assert row(outcome, 3 - outcome.leader).standing == "undecided"
    assert outcome.settling is not None
    assert re.fullmatch(
        r"the leader loses at most 2.00 points against the true best with \d\d% probability, at "
        rf"most [\d.]+ points with 95%; about {outcome.settling.seeds} seeds would settle it, "
        "80% likely",
        outcome.why[0],
    )


def test_what_may_be_lost_is_allowed_up_to_the_regret_that_was_asked_for() -> None:
    entries = exact([[0.50, 0.50, 0.51], [0.80, 0.76, 0.79], [0.77, 0.79, 0.78]])
    bound = select(entries, RULE, CHANCE).regret_bound
    assert bound is not None
    for factor, conclusive in ((1.2, True), (0.8, False)):
        outcome = select(entries, SelectionRule(regret=factor * bound), CHANCE)
        assert (outcome.verdict != "inconclusive") == conclusive


def test_the_seeds_said_to_settle_it_do() -> None:
    accuracies = [0.5, 0.74, 0.70, 0.60]
    few = simulated(np.random.default_rng(4), accuracies, 3, 20_000, seed_sd=0.04)
    before = select(few, RULE, CHANCE)
    assert before.verdict == "inconclusive"
    assert before.settling is not None
    needed = before.settling.seeds
    assert needed is not None
    assert 3 < needed < 60
    conclusive = sum(
        select(
            simulated(np.random.default_rng(seed), accuracies, needed, 20_000, seed_sd=0.04),
            RULE,
            CHANCE,
        ).verdict
        != "inconclusive"
        for seed in range(10)
    )
    assert conclusive >= 6


def test_too_few_images_are_named_when_seeds_cannot_help() -> None:
    random = np.random.default_rng(0)
    one, other = random.random(200) < 0.8, random.random(200) < 0.8
    entries = [
        entry(0, {seed: np.zeros(200, np.bool_) for seed in range(3)}),
        entry(1, dict.fromkeys(range(3), one)),
        entry(2, dict.fromkeys(range(3), other)),
    ]
    rule = SelectionRule(regret=0.005)
    outcome = select(entries, rule, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.settling is not None
    assert outcome.settling.images is not None
    assert outcome.why[0].endswith(
        "no number of seeds would settle it on 200 validation images: about "
        f"{outcome.settling.images:,} would be needed"
    )
    more = outcome.settling.images // 200 + 1
    enough = [
        dataclasses.replace(
            one, correct={seed: np.tile(correct, more) for seed, correct in one.correct.items()}
        )
        for one in entries
    ]
    assert select(enough, rule, CHANCE).verdict != "inconclusive"


def test_one_seed_is_never_conclusive() -> None:
    outcome = select(exact([[0.2], [0.9], [0.3]]), RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.leader == 1
    assert outcome.why == ("one seed says nothing about noise: train at least two",)
    assert [found.standing for found in outcome.comparisons] == [
        "reference",
        "leader",
        "undecided",
    ]
    assert outcome.seed_sd is None


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


def test_seeds_that_no_two_candidates_share_say_nothing_of_noise() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6]])
    entries[0] = dataclasses.replace(entries[0], lost=1)
    entries[2].correct[2] = entries[2].correct.pop(0)
    entries[2].correct[3] = entries[2].correct.pop(1)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.why == ("no two candidates share two seeds, so the noise is unknown",)


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
    assert row(outcome, 3) == Comparison(3, "incomplete")


def test_without_a_complete_candidate_nobody_leads() -> None:
    entries = [dataclasses.replace(one, lost=1) for one in exact([[0.5, 0.5], [0.7, 0.7]])]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader is None
    assert outcome.verdict == "inconclusive"
    assert outcome.why == ("no eligible candidate finished a trial for every seed",)


def test_a_reference_that_misses_the_constraint_cannot_lead() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    entries[3] = dataclasses.replace(entries[3], eligible=False, roles=("published",))
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "chosen"
    assert row(outcome, 3).standing == "reference"
    assert row(outcome, 3).gain == pytest.approx(-0.2, abs=0.03)
    assert row(outcome, 3).probability_best is None


def test_what_a_seed_does_to_all_candidates_alike_is_no_noise() -> None:
    def width(shared_sd: float) -> float:
        random = np.random.default_rng(5)
        entries = simulated(random, [0.4, 0.6, 0.5], 3, 5000, shared_sd=shared_sd)
        low, high = interval(row(select(entries, RULE, CHANCE), 2))
        return high - low

    assert width(shared_sd=0.05) == pytest.approx(width(shared_sd=0.0), rel=0.2)


@pytest.mark.parametrize("regret", [0.005, 0.03])
def test_candidates_that_do_not_differ_are_hardly_ever_chosen_from(regret: float) -> None:
    """At 0.03 the intervals are about as wide as that."""
    random = np.random.default_rng(7)
    rule = SelectionRule(regret=regret, confidence=0.95)
    chosen = sum(
        select(simulated(random, [0.7] + 5 * [0.8], 3, 1000), rule, CHANCE).verdict == "chosen"
        for _ in range(25)
    )
    assert chosen <= 1


def test_the_noise_is_that_between_repeats_with_other_seeds_and_images() -> None:
    random = np.random.default_rng(8)
    deviations, stated = [], []
    for _ in range(200):
        table = Table.of(simulated(random, 5 * [0.6], 3, 300, seed_sd=0.03))
        noise = measured(table)
        assert noise is not None
        deviations.append(noise.means - noise.means.mean())
        centred = np.eye(5) - 1 / 5
        stated.append(np.diag(centred @ noise.covariance @ centred))
    assert np.mean(stated) == pytest.approx(np.square(deviations).mean(), rel=0.15)


def test_one_lucky_seed_makes_no_winner() -> None:
    usual = [[0.60, 0.61, 0.60], [0.61, 0.60, 0.61], [0.60, 0.60, 0.61], [0.61, 0.61, 0.60]]
    outcome = select(exact([[0.4] * 3, *usual, [0.60, 0.61, 0.95]], 5000), RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    for candidate in outcome.comparisons[1:5]:
        assert candidate.standing in ("undecided", "leader")


def test_one_broken_candidate_does_not_hide_the_best_of_the_others() -> None:
    accuracies = [[0.4] * 3, [0.60, 0.61, 0.60], [0.71, 0.70, 0.71], [0.60, 0.60, 0.61], [0.1] * 3]
    outcome = select(exact(accuracies, 20_000), RULE, CHANCE)
    assert (outcome.verdict, outcome.leader) == ("chosen", 2)


@pytest.mark.parametrize(
    "broken", [np.full(1000, np.nan), np.ones(7, np.bool_), np.empty(0, np.bool_)]
)
def test_a_trial_without_one_bool_an_image_is_lost(broken: Any) -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    entries[3].correct[1] = broken
    outcome = select(entries, RULE, CHANCE)
    assert (outcome.verdict, outcome.leader) == ("chosen", 1)
    assert row(outcome, 3) == Comparison(3, "incomplete")


def test_gains_are_over_the_baseline_and_the_published_coefficients() -> None:
    entries = exact([[0.5] * 3, [0.6] * 3, [0.62] * 3, [0.7] * 3, [0.66] * 3], 20_000)
    entries[1] = dataclasses.replace(
        entries[1], eligible=False, roles=("published",), flops_ratio=2.6
    )
    entries[2] = dataclasses.replace(entries[2], eligible=False, roles=("published_matched",))
    gains = select(entries, RULE, CHANCE).gains
    assert (gains["baseline"].over, gains["published"].over) == (0, 2)
    for name, gain in (("baseline", 0.2), ("published", 0.08)):
        assert gains[name].low < gains[name].gain < gains[name].high
        assert gains[name].gain == pytest.approx(gain, abs=0.01)
    entries[2] = dataclasses.replace(entries[2], lost=1)
    unmatched = select(entries, RULE, CHANCE).gains["published"]
    assert unmatched.over == 1
    assert unmatched.high - unmatched.low > gains["published"].high - gains["published"].low


def test_what_is_shown_of_the_leader_comes_from_fresh_seeds() -> None:
    """Sixteen equal candidates: the best of them looks better than it is."""
    confirmations, shown = [], []
    for number in range(12):
        random = np.random.default_rng(number)
        entries = simulated(random, [0.4] + 16 * [0.6], 6, 2000, seed_sd=0.03)
        sweep = [
            dataclasses.replace(one, correct={seed: one.correct[seed] for seed in range(3)})
            for one in entries
        ]
        leader = select(sweep, RULE, CHANCE).leader
        assert leader is not None
        later = {seed: entries[leader].correct[seed] for seed in range(3, 6)}
        sweep[leader] = dataclasses.replace(sweep[leader], fresh=later)
        outcome = select(sweep, RULE, CHANCE)
        assert outcome.leader == leader  # fresh seeds select nothing
        assert outcome.confirmation is not None
        confirmations.append(outcome.confirmation)
        shown.append(row(outcome, leader).accuracy or 0)
    assert np.mean(shown) > 0.615
    assert np.mean([one.accuracy for one in confirmations]) == pytest.approx(0.6, abs=0.015)
    assert sum(one.low < 0.6 < one.high for one in confirmations) >= 10
    gains = [one.gains["baseline"] for one in confirmations]
    assert np.mean([one.gain for one in gains]) == pytest.approx(0.2, abs=0.015)
    assert sum(one.low < 0.2 < one.high for one in gains) >= 10
    assert {one.seeds for one in confirmations} == {3}


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


@pytest.mark.parametrize("count", [3, 400])
def test_trials_without_any_variance_have_finite_figures(count: int) -> None:
    correct = np.arange(100) < 60
    entries = [entry(0, dict.fromkeys(range(2), np.arange(100) < 30))]
    entries += [entry(k, dict.fromkeys(range(2), correct)) for k in range(1, count)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "equivalent"
    assert len(outcome.region) == count - 1
    assert outcome.seed_sd == 0
    json.dumps(outcome.to_dict(), allow_nan=False)


def test_hundreds_of_candidates_are_judged_jointly() -> None:
    random = np.random.default_rng(10)
    correct = random.random((400, 2, 200)) < 0.7
    entries = [entry(k, dict(enumerate(rows))) for k, rows in enumerate(correct)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert sum(found.standing == "undecided" for found in outcome.comparisons) > 300
    json.dumps(outcome.to_dict(), allow_nan=False)


def test_an_outcome_is_plain_json() -> None:
    outcome = select(exact([[0.5, 0.52], [0.8, 0.81], [0.6, 0.61]]), RULE, CHANCE)
    values = json.loads(json.dumps(outcome.to_dict(), allow_nan=False))
    assert values["verdict"] == "chosen"
    assert values["leader"] == 1
    assert values["region"] == []
    assert values["seeds"] == 2
    assert values["comparisons"][2]["index"] == 2
    assert values["comparisons"][2]["standing"] == "worse"
    assert values["between_candidates_sd"] == pytest.approx(0.1414, abs=1e-3)
    assert values["settling"] is None
    assert values["confirmation"] is None
    assert set(values["gains"]["baseline"]) == {"over", "gain", "low", "high"}
    assert values["seed_sd"] == pytest.approx(0.0096, abs=1e-3)
