"""The verdict's rules, on made-up tables of which images each trial got right."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import norm

from scaling_search.selection import Comparison, Evidence, Outcome, select
from search_spaces.sweep_spec import SelectionRule

CHANCE = 0.1
RULE = SelectionRule(regret=0.02, confidence=0.95)


def exact(accuracies: Sequence[Sequence[float]], images: int = 1000) -> list[Evidence]:
    """Candidate 0 is the baseline; row k holds candidate k's accuracy by seed.

    The images that a trial gets right are always the first ones, so that candidates differ in as
    few images as they can.
    """
    return [
        Evidence(
            index=index,
            eligible=index > 0,
            baseline=index == 0,
            correct={
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
        found.append(Evidence(index, index > 0, index == 0, dict(enumerate(correct))))
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
    assert outcome.regret_bound == 0
    assert outcome.why == (
        "no rival is better than the leader by more than 0.00 points "
        "(95% joint confidence over 2 seeds and 1,000 validation images)",
        "every rival is worse",
    )
    assert [found.standing for found in outcome.comparisons] == [
        "reference",
        "worse",
        "leader",
        "worse",
    ]
    assert row(outcome, 1).gain == pytest.approx(0.1)
    assert row(outcome, 2).accuracy == pytest.approx(0.805)


def test_rivals_that_may_be_as_good_are_named_with_the_leader() -> None:
    outcome = select(
        exact([[0.50, 0.50], [0.80, 0.80], [0.60, 0.60], [0.805, 0.805]]), RULE, CHANCE
    )
    assert outcome.verdict == "equivalent"
    assert outcome.region == (3, 1)
    assert row(outcome, 1).standing == "equivalent"
    assert row(outcome, 2).standing == "worse"
    assert outcome.why[1] == "1 of 2 rivals may be as good"


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
    assert outcome.leader == 2
    assert outcome.region == ()
    assert row(outcome, 1).standing == "undecided"
    assert outcome.regret_bound == -interval(row(outcome, 1))[0]
    assert re.fullmatch(
        r"\d of 2 rivals could be better than the leader by more than 2.00 points "
        r"\(95% joint confidence; up to [\d.]+ points\); about \d+ seeds would settle it if the "
        r"gains stay",
        outcome.why[0],
    )


def test_what_may_be_lost_is_allowed_up_to_the_regret_that_was_asked_for() -> None:
    entries = exact([[0.50, 0.50, 0.51], [0.80, 0.78, 0.79], [0.79, 0.79, 0.78]])
    bound = select(entries, RULE, CHANCE).regret_bound
    assert bound is not None
    for factor, conclusive in ((1.001, True), (0.999, False)):
        outcome = select(entries, SelectionRule(regret=factor * bound), CHANCE)
        assert (outcome.verdict != "inconclusive") == conclusive


def test_the_seeds_said_to_settle_it_do() -> None:
    accuracies = [0.5, 0.74, 0.70, 0.60]
    few = simulated(np.random.default_rng(3), accuracies, 3, 20_000, seed_sd=0.04)
    before = select(few, RULE, CHANCE)
    assert before.verdict == "inconclusive"
    found = re.search(r"about (\d+) seeds would settle it", before.why[0])
    assert found is not None
    needed = int(found[1])
    assert needed > 3
    conclusive = sum(
        select(
            simulated(np.random.default_rng(seed), accuracies, needed, 20_000, seed_sd=0.04),
            RULE,
            CHANCE,
        ).verdict
        != "inconclusive"
        for seed in range(10)
    )
    assert conclusive >= 8


def test_too_few_images_are_named_when_seeds_cannot_help() -> None:
    random = np.random.default_rng(0)
    one, other = random.random(200) < 0.8, random.random(200) < 0.8
    entries = [
        Evidence(0, False, True, {seed: np.zeros(200, np.bool_) for seed in range(3)}),
        Evidence(1, True, False, dict.fromkeys(range(3), one)),
        Evidence(2, True, False, dict.fromkeys(range(3), other)),
    ]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    found = re.search(
        r"no number of seeds would settle it on 200 validation images: about ([\d,]+) would be "
        r"needed",
        outcome.why[0],
    )
    assert found is not None
    more = int(found[1].replace(",", "")) // 200 + 1
    enough = [
        Evidence(
            entry.index,
            entry.eligible,
            entry.baseline,
            {seed: np.tile(correct, more) for seed, correct in entry.correct.items()},
        )
        for entry in entries
    ]
    assert select(enough, RULE, CHANCE).verdict != "inconclusive"


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


def test_candidates_are_compared_on_the_seeds_that_all_of_them_finished() -> None:
    entries = exact([[0.5, 0.5, 0.5], [0.7, 0.71, 0.99], [0.8, 0.81, 0.1]])
    del entries[0].correct[2]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.seeds == 2
    assert outcome.leader == 2
    assert row(outcome, 1).accuracy == pytest.approx(0.705)
    assert outcome.verdict == "chosen"


@pytest.mark.parametrize("lost", [1, 2])
def test_a_candidate_that_lost_a_trial_is_out(lost: int) -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    best = entries[3]
    for seed in range(lost):
        del best.correct[seed]
    entries[3] = Evidence(3, True, False, best.correct, lost=lost)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "chosen"
    assert row(outcome, 3) == Comparison(3, "incomplete")


def test_without_a_complete_candidate_nobody_leads() -> None:
    entries = [
        Evidence(entry.index, entry.eligible, entry.baseline, entry.correct, lost=1)
        for entry in exact([[0.5, 0.5], [0.7, 0.7]])
    ]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader is None
    assert outcome.verdict == "inconclusive"
    assert outcome.why == ("no eligible candidate finished a trial for every seed",)


def test_a_reference_that_misses_the_constraint_cannot_lead() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6], [0.9, 0.9]])
    entries[3] = Evidence(3, False, False, entries[3].correct)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.leader == 1
    assert outcome.verdict == "chosen"
    assert row(outcome, 3).standing == "reference"
    assert row(outcome, 3).gain == pytest.approx(-0.2)


def test_what_a_seed_does_to_all_candidates_alike_is_no_noise() -> None:
    def width(shared_sd: float) -> float:
        random = np.random.default_rng(5)
        entries = simulated(random, [0.4, 0.6, 0.5], 3, 5000, shared_sd=shared_sd)
        low, high = interval(row(select(entries, RULE, CHANCE), 2))
        return high - low

    assert width(shared_sd=0.05) == pytest.approx(width(shared_sd=0.0), rel=0.2)


def test_more_candidates_make_wider_intervals() -> None:
    random = np.random.default_rng(6)
    entries = simulated(random, [0.4, 0.7] + 40 * [0.6], 10, 1000)

    def width(count: int) -> float:
        low, high = interval(row(select(entries[:count], RULE, CHANCE), 2))
        return high - low

    assert width(42) > 1.3 * width(3)


@pytest.mark.parametrize("regret", [0.005, 0.02, 0.03, 0.04])
def test_candidates_that_do_not_differ_are_hardly_ever_chosen_from(regret: float) -> None:
    """At every ratio of allowed regret to noise: at 0.03 the intervals are about that wide."""
    random = np.random.default_rng(7)
    rule = SelectionRule(regret=regret, confidence=0.95)
    chosen = sum(
        select(simulated(random, [0.7] + 5 * [0.8], 3, 1000), rule, CHANCE).verdict == "chosen"
        for _ in range(200)
    )
    assert chosen < 10


def test_joint_intervals_hold_the_true_gains_as_often_as_they_say() -> None:
    random = np.random.default_rng(8)
    truth = [0.60, 0.70, 0.72, 0.72, 0.73]
    held = 0
    for _ in range(300):
        outcome = select(simulated(random, truth, 4, 1000), RULE, CHANCE)
        assert outcome.leader is not None
        best = truth[outcome.leader]
        held += all(
            found.low <= best - truth[found.index] <= found.high
            for found in outcome.comparisons
            if found.low is not None and found.high is not None
        )
    assert held >= 0.95 * 300


def test_choices_regret_more_than_they_say_at_most_as_often_as_they_say() -> None:
    random = np.random.default_rng(9)
    truth = [0.60, 0.70, 0.72, 0.75, 0.76]
    wrong = conclusions = 0
    for _ in range(200):
        outcome = select(simulated(random, truth, 6, 4000), RULE, CHANCE)
        if outcome.verdict != "inconclusive":
            assert outcome.leader is not None
            assert outcome.regret_bound is not None
            conclusions += 1
            wrong += max(truth) - truth[outcome.leader] > outcome.regret_bound
    assert conclusions > 100
    assert wrong <= 0.05 * 200


@pytest.mark.parametrize("count", [3, 5000])
def test_trials_without_any_variance_have_finite_figures(count: int) -> None:
    correct = np.arange(100) < 60
    entries = [Evidence(0, False, True, dict.fromkeys(range(2), np.arange(100) < 30))]
    entries += [Evidence(k, True, False, dict.fromkeys(range(2), correct)) for k in range(1, count)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "equivalent"
    assert len(outcome.region) == count - 1
    assert outcome.seed_sd == 0
    json.dumps(outcome.to_dict(), allow_nan=False)


def test_thousands_of_candidates_are_judged_jointly() -> None:
    random = np.random.default_rng(10)
    correct = random.random((5000, 2, 200)) < 0.7
    entries = [Evidence(k, k > 0, k == 0, dict(enumerate(rows))) for k, rows in enumerate(correct)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    undecided = sum(found.standing == "undecided" for found in outcome.comparisons)
    assert outcome.why[-1].startswith(f"{undecided:d} of 4998 rivals could be better")
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
    assert values["seed_sd"] == pytest.approx(0.0096, abs=1e-3)
