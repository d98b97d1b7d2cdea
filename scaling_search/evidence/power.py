"""How many seeds, or images, would settle a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from results.values import Settling
from scaling_search.evidence.noise import Floats, centred_variances, root
from scaling_search.evidence.posterior import Posterior
from search_spaces.specs.sweep import SelectionRule

_DRAWS, _TRUTHS, _MOST = 500, 60, 40
LIKELY = 0.8
"""How often seeds that are said to settle a verdict do so."""
MOST_SEEDS, _MOST_IMAGES = 10_000, 10**8


def least(low: int, high: int, enough: Callable[[int], bool]) -> int | None:
    """The least count from `low` to `high` that is enough, to 3%; None if `high` is not."""
    if not enough(high):
        return None
    while high - low > 0.03 * low:
        middle = math.isqrt(low * high)  # middle of the logarithms
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low if low == high or enough(low) else high


@dataclass(frozen=True)
class PowerAnalysis:
    """How well E candidates would be known after other numbers of seeds and images.

    Args:
        truths: accuracies that may be the true ones, shape (T, E).
        prior: covariance of their accuracies before anything is seen, shape (E, E).
        between: variance between seeds of each, (E,).
        images: covariance over images, (E, E), of `count` images.
        count: how many.
        rule: δ and the confidence.
    """

    truths: Floats
    prior: Floats
    between: Floats
    images: Floats
    count: int
    rule: SelectionRule

    @classmethod
    def of(cls, posterior: Posterior) -> PowerAnalysis:
        """For the candidates that could win, trained or not, or the best of very many.

        Those without a trial are taken to be as noisy as the others are on average.
        """
        table, able = posterior.table, posterior.table.eligible
        trained, unseen = len(able), len(posterior.unseen_matched)
        columns = [*able, *range(len(table.entries), len(table.entries) + unseen)]
        between = posterior.noise.between[able]
        known = posterior.noise.images[np.ix_(able, able)]
        # What images do to all alike they do to those, too.
        alike = (known.sum() - np.trace(known)) / (trained * (trained - 1))
        images = alike + image_variance(known) * np.eye(trained + unseen)
        images[:trained, :trained] = known
        expected = posterior.surface.expected[columns]
        best = np.sort(np.argsort(-expected, kind="stable")[:_MOST])
        random = np.random.default_rng(2).permutation(len(posterior.surface.draws))[:_TRUTHS]
        return cls(
            posterior.surface.draws[random][:, columns][:, best].astype(np.float64),
            posterior.surface.variances.covariance(
                np.concatenate([posterior.matched[able], posterior.unseen_matched])[best]
            ),
            np.append(between, np.full(unseen, between.mean()))[best],
            images[np.ix_(best, best)],
            table.images,
            posterior.rule,
        )

    def elsewhere(self, prior: Floats) -> PowerAnalysis:
        """For other candidates of the same protocol, of which nothing was seen yet.

        Args:
            prior: covariance of their accuracies, shape (E, E).
        """
        size = min(len(prior), _MOST)
        prior = prior[:size, :size]
        random = np.random.default_rng(3)
        return replace(
            self,
            truths=random.standard_normal((_TRUTHS, size)) @ root(prior).T,
            prior=prior,
            between=np.full(size, self.between.mean()),
            images=image_variance(self.images) * np.eye(size),
        )

    @cached_property
    def _normal(self) -> Floats:
        return np.random.default_rng(0).standard_normal((_DRAWS, len(self.between)))

    def noise(self, seeds: float, images: int) -> Floats:
        """Covariance of means over so many seeds and images, (E, E)."""
        return self.images * (self.count / images) + np.diag(self.between / seeds)

    def chance(self, seeds: float, images: int) -> float:
        """How often the leader would be known to lose at most δ.

        Args:
            seeds: of each candidate.
            images: validation images.
        """
        truths = self.truths
        noise = self.noise(seeds, images)
        weight = np.linalg.solve(self.prior + noise, self.prior)
        left = self.prior - self.prior @ weight
        random = np.random.default_rng(1)
        seen = truths + random.standard_normal(truths.shape) @ root(noise).T
        level = truths.mean(axis=1, keepdims=True)
        expected = level + (seen - level) @ weight
        off = self._normal @ root(left).T
        leaders = expected.argmax(axis=1)
        sure = 0
        for mean, leader in zip(expected, leaders, strict=True):
            drawn = mean + off
            lost = drawn.max(axis=1) - drawn[:, leader]
            sure += (lost <= self.rule.regret).mean() >= self.rule.confidence
        return float(sure / len(truths))

    def settling(self, seeds: int, likely: float = LIKELY) -> Settling:
        """What would, with that probability, make sure of the leader.

        Args:
            seeds: this many of each candidate, or more.
            likely: how often it has to be enough.
        """

        def enough(count: int, images: int) -> bool:
            return self.chance(count, images) >= likely

        needed = least(seeds, MOST_SEEDS, lambda count: enough(count, self.count))
        if needed is not None:
            return Settling(seeds=needed)
        # With twice what images alone would need, seeds are left as much of the noise.
        images = least(self.count, _MOST_IMAGES, lambda count: enough(MOST_SEEDS, count))
        return Settling(images=2 * (images or _MOST_IMAGES))


def image_variance(images: Floats) -> float:
    """What the images leave open of one accuracy beside the others; `images` is (E, E)."""
    return float(centred_variances(images).sum() / max(len(images) - 1, 1))
