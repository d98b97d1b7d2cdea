"""Trials of a validation's sweeps as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence import Evidence


@dataclass(frozen=True)
class CandidateTrials:
    """One candidate at one budget and rate: correctness by seed, and trials that were lost."""

    correct: dict[int, NDArray[np.bool_]]
    lost: int

    @property
    def whole(self) -> bool:
        """Whether it can be compared: nothing diverged or failed, and noise can be told."""
        return self.lost == 0 and len(self.correct) >= 2


TrialsByCandidate = dict[int, CandidateTrials]
"""Of the candidates by their index in the plan, at one budget and rate."""


def trials_of(evidence: Iterable[Evidence]) -> TrialsByCandidate:
    """The candidates that satisfy the constraint; others have other FLOPs, and no common ranks."""
    return {
        one.index: CandidateTrials(dict(one.correct), one.lost) for one in evidence if one.eligible
    }


@dataclass(frozen=True)
class Stack:
    """Candidates on seeds that all of them finished; `correct` is (K, S, n)."""

    candidates: tuple[int, ...]
    seeds: tuple[int, ...]
    correct: NDArray[np.bool_]

    def only(self, candidates: Sequence[int]) -> Stack:
        """Some of the candidates, in the order given."""
        rows = [self.candidates.index(candidate) for candidate in candidates]
        return Stack(tuple(candidates), self.seeds, self.correct[rows])

    def on(self, seeds: Sequence[int]) -> Stack:
        """Some of the seeds."""
        columns = [self.seeds.index(seed) for seed in seeds]
        return Stack(self.candidates, tuple(seeds), self.correct[:, columns])

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Of each trial, (K, S)."""
        table: NDArray[np.float64] = self.correct.mean(axis=2)
        return table

    @property
    def means(self) -> NDArray[np.float64]:
        """Of each candidate, (K,)."""
        table: NDArray[np.float64] = self.accuracy.mean(axis=1)
        return table


MIN_RANKED = 3
"""Candidates below which there are no ranks to speak of."""


def _common(trials: Iterable[CandidateTrials]) -> tuple[int, ...]:
    seeds = [set(one.correct) for one in trials]
    return tuple(sorted(set.intersection(*seeds))) if seeds else ()


def stack(trials: TrialsByCandidate) -> Stack | None:
    """The candidates that can be compared at one rate; None while they are too few."""
    able = {index: one for index, one in sorted(trials.items()) if one.whole}
    seeds = _common(able.values())
    if len(able) < MIN_RANKED or len(seeds) < 2:
        return None
    correct = np.array([[one.correct[seed] for seed in seeds] for one in able.values()])
    return Stack(tuple(able), seeds, correct)


@dataclass(frozen=True)
class Scan:
    """Candidates at every learning rate: `correct` (R, K, S, n), `whole` (R, K)."""

    candidates: tuple[int, ...]
    seeds: tuple[int, ...]
    correct: NDArray[np.bool_]
    whole: NDArray[np.bool_]


def scan(by_rate: Sequence[TrialsByCandidate]) -> Scan | None:
    """The same candidates at several rates; one whose trial was lost at a rate has it not.

    None while they are too few, or while a rate has trials to come.
    """
    indices = sorted(set.intersection(*(set(trials) for trials in by_rate)))
    if any(not trials[k].lost and not trials[k].whole for trials in by_rate for k in indices):
        return None
    able = [k for k in indices if any(trials[k].whole for trials in by_rate)]
    whole = np.array([[trials[k].whole for k in able] for trials in by_rate], dtype=np.bool_)
    seeds = _common(trials[k] for trials in by_rate for k in able if trials[k].whole)
    if len(able) < MIN_RANKED or len(seeds) < 2:
        return None
    images = next(
        len(row) for trials in by_rate for k in able for row in trials[k].correct.values()
    )
    nothing = np.zeros(images, dtype=np.bool_)
    correct = np.array(
        [
            [[trials[k].correct[s] if trials[k].whole else nothing for s in seeds] for k in able]
            for trials in by_rate
        ]
    )
    return Scan(tuple(able), seeds, correct, whole)
