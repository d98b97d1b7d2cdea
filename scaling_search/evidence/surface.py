"""Accuracy over depth, width, resolution and FLOPs, as a distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.noise import Errors, Floats, centred_variances
from scaling_search.evidence.priors import Parts, Variances, averaged, priors

DRAWS = 4000
MOST = 100
"""Candidates that the surface is fitted to, and others that it tells of; the cost grows with their
cube."""


@dataclass(frozen=True)
class Surface:
    """The posterior of K candidates' accuracies at the FLOPs where they are compared.

    `expected` has shape (K,), `draws` shape (DRAWS, K). `moved` is what is expected to be gained by
    going to those FLOPs from a candidate's own, (K,), and `moved_sd` how unsure that is.
    """

    expected: Floats
    draws: NDArray[np.float32]
    moved: Floats
    moved_sd: Floats
    variances: Variances


@dataclass(frozen=True)
class _Setting:
    """A Gaussian process under one prior and one size of the noise; its weight by what was seen."""

    process: Any
    variances: Variances
    inflation: float
    log_weight: float


def _settings(parts: Parts, means: Floats, errors: Errors) -> tuple[list[_Setting], Floats]:
    """For every prior and noise, and what their weights are after the means were seen.

    Of the candidates of `parts` the first K were seen. Rows 0 to K of a process are the means, the
    next the accuracies of all where they are, the last those where they are compared.
    """
    from sklearn import config_context
    from sklearn.gaussian_process import GaussianProcessRegressor

    from scaling_search.evidence.tabulated import Tabulated

    size = len(means)
    seen = np.arange(size)
    rows = np.concatenate([seen, np.arange(len(parts.own))])
    found, inflations = [], errors.inflations()
    with config_context(assume_finite=True, skip_parameter_validation=True):
        for variances, likely in priors():
            covariance = parts.scaled(variances)[np.ix_(rows, rows)]
            for inflation in inflations:
                noisy = covariance.copy()
                noisy[:size, :size] += errors.known + inflation * errors.estimated
                process = GaussianProcessRegressor(Tabulated(noisy), optimizer=None)
                process.fit(seen[:, None], means)
                log = process.log_marginal_likelihood_value_ + np.log(likely)
                found.append(_Setting(process, variances, float(inflation), float(log)))
    logs = np.array([one.log_weight for one in found])
    weights = np.exp(logs - logs.max())
    return found, weights / weights.sum()


def _fitted_rows(means: Floats) -> NDArray[np.intp]:
    """All rows, or, of very many, half the best and half from all over."""
    if len(means) <= MOST:
        return np.arange(len(means))
    order = np.argsort(-means)
    spread = order[np.linspace(MOST // 2, len(means) - 1, MOST - MOST // 2).astype(np.intp)]
    return np.sort(np.concatenate([order[: MOST // 2], spread]))


def fit_surface(places: Floats, matched: Floats, means: Floats, errors: Errors) -> Surface:
    """The accuracies that other seeds and images would show on average, at matched FLOPs.

    A Gaussian process with the noise of the means, averaged over a grid of priors, and of sizes of
    a noise that was itself estimated, by their marginal likelihoods: no optimum is trusted, since
    with few candidates several fit as well. Where more than `MOST` were seen, the rest of them are
    judged by their own means alone.

    Args:
        places: `Evidence.place` of each candidate, shape (K + U, 4); the last U were not seen, and
            the surface alone tells of them.
        matched: the same with the FLOPs at which to compare, shape (K + U, 4).
        means: accuracies of the first K, shape (K,).
        errors: covariance of the means.
    """
    fitted, middle = _fitted_rows(means), float(means.mean())
    rows = np.concatenate([fitted, np.arange(len(means), len(places))])
    size = len(rows)
    settings, weights = _settings(
        Parts.of(places[rows], matched[rows]), means[fitted] - middle, errors.at(fitted)
    )
    random = np.random.default_rng(0)  # the same draws every time
    ends = np.rint(np.cumsum(weights) * DRAWS).astype(int)
    draws, inflated = np.empty((DRAWS, len(places))), np.empty((DRAWS, 1))
    found = _Mixture.empty(size)
    asked = np.arange(len(fitted), len(fitted) + 2 * size)[:, None]
    for setting, start, end in zip(settings, [0, *ends[:-1]], ends, strict=True):
        if start < end:
            off = random.standard_normal((end - start, size))
            mean, covariance = setting.process.predict(asked, return_cov=True)
            drawn = found.add((end - start) / DRAWS, mean, covariance, off)
            draws[start:end, rows] = middle + drawn
            inflated[start:end] = setting.inflation
    rest = np.setdiff1d(np.arange(len(means)), rows)
    if rest.size:
        together = (draws[:, fitted] - means[fitted]).mean(1, keepdims=True)
        variance = (
            centred_variances(errors.known)[rest]
            + inflated * centred_variances(errors.estimated)[rest]
        )
        off = np.sqrt(variance) * random.standard_normal((DRAWS, rest.size))
        draws[:, rest] = means[rest] + together + off
    expected = draws.mean(axis=0)
    moved, moved_sd = np.zeros(len(places)), np.zeros(len(places))
    expected[rows] = middle + found.expected
    moved[rows] = found.moved
    moved_sd[rows] = np.sqrt(np.maximum(found.squares - np.square(found.moved), 0.0))
    return Surface(
        expected,
        np.clip(draws, 0, 1).astype(np.float32),
        moved,
        moved_sd,
        averaged([one.variances for one in settings], weights),
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
