"""Which images trials got right, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Correctness:
    """Which images trials got right: K candidates, S seeds, n images.

    `correct` has shape (K, S, n), False where `trained`, (K, S), says that there is no such trial.
    """

    correct: NDArray[np.bool_]
    trained: NDArray[np.bool_]

    @classmethod
    def complete(cls, correct: NDArray[np.bool_]) -> Correctness:
        """Of candidates that have every seed."""
        return Correctness(correct=correct, trained=np.ones(correct.shape[:2], dtype=np.bool_))

    @property
    def images(self) -> int:
        """Validation images, n."""
        return int(self.correct.shape[-1])

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """Trials of each candidate, shape (K,)."""
        counts: NDArray[np.intp] = self.trained.sum(axis=1)
        return counts

    @cached_property
    def accuracy(self) -> Floats:
        """Of each trial, shape (K, S); 0 where there is none."""
        means: Floats = self.correct.mean(axis=2)
        return means

    @cached_property
    def mean(self) -> Floats:
        """Of each candidate over its seeds, shape (K,)."""
        means: Floats = self.accuracy.sum(axis=1) / self.counts
        return means

    @cached_property
    def deviations(self) -> Floats:
        """Of each trial from its candidate's mean, shape (K, S); 0 where there is none."""
        off: Floats = (self.accuracy - self.mean[:, None]) * self.trained
        return off

    def seed_sd(self, row: int) -> float | None:
        """Spread of a candidate's seeds; None from one seed."""
        if self.counts[row] < 2:
            return None
        return float(np.sqrt(np.square(self.deviations[row]).sum() / (self.counts[row] - 1)))

    @cached_property
    def pooled_sd(self) -> float | None:
        """Spread of one candidate's seeds, from all candidates; None from one seed."""
        freedom = int((self.counts - 1).sum())
        return float(np.sqrt(np.square(self.deviations).sum() / freedom)) if freedom else None
