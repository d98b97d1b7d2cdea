"""Draws of the true accuracies of a few candidates, and of what their trials might have shown.

The noise is that of verdicts (`evidence.noise`), the prior is not: a validation has about five
candidates, as far apart as the triangle allows, from which no surface can be learnt. They are taken
to be exchangeable. Correctness has shape (K candidates, S seeds, n images).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.correctness import Correctness
from scaling_search.evidence.noise import (
    Noise,
    centred_variances,
    measured,
    root,
)
from scaling_search.evidence.validity.agreement import Accuracies

DRAWS = 2000
_GRID = 200
"""Standard deviations between candidates that are weighed against each other."""

Correct = NDArray[np.bool_]


def _deviations(noise: Noise, rng: np.random.Generator, draws: int) -> Accuracies:
    """How far candidates' means would move beside one another: (draws, K)."""
    moved = rng.standard_normal((draws, len(noise.means))) @ root(noise.covariance).T
    centred: Accuracies = moved - moved.mean(axis=1, keepdims=True)
    return centred


def deviations(correct: Correct, rng: np.random.Generator, draws: int = DRAWS) -> Accuracies:
    """How far means would move, beside one another, with other images and seeds: (draws, K)."""
    return _deviations(_noise(correct), rng, draws)


def _noise(correct: Correct) -> Noise:
    noise = measured(Correctness.complete(correct))
    assert noise is not None  # two candidates or more share two seeds or more
    return noise


def truths(correct: Correct, rng: np.random.Generator, draws: int = DRAWS) -> Accuracies:
    """Accuracies that may be the true ones: (draws, K).

    Candidates' true values are taken as spread around a common mean, by as much as is left of the
    observed spread without the noise; how much that is, is itself drawn. Without this the best of
    several noisy figures would always look better than it is, and whatever else was chosen worse.
    """
    noise = _noise(correct)
    means, candidates = correct.mean(axis=(1, 2)), len(correct)
    moved = _deviations(noise, rng, draws)
    variance = float(centred_variances(noise.covariance).sum()) / (candidates - 1)
    error = variance * noise.freedom / rng.chisquare(noise.freedom, size=draws)
    seen = float(np.square(means - means.mean()).sum())
    true = _spreads(seen, error, candidates, rng)
    kept = np.divide(true, true + error, out=np.zeros(draws), where=true + error > 0)[:, None]
    centre = means.mean()
    found: Accuracies = centre + kept * (means - centre) + np.sqrt(kept) * moved
    return found


def redrawn(correct: Correct, rng: np.random.Generator, draws: int = DRAWS) -> Accuracies:
    """Means that the same trials with other seeds and other images might show: (draws, K).

    What may be true, seen through as much noise again: other candidates than the one that the
    observed means put first might have come first as well.
    """
    found: Accuracies = truths(correct, rng, draws) + deviations(correct, rng, draws)
    return found


def _spreads(
    seen: float, error: Accuracies, candidates: int, rng: np.random.Generator
) -> Accuracies:
    """Variances between true values, one for each error variance, (draws,).

    From the posterior under a prior that is flat in the standard deviation (Gelman 2006, "Prior
    distributions for variance parameters in hierarchical models"). `seen` is the sum of squares of
    the K observed means around their mean.
    """
    widest = 5 * np.sqrt((seen + float(error.mean())) / (candidates - 1))
    deviations = np.linspace(0, max(widest, 1e-12), _GRID)
    whole = np.square(deviations) + np.maximum(error, 1e-12)[:, None]
    logs = -(candidates - 1) / 2 * np.log(whole) - seen / 2 / whole
    weights = np.cumsum(np.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
    drawn = rng.random(len(error)) * weights[:, -1]
    places = (weights < drawn[:, None]).sum(axis=1)
    found: Accuracies = np.square(deviations[places])
    return found
