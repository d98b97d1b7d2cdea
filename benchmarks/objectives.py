"""Sweeps that are never trained: objectives whose truth is known, seen through noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scaling_search.evidence import Evidence
from search_spaces.coefficients import Scaling

Floats = NDArray[np.float64]
Kind = Literal["optimum", "rough", "flat", "noise"]

GROWTH = 0.05
"""Accuracy that a doubling of FLOPs brings wherever it is spent."""
BASE = 0.40
ROUGHNESS, ROUGH = 0.002, 0.01
"""How far a network lies off the objective (sd): off a smooth one, and where nothing is smooth."""
_TOLERANCE = 0.036
"""Doublings: FLOPs within 2.5% of twice the baseline's."""
_SHARED_SD, _NOISIER = 0.01, 0.3
"""What a seed does to all alike (sd); how much candidates differ in noise (sd of the logarithm)."""
_DIFFICULTY, _OWN = 1.2, 0.35
"""Spread of images in difficulty, for all networks and for one, where luck has 1."""


@dataclass(frozen=True)
class Conditions:
    """How many candidates there are, how noisy trials are, and how many images validate them.

    `divisions` is that of the triangle: 5 has 21 candidates, 1 has its three corners. `seed_sd` is
    the spread between a candidate's seeds (accuracy), without what all share. `regret` is δ.
    """

    seeds: int
    images: int
    seed_sd: float
    divisions: int = 5
    regret: float = 0.005


@dataclass(frozen=True)
class World:
    """Candidates whose true accuracies are known, and can be seen a trial at a time.

    Candidate 0 is the baseline, at its own FLOPs; the others are eligible. `truth` are accuracies
    at matched FLOPs, `own` those at a candidate's own, both (K + 1,); `noise` is the spread of each
    one's seeds. The same trial has the same result whenever it is asked for.
    """

    key: int
    images: int
    truth: Floats
    own: Floats
    noise: Floats
    places: tuple[dict[str, Any], ...]

    @cached_property
    def _difficulty(self) -> NDArray[np.float32]:
        """Of each image for each candidate, (K + 1, n)."""
        random = np.random.default_rng([self.key, 1])
        shared = _DIFFICULTY * random.standard_normal(self.images, dtype=np.float32)
        own = random.standard_normal((len(self.truth), self.images), dtype=np.float32)
        return np.asarray(shared + np.float32(_OWN) * own)

    def train(self, candidate: int, seed: int) -> NDArray[np.bool_]:
        """Which images a trial gets right, (n,).

        An image is right where skill + its easiness + its affinity to the network + luck > 0.
        """
        shared = _SHARED_SD * np.random.default_rng([self.key, 2, seed]).standard_normal()
        random = np.random.default_rng([self.key, 3, seed, candidate])
        reached = self.own[candidate] + shared + self.noise[candidate] * random.standard_normal()
        spread = np.sqrt(1 + _DIFFICULTY**2 + _OWN**2)
        skill = ndtri(np.clip(reached, 0.001, 0.999)) * spread
        luck = random.standard_normal(self.images, dtype=np.float32)
        correct: NDArray[np.bool_] = luck + self._difficulty[candidate] > -np.float32(skill)
        return correct

    def untrained(self) -> list[Evidence]:
        """Every candidate, without any trial."""
        return [Evidence(index=i, correct={}, **place) for i, place in enumerate(self.places)]

    def grid(self, seeds: int) -> list[Evidence]:
        """Every candidate with so many seeds."""
        return [
            Evidence(index=i, correct={s: self.train(i, s) for s in range(seeds)}, **place)
            for i, place in enumerate(self.places)
        ]


def lattice(divisions: int) -> Floats:
    """Shares of depth, width and resolution, evenly over the triangle; shape (K, 3)."""
    steps = range(divisions + 1)
    points = [(i, j, divisions - i - j) for i in steps for j in steps if i + j <= divisions]
    return np.array(points) / divisions


def _worth(kind: Kind, shares: Floats, random: np.random.Generator) -> Floats:
    """What shares are worth beside the usual, (K,)."""
    own = random.standard_normal(len(shares))
    if kind == "rough":
        return ROUGH * own
    if kind != "optimum":
        return np.zeros(len(shares))
    peak = random.dirichlet([1.5, 1.5, 1.5])
    drop = np.exp(random.uniform(np.log(0.01), np.log(0.30)))  # over the longest side
    away = np.square(shares - peak).sum(1) / 2
    worth: Floats = ROUGHNESS * own - drop * away
    return worth


def world(kind: Kind, conditions: Conditions, key: int) -> World:
    """A search over the triangle.

    `optimum`: a peak anywhere, 1 to 30 points deep; `rough`: each network is good or bad by itself;
    `flat`: shares do not matter, but FLOPs do, of which candidates have up to 2.5% more or less;
    `noise`: nothing matters but being scaled at all.
    """
    random = np.random.default_rng([key, 0])
    shares = lattice(conditions.divisions)
    count = len(shares)
    doublings = 1 + random.uniform(-_TOLERANCE, _TOLERANCE, count)
    realised = shares * doublings[:, None] + 0.02 * random.standard_normal((count, 3))
    matched = BASE + GROWTH + _worth(kind, shares, random)
    growth = 0.0 if kind == "noise" else GROWTH
    own = matched + growth * (doublings - doublings.mean())
    noisier = np.exp(_NOISIER * random.standard_normal(count + 1))
    places: list[dict[str, Any]] = [{"eligible": False, "roles": ("baseline",)}]
    for (depth, width, resolution), flops in zip(
        realised.tolist(), doublings.tolist(), strict=True
    ):
        scaling = Scaling(2.0**depth, 2.0 ** (width / 2), 2.0 ** (resolution / 2))
        places.append(
            {"eligible": True, "roles": ("search",), "scaling": scaling, "flops_ratio": 2.0**flops}
        )
    return World(
        key,
        conditions.images,
        np.concatenate([[BASE], matched]),
        np.concatenate([[BASE], own]),
        conditions.seed_sd * noisier,
        tuple(places),
    )
