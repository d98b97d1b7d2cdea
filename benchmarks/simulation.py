"""Strategies on worlds that are never trained.

A strategy is a function from the evidence so far to the next trials; an empty answer ends it. The
evidence has every candidate from the start, in the order of their indices, those not yet trained
without any seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.objectives import Conditions, Floats, Kind, World, world
from scaling_search.evidence import Evidence, Posterior, infer
from search_spaces.specs.sweep import SelectionRule

Trial = tuple[int, int]
"""Index of a candidate, and a seed."""
Strategy = Callable[[Sequence[Evidence], SelectionRule], Sequence[Trial]]


def grid(seeds: int) -> Strategy:
    """Every candidate with every seed."""

    def strategy(evidence: Sequence[Evidence], rule: SelectionRule) -> Sequence[Trial]:
        return [
            (entry.index, seed)
            for entry in evidence
            for seed in range(seeds)
            if seed not in entry.correct
        ]

    return strategy


def followed(world: World, strategy: Strategy, rule: SelectionRule) -> list[Evidence]:
    """The evidence once a strategy wants no more trials."""
    evidence = world.untrained()
    while trials := strategy(evidence, rule):
        for index, seed in trials:
            entry = evidence[index]
            assert seed not in entry.correct, f"candidate {index}, seed {seed} is trained already"
            correct = {**entry.correct, seed: world.train(index, seed)}
            evidence[index] = replace(entry, correct=correct)
    return evidence


@dataclass(frozen=True)
class Judged:
    """What came of a simulated sweep, beside the truth; regrets are accuracies."""

    verdict: str
    trials: int
    regret: float
    """What the leader really loses."""
    regret_of_highest: float
    """What the candidate with the highest mean loses."""
    certainty: float
    """Stated probability that the leader loses at most δ."""
    best: Floats
    """Stated probability of being best, of each eligible candidate."""
    within: Floats
    """Stated probability of losing at most δ, of each."""
    regrets: Floats
    """What each really loses."""
    named: NDArray[np.bool_]
    """Which of them are called as good as the leader."""
    held: bool
    """Whether all joint intervals hold the true gains."""


def judge(world: World, evidence: Sequence[Evidence], rule: SelectionRule) -> Judged:
    """Select, and look up the truth."""
    posterior = infer(evidence, rule)
    assert isinstance(posterior, Posterior)
    judgement = posterior.judgement
    truth = world.truth[list(posterior.indices)]
    regrets = world.truth[1:].max() - truth
    means = posterior.table.mean[posterior.table.eligible]
    _, low, high = judgement.gains
    gains = truth[judgement.leader] - truth
    return Judged(
        judgement.verdict,
        sum(len(entry.correct) for entry in evidence),
        float(regrets[judgement.leader]),
        float(regrets[means.argmax()]),
        judgement.certainty,
        judgement.probability_best,
        judgement.within,
        regrets,
        np.array([standing == "equivalent" for standing in judgement.standings]),
        bool(((gains >= low) & (gains <= high)).all()),
    )


def simulated(
    kind: Kind,
    conditions: Conditions,
    sweeps: int,
    strategy: Strategy | None = None,
    *,
    first: int = 0,
) -> list[Judged]:
    """Many sweeps of one kind, the same ones every time, from number `first` on.

    By default each is the whole grid.
    """
    rule = SelectionRule(regret=conditions.regret)
    followed_by = strategy or grid(conditions.seeds)
    found = []
    for key in range(first, first + sweeps):
        one = world(kind, conditions, key)
        found.append(judge(one, followed(one, followed_by, rule), rule))
    return found
