"""Made-up tables of which images each trial got right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from results.values import Comparison, Outcome
from scaling_search.evidence import Evidence
from search_spaces.coefficients import Shares
from search_spaces.specs.sweep import SelectionRule

CHANCE = 0.1
RULE = SelectionRule(regret=0.02, confidence=0.95)


def entry(index: int, correct: dict[int, Any], **other: Any) -> Evidence:
    """Candidate 0 is the baseline; the others spend a doubling in directions of their own."""
    if index == 0:
        return Evidence(0, False, ("baseline",), correct, **other)
    depth = index * 0.618 % 1
    width = (1 - depth) * (index * 0.414 % 1)
    scaling = Shares(depth, width, 1 - depth - width).coefficients() ** 1
    values = {"scaling": scaling, "flops_ratio": 2.0, **other}
    return Evidence(index, True, ("search",), correct, **values)


def exact(accuracies: Sequence[Sequence[float]], images: int = 1000) -> list[Evidence]:
    """Row k holds candidate k's accuracy by seed.

    The images that a trial gets right are always the first ones, so that candidates differ in as
    few images as they can.
    """
    return [
        entry(
            index,
            {
                seed: np.arange(images) < round(accuracy * images)
                for seed, accuracy in enumerate(row)
            },
        )
        for index, row in enumerate(accuracies)
    ]


def simulated(
    random: np.random.Generator,
    accuracies: Sequence[float],
    seeds: int,
    images: int,
    *,
    seed_sd: float = 0.01,
    shared_sd: float = 0.0,
) -> list[Evidence]:
    """Trials that vary with the seed, on images that vary in difficulty, for all and for each."""
    difficulty = random.normal(size=images)
    shared = shared_sd * random.normal(size=seeds)
    found = []
    for index, accuracy in enumerate(accuracies):
        own = 0.5 * random.normal(size=images)
        reached = accuracy + shared + seed_sd * random.normal(size=seeds)
        skill = norm.ppf(np.clip(reached, 0.001, 0.999)) * 1.5
        luck = random.normal(size=(seeds, images))
        correct = skill[:, None] + difficulty + own + luck > 0
        found.append(entry(index, dict(enumerate(correct))))
    return found


def row(outcome: Outcome, index: int) -> Comparison:
    return next(found for found in outcome.comparisons if found.index == index)


def interval(found: Comparison) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high
