"""The noise of mean accuracies: how much they would change with other seeds and other images.

Verdicts, confirmations, comparisons of methods and validations of a proxy take their variances and
intervals from here. Candidates are paired: those that share seeds and images share what a seed or
an image does to all alike, which is no noise between them. Resampling seeds and images (with
replacement, both, over and over) has covariances that a mean lets one write down, so that no
resampling is needed: the variance over infinitely many resamples is that of the sample divided by
its size. Each of the two holds the interaction of seeds and images once, so one of them must leave
it out (Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 2007): here the one over
images.

Seeds are a two-way table, candidate + seed + residual, which need not be complete: candidates that
were dropped early are compared with the others on the seeds that they share, and, as far as seeds
are known not to matter, on all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.correctness import Correctness

Floats = NDArray[np.float64]

_LEAST_PRIOR_FREEDOM = 4.0
"""A candidate's few seeds are never believed over all the others' by more than this allows."""
_OTHERS_FREEDOM = 6.0
"""What all candidates' variances say of one candidate's, in degrees of freedom: they differ in
noise, by about a third, and few seeds cannot tell in whose favour."""
_SHARED_PRIOR_FREEDOM = 2.0
"""What a seed does to all alike is taken to be as large as its residual, worth so many seeds."""
_INFLATIONS = 4
"""Sizes of an estimated noise that are averaged over."""


@dataclass(frozen=True)
class Errors:
    """Covariance of K means (accuracies), (K, K) each: a known part, and one that is estimated.

    The estimate has `freedom` degrees of freedom.
    """

    known: Floats
    estimated: Floats
    freedom: float

    def at(self, rows: NDArray[np.intp]) -> Errors:
        """Those of some means."""
        both = np.ix_(rows, rows)
        return Errors(self.known[both], self.estimated[both], self.freedom)

    def inflations(self) -> Floats:
        """Equally likely factors on the estimated variances, (I,): middles of so many parts."""
        from scipy import stats  # a second to import, which workers need not wait for

        if not np.isfinite(self.freedom):
            return np.ones(1)
        middles = (np.arange(_INFLATIONS) + 0.5) / _INFLATIONS
        factors: Floats = self.freedom / stats.chi2.ppf(middles, self.freedom)
        return factors


def centred_variances(covariance: Floats) -> Floats:
    """Variance of each value around the mean of all, (K,), from their covariance (K, K)."""
    variances: Floats = np.diag(covariance) - 2 * covariance.mean(1) + covariance.mean()
    return np.maximum(variances, 0.0)


@dataclass(frozen=True)
class Noise:
    """Of K mean accuracies (fractions).

    `means` are the candidates' accuracies without what their seeds do to all alike, shape (K,).
    `between` are the variances between one candidate's seeds, (K,), and `shared` the variance of
    what a seed does to all; `images` is the covariance of the means over `count` images, (K, K);
    `covariance` is that of the means from all sources. `freedom` counts the degrees of freedom
    behind `between`. `rounding` are the variances of counting whole images, (K,).
    """

    means: Floats
    between: Floats
    shared: float
    images: Floats
    count: int
    covariance: Floats
    freedom: float
    rounding: Floats

    @property
    def errors(self) -> Errors:
        """Of the means: images are many, so that theirs are known; seeds are few."""
        of_seeds = self.covariance - self.images + np.diag(self.rounding)
        return Errors(self.images, of_seeds, self.freedom)

    def margin(self, weights: Floats, probability: float, known: float = 0.0) -> float:
        """Distance from `weights @ means` that is not exceeded, to one side, with a probability.

        A quantile of Student's t; seeds and images together have the degrees of freedom of Welch
        and Satterthwaite.

        Args:
            weights: shape (K,): 1 for one mean, 1 and -1 for a difference.
            probability: above 0.5; (1 + c) / 2 for half of a two-sided interval of confidence c.
            known: a further variance.
        """
        images = float(weights @ self.images @ weights)
        seeds = float(weights @ self.covariance @ weights) - images
        variance = images + seeds + known
        if variance <= 0:
            return 0.0
        spread = seeds**2 / self.freedom + images**2 / max(self.count - 1, 1)
        return student(probability, variance**2 / spread) * math.sqrt(variance)


def student(probability: float, freedom: float) -> float:
    """Quantile of Student's t."""
    from scipy import stats  # a second to import, which workers and first trials need not wait for

    return float(stats.t.ppf(probability, freedom))


def root(covariance: Floats) -> Floats:
    """A matrix whose product with its transpose is the covariance, (K, K)."""
    size, direction = np.linalg.eigh(covariance)
    factor: Floats = direction * np.sqrt(np.maximum(size, 0.0))
    return factor


