"""Priors over accuracy: how much, and how smoothly, it varies over the triangle."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scaling_search.evidence.noise import Floats

_VARIATION = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
"""How much the surface may vary (accuracy, sd)."""
_REACH = (0.6, 1.6)
"""Over how far it does (doublings of FLOPs spent otherwise)."""
_OWN = (0.0005, 0.002, 0.008, 0.032, 0.128)
"""How far one network may lie off the surface (accuracy, sd)."""
_VARIATION_SCALE, _OWN_SCALE = 0.01, 0.008
"""Of the half-Cauchy distributions of the two (Gelman, "Prior distributions for variance parameters
in hierarchical models", Bayesian Analysis 1, 2006): nearly flat below, so that few candidates are
not said to be alike before they were seen, and heavy above."""
_GROWTH, _CONSTANT_OVER = 0.4, 4.0
"""What FLOPs alone do: a slope of 10 points a doubling (sd), straight over several doublings."""
_LEVEL = 0.5
"""Prior of the level of all candidates (accuracy, sd): nearly flat."""


@dataclass(frozen=True)
class Parts:
    """Covariances of F accuracies where they were seen and where they are compared.

    All of shape (2F, 2F), unscaled: `level` with growth, `surfaces` for each reach, `own`.
    """

    level: Floats
    surfaces: tuple[Floats, ...]
    own: Floats

    @classmethod
    def of(cls, places: Floats, matched: Floats) -> Parts:
        """Of places (F, 4); a column that a part ignores has an infinite length scale in it."""
        from sklearn.gaussian_process.kernels import RBF

        both, far = np.concatenate([places, matched]), np.inf
        return cls(
            _LEVEL**2 + _GROWTH**2 * RBF([far, far, far, _CONSTANT_OVER])(both),
            tuple(RBF([reach, reach, reach, far])(both) for reach in _REACH),
            np.tile(np.eye(len(places)), (2, 2)),
        )

    def scaled(self, variances: Variances) -> Floats:
        """The covariance under these."""
        found = self.level + variances.own * self.own
        for variance, surface in zip(variances.over, self.surfaces, strict=True):
            if variance:
                found = found + variance * surface
        return found


@dataclass(frozen=True)
class Variances:
    """How much accuracies vary, as their spread suggests: over each of `_REACH`, and each's own."""

    over: tuple[float, ...]
    own: float

    def covariance(self, places: Floats) -> Floats:
        """Of accuracies at places (F, 4) before any is seen, (F, F)."""
        size = len(places)
        return Parts.of(places, places).scaled(self)[:size, :size]


def _cauchy(values: tuple[float, ...], scale: float) -> Floats:
    """Probabilities of values on a logarithmic grid under a half-Cauchy distribution."""
    given = np.array(values)
    weights: Floats = given / (1 + np.square(given / scale))
    weights /= weights.sum()
    return weights


def priors() -> list[tuple[Variances, float]]:
    """How much accuracies may vary, and how likely that is before any was seen."""
    variations = list(zip(_VARIATION, _cauchy(_VARIATION, _VARIATION_SCALE), strict=True))
    owns = list(zip(_OWN, _cauchy(_OWN, _OWN_SCALE), strict=True))
    return [
        (
            Variances(tuple(variation**2 * (one == reach) for one in _REACH), own**2),
            float(likely * rare) / len(_REACH),
        )
        for (variation, likely), reach, (own, rare) in itertools.product(variations, _REACH, owns)
    ]


def averaged(given: Sequence[Variances], weights: Floats) -> Variances:
    """The mean of several, by their weights."""
    over, own = np.zeros(len(_REACH)), 0.0
    for variances, weight in zip(given, weights, strict=True):
        over += weight * np.array(variances.over)
        own += float(weight) * variances.own
    return Variances(tuple(over.tolist()), own)
