"""Accuracy over depth, width, resolution and FLOPs, as a distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.selection.noise import Floats
from scaling_search.selection.priors import VARIATION_SCALE, Parts, Variances, averaged, priors

DRAWS = 4000
MOST = 100
"""Candidates that the surface is fitted to; the cost grows with their cube."""


@dataclass(frozen=True)
class Surface:
    """What is believed of K candidates' accuracies at the FLOPs where they are compared.

    `expected` has shape (K,), `draws` shape (DRAWS, K). `moved` is what is expected to be gained by
    going to those FLOPs from a candidate's own, (K,), and `moved_sd` how unsure that is.
    """

    expected: Floats
    draws: NDArray[np.float32]
    moved: Floats
    moved_sd: Floats
    variances: Variances


def _processes(
    parts: Parts, means: Floats, noise: Floats, scale: float
) -> tuple[list[Any], Floats]:
    """A Gaussian process for every prior, and what its weight is after the means were seen.

    Rows 0 to F are the means, F to 2F the accuracies behind them, 2F to 3F those compared.
    """
    from sklearn import config_context
    from sklearn.gaussian_process import GaussianProcessRegressor

    from scaling_search.selection.tabulated import Tabulated

    size = len(means)
    seen = np.arange(size)
    rows = np.concatenate([seen, np.arange(2 * size)])
    found, logs = [], []
    with config_context(assume_finite=True, skip_parameter_validation=True):
        for variances, likely in priors(scale):
            covariance = parts.scaled(variances)[np.ix_(rows, rows)]
            covariance[:size, :size] += noise
            process = GaussianProcessRegressor(Tabulated(covariance), optimizer=None)
            process.fit(seen[:, None], means)
            found.append(process)
            logs.append(process.log_marginal_likelihood_value_ + np.log(likely))
    weights = np.exp(np.array(logs) - max(logs))
    return found, weights / weights.sum()


def _fitted_rows(means: Floats) -> NDArray[np.intp]:
    """All rows, or, of very many, half the best and half from all over."""
    if len(means) <= MOST:
        return np.arange(len(means))
    order = np.argsort(-means)
    spread = order[np.linspace(MOST // 2, len(means) - 1, MOST - MOST // 2).astype(np.intp)]
    return np.sort(np.concatenate([order[: MOST // 2], spread]))


def believe(
    places: Floats,
    matched: Floats,
    means: Floats,
    noise: Floats,
    freedom: float,
    scale: float = VARIATION_SCALE,
) -> Surface:
    """The accuracies that other seeds and images would show on average, at matched FLOPs.

    A Gaussian process with the noise of the means, averaged over a grid of priors by their marginal
    likelihoods (no optimum is trusted: with few candidates several fit as well), and widened as
    Student's t for a noise that was itself estimated. Of more than `MOST` candidates the others are
    judged by their own means alone.

    Args:
        places: `Evidence.place` of each candidate, shape (K, 4).
        matched: the same with the FLOPs at which to compare, shape (K, 4).
        means: accuracies, shape (K,).
        noise: covariance of the means, shape (K, K).
        freedom: degrees of freedom behind the noise.
        scale: how much accuracies are expected to vary (fraction).
    """
    rows, middle = _fitted_rows(means), float(means.mean())
    size = len(rows)
    processes, weights = _processes(
        Parts.of(places[rows], matched[rows]),
        means[rows] - middle,
        noise[np.ix_(rows, rows)],
        scale,
    )
    random = np.random.default_rng(0)  # the same draws every time
    ends = np.rint(np.cumsum(weights) * DRAWS).astype(int)
    wider = np.ones((DRAWS, 1))
    if np.isfinite(freedom):
        wider = np.sqrt(freedom / random.chisquare(freedom, (DRAWS, 1)))
    draws = np.empty((DRAWS, len(means)))
    found = _Mixture.empty(size)
    asked = np.arange(size, 3 * size)[:, None]
    for process, start, end in zip(processes, [0, *ends[:-1]], ends, strict=True):
        if start < end:
            share = (end - start) / DRAWS
            off = random.standard_normal((end - start, size)) * wider[start:end]
            mean, covariance = process.predict(asked, return_cov=True)
            drawn = found.add(share, mean, covariance, off)
            draws[start:end, rows] = middle + drawn
    rest = np.setdiff1d(np.arange(len(means)), rows)
    if rest.size:
        together = (draws[:, rows] - means[rows]).mean(1, keepdims=True)
        apart = np.maximum(np.diag(noise) - 2 * noise.mean(1) + noise.mean(), 0.0)[rest]
        off = wider * np.sqrt(apart) * random.standard_normal((DRAWS, rest.size))
        draws[:, rest] = means[rest] + together + off
    expected = draws.mean(axis=0)
    moved, moved_sd = np.zeros(len(means)), np.zeros(len(means))
    expected[rows] = middle + found.expected
    moved[rows] = found.moved
    moved_sd[rows] = np.sqrt(np.maximum(found.squares - np.square(found.moved), 0.0))
    return Surface(
        expected,
        np.clip(draws, 0, 1).astype(np.float32),
        moved,
        moved_sd,
        averaged(priors(scale), weights),
    )


@dataclass
class _Mixture:
    """Sums over settings, by their shares; F candidates."""

    expected: Floats
    moved: Floats
    squares: Floats

    @classmethod
    def empty(cls, size: int) -> _Mixture:
        """Nothing yet."""
        return cls(np.zeros(size), np.zeros(size), np.zeros(size))

    def add(self, share: float, mean: Floats, covariance: Floats, off: Floats) -> Floats:
        """Add a setting; draws from it, made of standard normal ones (n, F).

        Mean (2F,) and covariance (2F, 2F) are where candidates were seen, then where compared.
        """
        size = len(self.expected)
        there = covariance[size:, size:]
        root = np.linalg.cholesky(there + 1e-12 * np.eye(size))
        gained = mean[size:] - mean[:size]
        variance = np.diag(there) + np.diag(covariance)[:size] - 2 * np.diag(covariance[size:])
        self.expected += share * mean[size:]
        self.moved += share * gained
        self.squares += share * (np.square(gained) + np.maximum(variance, 0.0))
        drawn: Floats = mean[size:] + off @ root.T
        return drawn
