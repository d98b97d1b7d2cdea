"""Statistics of a validation, on made-up accuracies whose truth is known."""

import numpy as np
import pytest

from scaling_search.evidence.validity.agreement import agreement, between, reliability, seed_noise
from scaling_search.evidence.validity.draws import deviations, redrawn, truths
from scaling_search.evidence.validity.regrets import (
    own_best,
    rate_effect,
    regret_of,
    regret_of_choosing,
)


def tables(rng, *, candidates, seeds, spread, noise, slope=1.0):
    """Accuracies at two budgets whose true values agree perfectly (slope 1) or are opposed."""
    true = rng.normal(0.6, spread, candidates)
    other = 0.6 + slope * (true - 0.6)
    return [value[:, None] + rng.normal(0, noise, (candidates, seeds)) for value in (true, other)]


def images(rng, true, *, seeds, count, noise=0.0):
    """Correctness (K, S, n) of candidates with these true accuracies."""
    chance = true[:, None] + rng.normal(0, noise, (len(true), seeds))
    return rng.random((len(true), seeds, count)) < chance[:, :, None]


def test_variance_between_candidates_is_told_from_noise():
    rng = np.random.default_rng(1)
    made = [tables(rng, candidates=8, seeds=3, spread=0.02, noise=0.01)[0] for _ in range(400)]
    assert np.mean([between(t, t) for t in made]) == pytest.approx(0.02**2, rel=0.1)
    assert np.mean([seed_noise(t) for t in made]) == pytest.approx(0.01**2 / 3, rel=0.1)


@pytest.mark.parametrize(("seeds", "kendall"), [(3, 0.42), (10, 0.63)])
def test_perfect_agreement_shows_through_noise_as_the_ceiling(seeds, kendall):
    rng = np.random.default_rng(2)
    found = [
        agreement(*tables(rng, candidates=30, seeds=seeds, spread=0.005, noise=0.007), 0.95)
        for _ in range(100)
    ]
    raw = np.mean([one.pearson for one in found])
    assert raw == pytest.approx(np.mean([one.pearson_ceiling for one in found]), abs=0.06)
    assert np.mean([one.kendall for one in found]) == pytest.approx(kendall, abs=0.03)
    assert np.mean([one.kendall_ceiling for one in found]) == pytest.approx(kendall, abs=0.05)
    assert np.median([one.disattenuated for one in found]) > 0.95
    assert np.mean([one.low <= 1 <= one.high + 1e-9 for one in found]) > 0.9


def test_opposite_ranks_are_not_excused_by_noise():
    rng = np.random.default_rng(3)
    found = agreement(
        *tables(rng, candidates=12, seeds=3, spread=0.02, noise=0.007, slope=-1.0), 0.95
    )
    assert found.disattenuated < -0.9
    assert found.high < 0


def test_candidates_that_do_not_differ_leave_nothing_to_agree_on():
    same = np.array([[0.5, 0.6]] * 4)
    found = agreement(same, same, 0.95)
    assert (found.pearson, found.kendall, found.disattenuated) == (None, None, None)
    assert reliability(same) == 0


def test_three_candidates_bound_no_correlation():
    rng = np.random.default_rng(4)
    found = agreement(*tables(rng, candidates=3, seeds=3, spread=0.05, noise=0.001), 0.95)
    assert (found.low, found.high) == (-1, 1)


def test_noise_of_images_and_of_seeds_is_drawn_at_its_size():
    rng = np.random.default_rng(5)
    true = np.full(6, 0.7)
    only_images = deviations(images(rng, true, seeds=40, count=400), rng, 400)
    both = [
        deviations(images(rng, true, seeds=3, count=400, noise=0.03), rng, 200) for _ in range(20)
    ]
    # images that are drawn afresh for every trial are noise of seeds: nothing else is left
    beside = 5 / 6  # what moves all six alike is no noise between them
    assert only_images.std() == pytest.approx(np.sqrt(beside * 0.21 / 400 / 40), rel=0.25)
    assert np.mean([d.std() for d in both]) == pytest.approx(
        np.sqrt(beside * (0.03**2 + 0.21 / 400) / 3), rel=0.2
    )


