"""What the true accuracies may be, given noisy ones: drawn again over images and over seeds.

Correctness has shape (K candidates, S seeds, n images). Draws are deterministic.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.validity.components import Accuracies, seed_noise

DRAWS = 2000
_GRID = 200
"""Standard deviations between candidates that are weighed against each other."""

_CHUNK = 100
"""Draws of images at once: bounds the memory for large validation splits."""

Correct = NDArray[np.bool_]


def _image_part(correct: Correct) -> float:
    """Share of the images' effect on means that another choice of images alone would change.

    The rest is what differs from seed to seed image by image, which drawing seeds counts already.
    """
    relative = correct.astype(np.float64)
    relative -= relative.mean(axis=0)
    seeds, images = relative.shape[1:]
    by_image = relative.mean(axis=1, keepdims=True)
    whole = float(by_image.var(axis=2, ddof=1).mean())
    residual = relative - by_image - relative.mean(axis=2, keepdims=True)
    residual += by_image.mean(axis=2, keepdims=True)
    noise = float(np.square(residual).sum()) / (len(correct) * (seeds - 1) * (images - 1))
    return max(0.0, 1 - noise / seeds / whole) if whole else 0.0


def deviations(correct: Correct, rng: np.random.Generator, draws: int = DRAWS) -> Accuracies:
    """How far candidates' means would move with other images and other seeds: (draws, K).

    Images are drawn with replacement, the same for all candidates; seeds by drawing from the
    residuals of the two-way table, scaled to its variance, so that a few seeds are enough to draw
    from.
    """
    candidates, seeds, images = correct.shape
    flat = correct.reshape(candidates * seeds, images).T.astype(np.float32)
    observed = flat.mean(axis=0).reshape(candidates, seeds).astype(np.float64)
    moved = np.empty((draws, candidates))
    for start in range(0, draws, _CHUNK):
        count = min(_CHUNK, draws - start)
        weights = rng.multinomial(images, np.full(images, 1 / images), size=count)
        tables = (weights.astype(np.float32) @ flat) / images
        moved[start : start + count] = tables.reshape(count, candidates, seeds).mean(axis=2)
    by_images = (moved - observed.mean(axis=1)) * np.sqrt(_image_part(correct))
    residual = observed - observed.mean(1, keepdims=True) - observed.mean(0) + observed.mean()
    residual *= np.sqrt(candidates * seeds / ((candidates - 1) * (seeds - 1)))
    by_seeds = rng.choice(residual.ravel(), size=(draws, candidates, seeds)).mean(axis=2)
    found: Accuracies = by_images + by_seeds
    return found


def truths(correct: Correct, rng: np.random.Generator, draws: int = DRAWS) -> Accuracies:
    """Accuracies that may be the true ones: (draws, K).

    Candidates' true values are taken as spread around a common mean, by as much as is left of the
    observed spread without the noise; how much that is, is itself drawn. Without this the best of
    several noisy figures would always look better than it is, and whatever else was chosen worse.
    """
    candidates, seeds, _ = correct.shape
    table = correct.mean(axis=2)
    means = table.mean(axis=1)
    moved = deviations(correct, rng, draws)
    moved -= moved.mean(axis=1, keepdims=True)
    freedom = (candidates - 1) * (seeds - 1)
    noise = max(float(moved.var(axis=0).sum()) / (candidates - 1), seed_noise(table))
    error = noise * freedom / rng.chisquare(freedom, size=draws)
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
