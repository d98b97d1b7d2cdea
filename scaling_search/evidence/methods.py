"""What a comparison of ways of scaling shows, at equal FLOPs.

1. Networks are compared on the seeds that all of them finished; one with a diverged or failed trial
   is left out.
2. Noise is pooled: s² is the residual mean square of the two-way table of accuracies (network ×
   seed), with (K − 1)(S − 1) degrees of freedom.
3. Rounding keeps networks from exactly equal FLOPs. The slope of accuracy over log₂ FLOPs, fitted
   to all networks, takes a gain to equal FLOPs: gain − slope · log₂ (FLOPs ratio); the slope's own
   standard error goes into the interval.
4. A gain is that of a method over the reference method at the same φ: the first one that scales all
   three dimensions, else the last. Its interval covers seeds, paired, and validation images, and
   holds jointly for all gains shown (Bonferroni).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.evidence.contrasts import student
from search_spaces.specs.methods import Aim, Comparison

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Compared:
    """A network of a comparison: why it is in it, its FLOPs, and which images it got right.

    `correct` maps a seed to (n,) bool; `lost` counts trials that diverged or failed. The baseline
    has no aims.
    """

    index: int
    aims: tuple[Aim, ...]
    flops: int
    correct: Mapping[int, Bools]
    lost: int = 0


@dataclass(frozen=True)
class MethodPoint:
    """A method at a φ; accuracies and gains are fractions.

    `flops_ratio` is to the baseline; `low` and `high` bound the accuracy over seeds and images.
    `gain` is over the reference method at the same φ, `adjusted_gain` at equal FLOPs with its joint
    interval; all of them are None for the reference itself, and without two seeds.
    """

    method: str
    phi: float
    candidate: int
    flops: int
    flops_ratio: float
    accuracy: float
    low: float | None
    high: float | None
    gain: float | None = None
    adjusted_gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


@dataclass(frozen=True)
class MethodsCompared:
    """The comparison: points in the order of φ and of the methods, and what they rest on."""

    reference: str
    seeds: int
    images: int
    slope: float | None
    slope_error: float | None
    seed_sd: float | None
    baseline: MethodPoint | None
    points: tuple[MethodPoint, ...]
    incomplete: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        values = dataclasses.asdict(self)
        return values | {name: list(values[name]) for name in ("points", "incomplete")}


def reference_method(comparison: Comparison) -> str:
    """The method that gains are over: the first that scales all dimensions, else the last."""
    for method in comparison.methods:
        direction = method.direction
        if min(direction.depth, direction.width, direction.resolution) > 0:
            return method.name
    return comparison.methods[-1].name


@dataclass(frozen=True)
class _Data:
    """The complete networks: accuracies (K, S), correctness (K, S, n), log₂ FLOPs (K,)."""

    rows: tuple[Compared, ...]
    correct: Bools
    log_flops: NDArray[np.float64]

    @property
    def seeds(self) -> int:
        return int(self.correct.shape[1])

    @property
    def accuracy(self) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.correct.mean(axis=2)
        return found

    @property
    def freedom(self) -> int:
        return (len(self.rows) - 1) * (self.seeds - 1)

    @property
    def variance(self) -> float:
        """s²; there are at least two networks and two seeds."""
        table = self.accuracy
        residual = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
        return float(np.square(residual).sum() / self.freedom)

    def slope(self) -> tuple[float, float] | None:
        """Slope of accuracy over log₂ FLOPs with its standard error; None if there is no line."""
        x, y = self.log_flops - self.log_flops.mean(), self.accuracy.mean(1)
        spread = float(x @ x)
        if len(x) < 3 or spread < 1e-6:
            return None
        slope = float(x @ y) / spread
        left = y - y.mean() - slope * x
        return slope, math.sqrt(float(left @ left) / (len(x) - 2) / spread)

    def image_variance(self, one: int, other: int | None = None) -> float:
        """Variance of a mean accuracy, or of a difference of two, over draws of images."""
        values = self.correct[one].astype(np.int8)
        if other is not None:
            values = values - self.correct[other]
        by_image = values.mean(0)
        residual = values - by_image - values.mean(1, keepdims=True) + values.mean()
        images = values.shape[1]
        noise = np.square(residual).sum() / ((images - 1) * (self.seeds - 1))
        return float(max(0.0, by_image.var(ddof=1) - noise / self.seeds) / images)


def _complete(networks: Sequence[Compared]) -> _Data | None:
    usable = [network for network in networks if network.correct and not network.lost]
    common = set.intersection(*(set(one.correct) for one in usable)) if usable else set()
    if not common:
        return None
    stacked = [[network.correct[seed] for seed in sorted(common)] for network in usable]
    logs = np.log2([float(network.flops) for network in usable])
    return _Data(tuple(usable), np.array(stacked, dtype=np.bool_), logs)


def compare_methods(
    networks: Sequence[Compared], comparison: Comparison, confidence: float
) -> MethodsCompared:
    """Accuracy of every method at every φ, and its gain over the reference method.

    Args:
        networks: all of the plan; the one without aims is the baseline.
        comparison: what was asked for.
        confidence: of the intervals, joint for gains.
    """
    data = _complete(networks)
    reference = reference_method(comparison)
    aims = [Aim(method.name, phi) for phi in comparison.phis for method in comparison.methods]
    if data is None:
        return MethodsCompared(
            reference, 0, 0, None, None, None, None, (), tuple(aim.role for aim in aims)
        )
    rows = {aim: row for row, network in enumerate(data.rows) for aim in network.aims}
    base = next((network for network in networks if not network.aims), None)
    base_flops = networks[0].flops if base is None else base.flops
    noisy = data.freedom > 0
    variance = data.variance if noisy else 0.0
    line = data.slope()
    gains = sum(aim.method != reference for aim in aims)
    alone = student((1 + confidence) / 2, data.freedom) if noisy else 0.0
    joint = student(1 - (1 - confidence) / (2 * max(1, gains)), data.freedom) if noisy else 0.0

    def point(name: str, phi: float, row: int) -> MethodPoint:
        network, mean = data.rows[row], float(data.accuracy[row].mean())
        half = alone * math.sqrt(variance / data.seeds + data.image_variance(row)) if noisy else 0
        found = MethodPoint(
            method=name,
            phi=phi,
            candidate=network.index,
            flops=network.flops,
            flops_ratio=network.flops / base_flops,
            accuracy=mean,
            low=mean - half if noisy else None,
            high=mean + half if noisy else None,
        )
        beside = rows.get(Aim(reference, phi))
        if beside is None or beside == row or phi == 0:
            return found
        gain = mean - float(data.accuracy[beside].mean())
        apart = float(data.log_flops[row] - data.log_flops[beside])
        slope, error = line or (0.0, 0.0)
        adjusted = gain - slope * apart
        if not noisy:
            return dataclasses.replace(found, gain=gain, adjusted_gain=adjusted)
        seeds = 2 * variance / data.seeds
        total = seeds + data.image_variance(row, beside) + (error * apart) ** 2
        half = joint * math.sqrt(total)
        return dataclasses.replace(
            found,
            gain=gain,
            adjusted_gain=adjusted,
            gain_low=adjusted - half,
            gain_high=adjusted + half,
        )

    start = next((row for row, network in enumerate(data.rows) if not network.aims), None)
    return MethodsCompared(
        reference=reference,
        seeds=data.seeds,
        images=int(data.correct.shape[2]),
        slope=None if line is None else line[0],
        slope_error=None if line is None else line[1],
        seed_sd=math.sqrt(variance) if noisy else None,
        baseline=None if start is None else point("baseline", 0.0, start),
        points=tuple(point(aim.method, aim.phi, rows[aim]) for aim in aims if aim in rows),
        incomplete=tuple(aim.role for aim in aims if aim not in rows),
    )
