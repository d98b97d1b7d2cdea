"""The streams of random numbers of a trial."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np


class Streams(NamedTuple):
    """A seed for each random choice, so that none depends on another."""

    init: int
    order: int
    augmentation: int
    dropout: int
    norms: int

    @classmethod
    def of(cls, seed: int) -> Self:
        """Those of a trial with this seed, at least 0."""
        return cls(*map(int, np.random.SeedSequence(seed).generate_state(len(cls._fields))))
