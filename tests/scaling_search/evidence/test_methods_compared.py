"""What a comparison of ways of scaling says, on accuracies that are known."""

from __future__ import annotations

import numpy as np
import pytest

from scaling_search.evidence import Compared, compare_methods
from search_spaces.specs.methods import Aim, Comparison

NAMES = ("depth only", "width only", "resolution only", "compound")


def networks(effects, flops, *, seeds=4, images=4000, noise=0.0, slope=0.05):
    """A baseline and one network a method and φ, with accuracy .5 + slope · log₂ ratio + effect."""
    rng = np.random.default_rng(0)
    hard = rng.permutation(images)  # one order of difficulty, so that rows are paired by image

    def correct(accuracy):
        found = {}
        for seed in range(seeds):
            level = round((accuracy + noise * rng.standard_normal()) * images)
            found[seed] = hard < level
        return found

    rows = [Compared(0, (), 1000, correct(0.5))]
    for (aim, effect), count in zip(effects.items(), flops, strict=True):
        accuracy = 0.5 + slope * np.log2(count / 1000) + effect
        rows.append(Compared(len(rows), (aim,), count, correct(accuracy)))
    return rows


def aims(phis=(1.0, 2.0)):
    return [Aim(name, phi) for phi in phis for name in NAMES]


def by_aim(found):
    return {(point.method, point.phi): point for point in found.points}


def test_gains_are_taken_to_equal_flops_by_the_slope_of_accuracy_over_log_flops():
    # Nothing but FLOPs matters here; the compound networks have 20% too many.
    flops = [round(1000 * 2**aim.phi * (1.2 if aim.method == "compound" else 1)) for aim in aims()]
    rows = networks(dict.fromkeys(aims(), 0.0), flops)
    found = compare_methods(rows, Comparison(), 0.95)
    assert found.reference == "compound"
    assert found.slope == pytest.approx(0.05, abs=0.002)
    for point in found.points:
        if point.method == "compound":
            assert (point.gain, point.adjusted_gain) == (None, None)
        else:
            assert point.gain == pytest.approx(-0.05 * np.log2(1.2), abs=0.002)
            assert point.adjusted_gain == pytest.approx(0, abs=0.002)
            assert point.gain_low <= 0 <= point.gain_high


def test_a_method_that_is_better_is_seen_through_the_noise_of_seeds():
    effects = {aim: 0.03 if aim.method == "width only" else 0.0 for aim in aims()}
    rows = networks(effects, [round(1000 * 2**aim.phi) for aim in aims()], noise=0.003)
    found = by_aim(compare_methods(rows, Comparison(), 0.95))
    assert found["width only", 1].gain_low > 0
    assert found["width only", 1].adjusted_gain == pytest.approx(0.03, abs=0.012)
    assert found["depth only", 1].gain_low < 0 < found["depth only", 1].gain_high
    point = found["depth only", 2]
    assert point.low < point.accuracy < point.high
    assert point.flops_ratio == 4


def test_intervals_hold_jointly_when_nothing_differs():
    missed = 0
    for trial in range(60):
        rng = np.random.default_rng(trial)
        rows = [
            Compared(
                index,
                (aim,) if aim else (),
                2000 if aim else 1000,
                {seed: rng.random(800) < 0.6 + 0.01 * rng.standard_normal() for seed in range(3)},
            )
            for index, aim in enumerate([None, *aims((1.0,))])
        ]
        found = compare_methods(rows, Comparison(phis=(1,)), 0.9)
        gains = [point for point in found.points if point.gain is not None]
        missed += any(not point.gain_low <= 0 <= point.gain_high for point in gains)
    assert missed <= 12  # 6 expected


def test_one_seed_gives_accuracies_and_no_intervals():
    flops = [round(1000 * 2**aim.phi) for aim in aims()]
    found = compare_methods(
        networks(dict.fromkeys(aims(), 0.0), flops, seeds=1), Comparison(), 0.95
    )
    assert found.seed_sd is None
    assert all(point.low is None and point.gain_low is None for point in found.points)
    assert found.points[0].adjusted_gain is not None


def test_a_network_that_lost_a_trial_is_left_out_by_name():
    flops = [round(1000 * 2**aim.phi) for aim in aims()]
    rows = networks(dict.fromkeys(aims(), 0.0), flops)
    lost = Compared(rows[3].index, rows[3].aims, rows[3].flops, rows[3].correct, lost=1)
    found = compare_methods([*rows[:3], lost, *rows[4:]], Comparison(), 0.95)
    assert found.incomplete == ("resolution only φ=1",)
    assert len(found.points) == 7
    nothing = [Compared(row.index, row.aims, row.flops, {}) for row in rows]
    empty = compare_methods(nothing, Comparison(), 0.95)
    assert (empty.points, empty.seeds, len(empty.incomplete)) == ((), 0, 8)


def test_the_reference_is_the_first_method_that_scales_everything_else_the_last():
    rows = networks({Aim("a", 1.0): 0.0, Aim("b", 1.0): 0.0}, [2000, 2000])
    methods = [{"name": "a", "shares": (1, 0, 0)}, {"name": "b", "shares": (0, 1, 0)}]
    found = compare_methods(
        rows, Comparison.model_validate({"methods": methods, "phis": [1]}), 0.95
    )
    assert found.reference == "b"
