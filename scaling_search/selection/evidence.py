"""What trials showed, and the noise in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scaling_search.selection.outcome import Comparison, Standing


@dataclass(frozen=True)
class Evidence:
    """What one candidate's trials showed: correctness of every validation image, by seed.

    `correct` maps a seed to (n,) bool; `lost` counts trials that diverged or failed.
    """

    index: int
    eligible: bool
    baseline: bool
    correct: dict[int, NDArray[np.bool_]]
    lost: int = 0


@dataclass(frozen=True)
class Table:
    """The complete part of the evidence: K candidates, S seeds, n images.

    `correct` has shape (K, S, n).
    """

    entries: tuple[Evidence, ...]
    seeds: tuple[int, ...]
    correct: NDArray[np.bool_]

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> Table:
        """Candidates that lost no trial, on the seeds that all of them finished."""
        usable = [entry for entry in evidence if entry.correct and not entry.lost]
        common = set.intersection(*(set(entry.correct) for entry in usable)) if usable else set()
        seeds = tuple(sorted(common))
        stacked = [[entry.correct[seed] for seed in seeds] for entry in usable] if seeds else []
        return cls(tuple(usable) if seeds else (), seeds, np.array(stacked, dtype=np.bool_))

    @property
    def images(self) -> int:
        """Validation images, n."""
        return int(self.correct.shape[-1])

    @cached_property
    def accuracy(self) -> NDArray[np.float64]:
        """Of each trial, shape (K, S)."""
        means: NDArray[np.float64] = self.correct.mean(axis=2)
        return means

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Of each candidate over the seeds, shape (K,)."""
        means: NDArray[np.float64] = self.accuracy.mean(axis=1)
        return means

    @cached_property
    def seed_sd(self) -> NDArray[np.float64] | None:
        """Spread of each candidate's seeds, shape (K,); None from one seed."""
        return self.accuracy.std(axis=1, ddof=1) if len(self.seeds) > 1 else None

    @property
    def freedom(self) -> int:
        """Degrees of freedom of `residual_variance`."""
        return (len(self.entries) - 1) * (len(self.seeds) - 1)

    @cached_property
    def residual_variance(self) -> float:
        """s² of the additive model candidate + seed."""
        table = self.accuracy
        residual = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
        return float(np.square(residual).sum() / self.freedom)

    def image_variance(self, one: int, other: int) -> float:
        """Variance of the mean difference of two rows that another draw of images would cause.

        v / n, where v is the between-image component of the two-way table image × seed.
        """
        difference = self.correct[one].astype(np.int8) - self.correct[other]
        seeds, images = difference.shape
        by_image = difference.mean(0)
        residual = difference - by_image - difference.mean(1, keepdims=True) + difference.mean()
        noise = np.square(residual).sum() / ((images - 1) * (seeds - 1))
        return float(max(0.0, by_image.var(ddof=1) - noise / seeds) / images)

    def described(
        self,
        row: int,
        standing: Standing,
        gain: float | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> Comparison:
        """A row for people, with what is known of the leader's gain over it."""
        spread = None if self.seed_sd is None else float(self.seed_sd[row])
        accuracy = float(self.mean[row])
        return Comparison(self.entries[row].index, standing, accuracy, spread, gain, low, high)