def moderated(variances: Floats, freedom: Floats) -> Floats:
    """Variances drawn towards their common value, as far as chance alone would have spread them.

    Empirical Bayes by the moments of log variances (Smyth, "Linear models and empirical Bayes
    methods", Statistical Applications in Genetics and Molecular Biology 3, 2004, section 6.2): few
    seeds say little about the noise of one candidate, yet deep networks can be noisier than others.

    Args:
        variances: one a candidate, shape (K,).
        freedom: degrees of freedom of each; one without any gets the common value.
    """
    from scipy import optimize, special  # a second to import, which workers need not wait for

    pooled = float((variances * freedom).sum() / freedom.sum())
    known = freedom > 0.5
    if not known.any():
        return np.full_like(variances, max(pooled, 1e-12))
    found, half = variances[known], freedom[known] / 2
    floor = max(1e-5 * float(np.median(found)), 1e-12)
    logs = np.log(np.maximum(found, floor)) - special.digamma(half) + np.log(half)
    spread = float(logs.var(ddof=1)) if len(logs) > 1 else 0.0
    excess = spread - float(special.polygamma(1, half).mean())
    if excess <= special.polygamma(1, 1e6):  # no more spread than chance: one common variance
        return np.full_like(variances, max(pooled, floor))

    def surplus(log_half: float) -> float:
        return float(special.polygamma(1, np.exp(log_half))) - excess

    prior = float(np.exp(optimize.brentq(surplus, -20, 15)))
    weight = max(2 * prior, _LEAST_PRIOR_FREEDOM)
    common = np.exp(logs.mean() + special.digamma(weight / 2) - np.log(weight / 2))
    common = max(float(common), floor)
    shrunk: Floats = (weight * common + freedom * variances) / (weight + freedom)
    return shrunk


def _laplacian(trained: Floats, weights: Floats) -> Floats:
    """What trials say of differences between seeds once candidates are free: (S, S)."""
    share = trained / trained.sum(1, keepdims=True)
    graph: Floats = np.diag(weights @ trained) - (weights[:, None] * trained).T @ share
    return graph


def _residuals(table: Correctness) -> tuple[Floats, Floats]:
    """Variance between each candidate's seeds, without what a seed does to all; its freedom."""
    trained = table.trained.astype(np.float64)
    counts, ones = table.counts, np.ones(len(trained))
    inverse = np.linalg.pinv(_laplacian(trained, ones))
    seeds = inverse @ table.deviations.sum(0)
    share = trained / counts[:, None]
    off = (table.deviations - (seeds - (share @ seeds)[:, None])) * trained
    # Leverage of a trial: 1/S of its candidate, and the quadratic form of its seed, centred.
    across = share @ inverse
    form = np.diag(inverse) - 2 * across + (across * share).sum(1)[:, None]
    freedom = counts - 1 - (form * trained).sum(1)
    freedom = np.where(freedom > 1e-6, freedom, 0.0)
    squares = np.square(off).sum(1)
    return np.where(freedom > 0, squares / np.maximum(freedom, 1e-6), 0.0), freedom


def _shared(table: Correctness, between: Floats) -> float:
    """Variance of what a seed does to all candidates, drawn towards that of its residuals."""
    typical = float(between.mean())
    complete = table.trained.all(axis=1)
    many, seeds = int(complete.sum()), table.trained.shape[1]
    if many < 2 or seeds < 2:
        return typical
    spread = float(table.accuracy[complete].mean(0).var(ddof=1)) - typical / many
    prior = _SHARED_PRIOR_FREEDOM
    return float((prior * typical + (seeds - 1) * max(spread, 0.0)) / (prior + seeds - 1))


def _over_images(table: Correctness) -> tuple[Floats, Floats]:
    """Covariance of the means over images (K, K); variance of one trial's luck with images (K,)."""
    counts, images = table.counts.astype(np.float64), table.images
    by_image = table.correct.sum(axis=1, dtype=np.float64) / counts[:, None]
    luck = np.zeros(len(counts))
    repeated = counts > 1
    inside = (by_image * (1 - by_image)).mean(1)  # 0 or 1 each: the variance within an image
    spread = np.square(table.deviations).sum(1)
    luck[repeated] = (counts * inside - spread)[repeated] / (counts - 1)[repeated]
    luck[~repeated] = luck[repeated].mean() if repeated.any() else 0.0
    luck = np.maximum(luck, 0.0) * images / (images - 1)
    centred = by_image - by_image.mean(1, keepdims=True)
    covariance = centred @ centred.T / (images - 1)
    diagonal = np.diag(covariance)
    covariance[np.diag_indices_from(covariance)] = np.maximum(diagonal - luck / counts, 0.0)
    possible = root(covariance)  # as an estimate it may have negative eigenvalues
    return possible @ possible.T / images, luck / images


def measured(table: Correctness) -> Noise | None:
    """The noise in a table; None if no two candidates share two seeds, so that it is unknown."""
    if not len(table.counts):
        return None
    variances, freedom = _residuals(table)
    if freedom.sum() < 0.5:
        return None
    images, luck = _over_images(table)
    between = np.maximum(moderated(variances, freedom), luck)
    shared = _shared(table, between)
    means, of_seeds = _paired(table, between, shared)
    return Noise(
        means=means,
        between=between,
        shared=shared,
        images=images,
        count=table.images,
        covariance=images + of_seeds + np.diag(between / table.counts),
        freedom=float(min(freedom.sum(), freedom.mean() + _OTHERS_FREEDOM)),
        rounding=1 / (12 * table.images**2 * table.counts),
    )


def _paired(table: Correctness, between: Floats, shared: float) -> tuple[Floats, Floats]:
    """Means without what seeds do to all alike, (K,); covariance of what is not known of that."""
    trained = table.trained.astype(np.float64)
    share = trained / table.counts[:, None]
    precision = _laplacian(trained, 1 / between) + np.eye(trained.shape[1]) / shared
    seeds = np.linalg.solve(precision, (table.deviations / between[:, None]).sum(0))
    return table.mean - share @ seeds, share @ np.linalg.solve(precision, share.T)
