"""Intervals hold as often as they say."""

import numpy as np
import pytest

from results.values import NewTransferRun
from results.values.trials import pack_correct
from scaling_search.evidence.transfer import findings, interval
from search_spaces.specs.data import DataSpec
from search_spaces.specs.transfer import TransferSpec, WeightsSpec


def test_intervals_hold_over_seeds_and_images():
    random = np.random.default_rng(0)
    seeds, images, truth, held = 4, 200, 0.7, 0
    for _ in range(400):
        of_seeds = random.normal(0, 0.04, (seeds, 1))
        of_images = random.normal(0, 0.2, (1, images))
        chance = np.clip(truth + of_seeds + of_images, 0, 1)
        found = interval((random.random((seeds, images)) < chance).astype(float))
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 1


def test_one_seed_has_no_interval_and_equal_ones_have_no_width():
    one = np.array([[1.0, 0.0, 1.0, 1.0]])
    assert (interval(one).mean, interval(one).low) == (0.75, None)
    same = interval(np.ones((3, 10)))
    assert (same.low, same.mean, same.high) == (1, 1, 1)
    pair = interval(np.array([[1.0, 1.0], [0.0, 0.0]]))
    assert pair.mean == pytest.approx(0.5)
    assert pair.high - pair.mean == pytest.approx(12.706 * 0.5, rel=1e-3)


def runs(method, right):
    """A run a seed, of which each gets the first so many of 200 images right."""
    return [
        NewTransferRun(
            weights="net", dataset="digits", method=method, seed=seed, learning_rate=0.1,
            role="result", spec_key="k", resolution_px=8, params=10, flops=100, trained_params=10,
            accuracy=count / 200, validation_accuracy=0.5,
            correct=pack_correct(np.arange(200) < count), n_images=200, steps=2, images=32,
            train_seconds=1.0, seconds=2.0, diverged=False, curve=(),
        )
        for seed, count in enumerate(right)
    ]  # fmt: skip


def test_a_gain_is_paired_by_seed_and_image_and_says_what_its_interval_shows():
    """Each method is as far from scratch with every seed, though seeds differ by much more."""
    spec = TransferSpec(
        weights=(WeightsSpec(name="net", source="net.pth"),),
        data=(DataSpec(name="digits"),),
        learning_rates=(0.1,),
        seeds=3,
    )
    scratch = [60, 100, 140]
    found = findings(
        spec,
        [
            *runs("linear_probe", [one - 20 for one in scratch]),
            *runs("full", [one + 20 for one in scratch]),
            *runs("gradual", [100, 100, 101]),
            *runs("scratch", scratch),
        ],
    )
    gains = {cell["method"]: cell["gain"] for cell in found["cells"]}
    assert {name: gain and gain["verdict"] for name, gain in gains.items()} == {
        "linear_probe": "worse",
        "full": "better",
        "gradual": "no difference shown",
        "scratch": None,
    }
    assert gains["full"]["mean"] == pytest.approx(0.1)
    # Seeds say the same; each sees 20 images right that scratch does not, each time other ones, so
    # that 60 of 200 images gain a third.
    half = 1.972 * ((60 / 200 / 9 - 0.1**2) / 199) ** 0.5
    assert gains["full"]["low"] == pytest.approx(0.1 - half, abs=1e-5)
    assert gains["full"]["high"] == pytest.approx(0.1 + half, abs=1e-5)
    assert gains["linear_probe"]["high"] == pytest.approx(-gains["full"]["low"])