def test_truths_of_candidates_that_tie_do_not_invent_a_winner():
    rng = np.random.default_rng(6)
    correct = images(rng, np.full(5, 0.6), seeds=3, count=500, noise=0.01)
    means = correct.mean(axis=(1, 2))
    best = int(means.argmax())
    true = truths(correct, np.random.default_rng(0))
    assert np.ptp(true.mean(axis=0)) < np.ptp(means)
    plain = (means + deviations(correct, rng)).max(axis=1) - means[best]
    assert regret_of(best, means, true, delta=0.005, confidence=0.95).expected < plain.mean()


def test_the_stated_bound_of_a_regret_holds():
    rng = np.random.default_rng(7)
    held = []
    for trial in range(60):
        true = rng.normal(0.6, (0.0, 0.01, 0.03)[trial % 3], 5)
        correct = images(rng, true, seeds=3, count=600, noise=0.008)
        choice = int(rng.integers(5))
        possible = truths(correct, rng, 400)
        found = regret_of(choice, correct.mean(axis=(1, 2)), possible, delta=0.005, confidence=0.95)
        held.append(true.max() - true[choice] <= found.high)
    assert np.mean(held) >= 0.9


def test_a_lucky_choice_recommends_nothing():
    rng = np.random.default_rng(17)
    long = images(rng, np.array([0.64, 0.60, 0.60, 0.60, 0.60]), seeds=3, count=1000, noise=0.003)
    noisy = images(rng, np.full(5, 0.3), seeds=3, count=1000, noise=0.03)
    telling = images(rng, np.array([0.5, 0.3, 0.3, 0.3, 0.3]), seeds=3, count=1000, noise=0.003)
    true, means = truths(long, rng), long.mean(axis=(1, 2))
    rule = {"observed": 0, "delta": 0.005, "confidence": 0.95}
    lucky = regret_of_choosing(redrawn(noisy, rng), means, true, **rule)
    earned = regret_of_choosing(redrawn(telling, rng), means, true, **rule)
    assert lucky.observed == earned.observed == 0
    assert lucky.high > 0.02
    assert earned.high <= 0.005


def test_tuning_among_equal_rates_gains_nothing():
    rng = np.random.default_rng(8)
    gains = []
    for _ in range(60):
        correct = images(rng, np.full(4 * 3, 0.5), seeds=3, count=200, noise=0.03)
        by_rate = correct.reshape(4, 3, 3, 200)
        tuned = own_best(by_rate, np.ones((4, 3), dtype=bool), 1).correct
        gains.append(tuned.mean() - 0.5)
    assert np.mean(gains) == pytest.approx(0, abs=0.006)


def test_each_candidate_gets_the_rate_that_suits_it():
    rng = np.random.default_rng(9)
    true = np.array([[0.8, 0.5, 0.6], [0.6, 0.7, 0.6], [0.4, 0.5, 0.9]])  # rates × candidates
    correct = np.stack([images(rng, row, seeds=3, count=400) for row in true])
    whole = np.ones((3, 3), dtype=bool)
    whole[2, 2] = False  # its best rate diverged
    found = own_best(correct, whole, 1)
    assert found.rates.tolist() == [0, 1, 1]  # of equals, that which all share
    assert found.correct.mean(axis=(1, 2)) == pytest.approx([0.8, 0.7, 0.6], abs=0.05)


def test_a_rate_flips_only_where_it_loses_more_than_allowed():
    true = np.array([[0.60, 0.62], [0.60, 0.63], [0.60, 0.61]])
    means = true.mean(axis=0)
    lost = regret_of(0, means, true, delta=0.005, confidence=0.95)
    kept = regret_of(1, means, true, delta=0.005, confidence=0.95)
    rule = {"delta": 0.005, "confidence": 0.95}
    assert (rate_effect(lost, **rule), rate_effect(kept, **rule)) == ("flips", "agrees")
    doubtful = regret_of(0, means, true, delta=0.025, confidence=0.95)
    assert doubtful.beyond == pytest.approx(1 / 3)
    assert rate_effect(doubtful, delta=0.025, confidence=0.95) == "unclear"


def test_noise_alone_hardly_ever_looks_like_a_flip():
    rng = np.random.default_rng(10)
    rule = {"delta": 0.005, "confidence": 0.95}
    flips = []
    for _ in range(60):
        correct = images(rng, np.full(5, 0.5), seeds=2, count=300, noise=0.02)
        true = truths(correct, rng, 300)
        found = regret_of(int(rng.integers(5)), correct.mean(axis=(1, 2)), true, **rule)
        flips.append(rate_effect(found, **rule) == "flips")
    assert np.mean(flips) <= 0.1  # stated: 0.05, of each candidate that may look better
