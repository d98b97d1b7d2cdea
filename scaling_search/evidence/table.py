"""Trials of every candidate, and the table of those that can be used."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.correctness import Correctness
from search_spaces.coefficients import UNSCALED, Scaling
from search_spaces.human import plural

Correct = Mapping[int, NDArray[np.bool_]]


@dataclass(frozen=True)
class Evidence:
    """What one candidate's trials showed: correctness of every validation image, by seed.

    `correct` maps a seed to (n,) bool; candidates may have different seeds, and as many as they
    like. `fresh` are trials of other seeds that were trained after the leader was known: nothing is
    selected by them. `lost` counts trials that diverged or failed, `fresh_lost` those of fresh
    seeds; `failed` and `fresh_failed` of them failed, so that they can be tried again. `roles` are
    those of the plan. `scaling` is how the network was really scaled, `flops_ratio` its measured
    cost as a multiple of the baseline's: FLOPs, or what the search is matched on.
    """

    index: int
    eligible: bool
    roles: tuple[str, ...]
    correct: Correct
    lost: int = 0
    failed: int = 0
    scaling: Scaling = UNSCALED
    flops_ratio: float = 1.0
    fresh: Correct = field(default_factory=dict)
    fresh_lost: int = 0
    fresh_failed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether only trials are wanting to judge it: none ended yet, or some failed."""
        return self.lost == self.failed and (self.failed > 0 or not self.correct)

    @property
    def place(self) -> tuple[float, float, float, float]:
        """Doublings of FLOPs that depth, width and resolution stand for, and measured doublings.

        log2 of depth, of width² and of resolution² (arXiv 1905.11946, section 3.3), log2 of FLOPs.
        """
        scaling = self.scaling
        return (
            math.log2(scaling.depth),
            2 * math.log2(scaling.width),
            2 * math.log2(scaling.resolution),
            math.log2(self.flops_ratio),
        )


def _fault(row: Any, images: int) -> str | None:
    """Why a trial's predictions cannot be compared on so many images; None if they can."""
    values = np.asarray(row)
    if values.dtype != np.bool_:
        wrong = np.issubdtype(values.dtype, np.floating) and np.isnan(values).any()
        return "holds NaN" if wrong else f"holds {values.dtype} in place of right or wrong"
    if values.size != images:
        return f"is of {plural(values.size, 'validation image')}, the others' of {images:,}"
    return None if images > 1 else f"is of {plural(images, 'validation image')}: two are needed"


def _sorted_out(evidence: Sequence[Evidence]) -> tuple[list[Evidence], list[str]]:
    """Candidates that lost no trial, with one bool for each of the same images in every trial.

    The others that lost none are told of: which of their trials cannot be used, and why.
    """
    finished = [entry for entry in evidence if entry.correct and not entry.lost]
    sizes = Counter(np.size(row) for entry in finished for row in entry.correct.values())
    images = max(sizes, key=lambda size: (sizes[size], size), default=0)
    usable, unusable = [], []
    for entry in finished:
        faults = [
            f"candidate {entry.index}, seed {seed}: what is stored {fault}"
            for seed, row in entry.correct.items()
            if (fault := _fault(row, images))
        ]
        unusable += faults
        if not faults:
            usable.append(entry)
    return usable, unusable


@dataclass(frozen=True, kw_only=True)
class Table(Correctness):
    """The usable part of the evidence: K candidates, their trials of S seeds on n images."""

    entries: tuple[Evidence, ...]
    seeds: tuple[int, ...]
    unusable: tuple[str, ...] = ()
    """Finished trials that cannot be used, in words; their candidates have no row."""

    @classmethod
    def of(cls, evidence: Sequence[Evidence]) -> Table:
        """Candidates that lost no trial and finished at least one."""
        usable, unusable = _sorted_out(evidence)
        seeds = tuple(sorted({seed for entry in usable for seed in entry.correct}))
        images = next((np.size(row) for entry in usable for row in entry.correct.values()), 0)
        correct = np.zeros((len(usable), len(seeds), images), dtype=np.bool_)
        trained = np.zeros((len(usable), len(seeds)), dtype=np.bool_)
        columns = {seed: column for column, seed in enumerate(seeds)}
        for row, entry in enumerate(usable):
            for seed, values in entry.correct.items():
                correct[row, columns[seed]] = values
                trained[row, columns[seed]] = True
        return cls(
            entries=tuple(usable),
            seeds=seeds,
            correct=correct,
            trained=trained,
            unusable=tuple(unusable),
        )

    @cached_property
    def places(self) -> NDArray[np.float64]:
        """`Evidence.place` of each candidate, shape (K, 4)."""
        return np.array([entry.place for entry in self.entries], dtype=np.float64)

    def rows(self, role: str) -> list[int]:
        """Rows of the candidates with a role."""
        return [row for row, entry in enumerate(self.entries) if role in entry.roles]

    @cached_property
    def eligible(self) -> list[int]:
        """Rows of the candidates that can win."""
        return [row for row, entry in enumerate(self.entries) if entry.eligible]
