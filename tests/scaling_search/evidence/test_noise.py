"""What noise hides, how much of it there is, and what would settle it."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest

from results.values.json import to_json
from scaling_search.evidence import infer, select
from scaling_search.evidence.noise import measured, moderated
from scaling_search.evidence.power import PowerAnalysis, image_variance
from scaling_search.evidence.table import Table
from search_spaces.specs.sweep import SelectionRule

from .made import CHANCE, RULE, entry, exact, interval, row, simulated


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
        rf"most [\d.]+ points with 95%; about {outcome.settling.seeds} seeds would settle it "
        r"\(80% confidence\)",
        outcome.why[0],
    )


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


def test_seeds_said_to_settle_it_are_those_of_candidates_without_a_trial_too() -> None:
    among, in_all = [], []
    for key in (4, 5):
        random = np.random.default_rng(key)
        few = simulated(random, [0.5, 0.72, 0.70, 0.68], 3, 20_000, seed_sd=0.02)
        untried = [entry(index, {}) for index in range(4, 20)]
        for found, entries in ((among, few), (in_all, [*few, *untried])):
            settling = select(entries, RULE, CHANCE).settling
            assert settling is not None
            found.append(settling.seeds or 10_000)
    assert sum(in_all) > 1.3 * sum(among)


def test_candidates_without_a_trial_are_as_noisy_as_the_others() -> None:
    few = simulated(np.random.default_rng(4), [0.5, 0.72, 0.70, 0.68], 3, 2_000, seed_sd=0.02)
    found = []
    for untried in (0, 1, 12):
        posterior = infer([*few, *(entry(index, {}) for index in range(4, 4 + untried))], RULE)
        assert posterior is not None
        power = PowerAnalysis.of(posterior)
        assert len(power.between) == 3 + untried
        found.append((image_variance(power.images), power.between.mean()))
    assert found[1] == pytest.approx(found[0])
    assert found[2] == pytest.approx(found[0])


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


def test_seeds_that_no_two_candidates_share_say_nothing_of_noise() -> None:
    entries = exact([[0.5, 0.5], [0.7, 0.7], [0.6, 0.6]])
    entries[0] = dataclasses.replace(entries[0], lost=1)
    entries[2].correct[2] = entries[2].correct.pop(0)
    entries[2].correct[3] = entries[2].correct.pop(1)
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "inconclusive"
    assert outcome.why == ("no two candidates share two seeds, so the noise is unknown",)


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


@pytest.mark.parametrize("count", [3, 400])
def test_trials_without_any_variance_have_finite_figures(count: int) -> None:
    correct = np.arange(100) < 60
    entries = [entry(0, dict.fromkeys(range(2), np.arange(100) < 30))]
    entries += [entry(k, dict.fromkeys(range(2), correct)) for k in range(1, count)]
    outcome = select(entries, RULE, CHANCE)
    assert outcome.verdict == "equivalent"
    assert len(outcome.region) == count - 1
    assert outcome.seed_sd == 0
    json.dumps(to_json(outcome), allow_nan=False)


def test_a_variance_of_nothing_is_no_zero_to_divide_by() -> None:
    """Two candidates with two seeds have half a degree of freedom each: too few to part."""
    assert (moderated(np.zeros(2), np.full(2, 0.5)) > 0).all()
