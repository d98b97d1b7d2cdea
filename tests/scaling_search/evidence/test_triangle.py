"""The surface that is drawn is the one that decides."""

from __future__ import annotations

import numpy as np
import pytest

from results.values import lattice
from scaling_search.evidence import infer, triangle_surface
from search_spaces.coefficients import Shares
from search_spaces.specs.sweep import SelectionRule

from .made import RULE, entry, exact, simulated


def shares_of(entries):
    """Those that `entry` scales by."""
    return {
        one.index: Shares(*(value / sum(one.place[:3]) for value in one.place[:3]))
        for one in entries
        if one.eligible
    }


def rising(seeds=3):
    """Accuracy rises by 20 points from no resolution to all of it."""
    directions = shares_of([entry(index, {}) for index in range(16)])
    rows = [[0.3] * seeds] + [[0.5 + 0.2 * one.resolution] * seeds for one in directions.values()]
    return exact(rows, 20_000)


def test_the_surface_has_the_accuracies_of_the_candidates_between_them_too() -> None:
    entries = rising()
    surface = triangle_surface(entries, RULE, shares_of(entries))
    assert surface is not None
    points = lattice(surface.divisions)
    assert len(surface.mean) == len(surface.std) == len(points)
    inner = points.min(axis=1) > 0.1
    expected = 0.5 + 0.2 * points[inner, 2]
    np.testing.assert_allclose(np.array(surface.mean)[inner], expected, atol=0.02)
    assert max(np.array(surface.std)[inner]) < 0.3 * surface.prior_std


def test_noise_leaves_the_surface_as_unsure_as_before() -> None:
    noisy = simulated(np.random.default_rng(3), [0.4] + 8 * [0.6], 2, 500, seed_sd=0.1)
    surface = triangle_surface(noisy, RULE, shares_of(noisy))
    assert surface is not None
    assert np.mean(surface.std) > 0.7 * surface.prior_std


def test_a_place_is_believed_as_a_candidate_without_a_trial_is() -> None:
    entries = rising()
    posterior = infer([*entries, entry(16, {})], RULE)
    assert posterior is not None
    mean, _ = posterior.at(posterior.unseen_matched)
    assert mean[0] == pytest.approx(posterior.surface.expected[-1], abs=0.002)


def test_three_directions_make_no_surface() -> None:
    entries = rising()[:4]
    assert triangle_surface(entries, SelectionRule(), shares_of(entries)) is None
    assert triangle_surface(rising(seeds=1), RULE, shares_of(rising())) is None
