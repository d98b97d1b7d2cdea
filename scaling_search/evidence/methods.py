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
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.values import MethodComparison, MethodPoint
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

    @cached_property
    def variance(self) -> float:
        """s²; there are at least two networks and two seeds."""
        table = self.accuracy
        residual = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
        return float(np.square(residual).sum() / self.freedom)

    @cached_property
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


@dataclass(frozen=True)
class _Points:
    """What the trials say of each method; `gains` intervals hold jointly."""

    data: _Data
    base_flops: int
    confidence: float
    gains: int

    def _half(self, variance: float, count: int) -> float:
        """Half the width of an interval, of which `count` hold jointly."""
        beside = (1 - self.confidence) / (2 * count)
        return student(1 - beside, self.data.freedom) * math.sqrt(variance)

    def point(self, aim: Aim, row: int, reference: int | None) -> MethodPoint:
        """A network, and its gain over the row `reference`, if that is another network."""
        data, network = self.data, self.data.rows[row]
        mean = float(data.accuracy[row].mean())
        point = MethodPoint(
            method=aim.method,
            phi=aim.phi,
            candidate=network.index,
            flops=network.flops,
            flops_ratio=network.flops / self.base_flops,
            accuracy=mean,
        )
        if data.freedom:
            variance = data.variance / data.seeds + data.image_variance(row)
            half = self._half(variance, 1)
            point = dataclasses.replace(point, low=mean - half, high=mean + half)
        if reference in (None, row):
            return point
        return dataclasses.replace(point, **self._gain(row, reference))

    def _gain(self, row: int, reference: int) -> dict[str, Any]:
        """Over another row, and at equal FLOPs."""
        data = self.data
        gain = float(data.accuracy[row].mean() - data.accuracy[reference].mean())
        apart = float(data.log_flops[row] - data.log_flops[reference])
        slope, error = data.slope or (0.0, 0.0)
        adjusted = gain - slope * apart
        if not data.freedom:
            return {"gain": gain, "adjusted_gain": adjusted}
        seeds = 2 * data.variance / data.seeds
        variance = seeds + data.image_variance(row, reference) + (error * apart) ** 2
        half = self._half(variance, self.gains)
        ends = {"gain_low": adjusted - half, "gain_high": adjusted + half}
        return {"gain": gain, "adjusted_gain": adjusted, **ends}


def compare_methods(
    networks: Sequence[Compared], comparison: Comparison, confidence: float
) -> MethodComparison:
    """Accuracy of every method at every φ, and its gain over the reference method.

    Args:
        networks: all of the plan; the one without aims is the baseline.
        comparison: the methods and φ.
        confidence: of the intervals, joint for gains.
    """
    data = _complete(networks)
    reference = reference_method(comparison)
    aims = [Aim(method.name, phi) for phi in comparison.phis for method in comparison.methods]
    if data is None:
        incomplete = tuple(aim.role for aim in aims)
        return MethodComparison(reference=reference, incomplete=incomplete)
    rows = {aim: row for row, network in enumerate(data.rows) for aim in network.aims}
    base = next((network for network in networks if not network.aims), networks[0])
    gains = sum(aim.method != reference for aim in aims)
    points = _Points(data, base.flops, confidence, max(1, gains))
    start = next((row for row, network in enumerate(data.rows) if not network.aims), None)
    return MethodComparison(
        reference=reference,
        seeds=data.seeds,
        images=int(data.correct.shape[2]),
        slope=data.slope and data.slope[0],
        slope_error=data.slope and data.slope[1],
        seed_sd=math.sqrt(data.variance) if data.freedom else None,
        baseline=None if start is None else points.point(Aim("baseline", 0.0), start, None),
        points=tuple(
            points.point(aim, rows[aim], rows.get(Aim(reference, aim.phi)))
            for aim in aims
            if aim in rows
        ),
        incomplete=tuple(aim.role for aim in aims if aim not in rows),
    )
