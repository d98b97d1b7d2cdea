"""Intervals hold as often as they say."""

import numpy as np
import pytest

from scaling_search.transfer.findings import interval


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
