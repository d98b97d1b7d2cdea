"""What a comparison of ways of scaling shows, at equal FLOPs.

1. Networks are compared on the seeds that all of them finished; one with a diverged or failed trial
   is left out.
2. Noise over seeds and images is that of verdicts (`noise`).
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
from scaling_search.evidence.correctness import Correctness
from scaling_search.evidence.noise import Noise, measured
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
    """The K complete networks on the S seeds that all of them have; log₂ FLOPs (K,)."""

    rows: tuple[Compared, ...]
    table: Correctness
    log_flops: NDArray[np.float64]

    @property
    def seeds(self) -> int:
        return int(self.table.counts[0])

    @cached_property
    def noise(self) -> Noise | None:
        """None from one seed, or of one network."""
        return measured(self.table)

    @cached_property
    def slope(self) -> tuple[float, float] | None:
        """Slope of accuracy over log₂ FLOPs with its standard error; None if there is no line."""
        x, y = self.log_flops - self.log_flops.mean(), self.table.mean
        spread = float(x @ x)
        if len(x) < 3 or spread < 1e-6:
            return None
        slope = float(x @ y) / spread
        left = y - y.mean() - slope * x
        return slope, math.sqrt(float(left @ left) / (len(x) - 2) / spread)


def _complete(networks: Sequence[Compared]) -> _Data | None:
    usable = [network for network in networks if network.correct and not network.lost]
    common = set.intersection(*(set(one.correct) for one in usable)) if usable else set()
    if not common:
        return None
    stacked = [[network.correct[seed] for seed in sorted(common)] for network in usable]
    logs = np.log2([float(network.flops) for network in usable])
    return _Data(tuple(usable), Correctness.complete(np.array(stacked)), logs)


@dataclass(frozen=True)
class _Points:
    """What the trials say of each method; `gains` intervals hold jointly."""

    data: _Data
    base_flops: int
    confidence: float
    gains: int

    @property
    def _each(self) -> NDArray[np.float64]:
        return np.eye(len(self.data.rows))

    def point(self, aim: Aim, row: int, reference: int | None) -> MethodPoint:
        """A network, and its gain over the row `reference`, if that is another network."""
        data, network = self.data, self.data.rows[row]
        mean = float(data.table.mean[row])
        point = MethodPoint(
            method=aim.method,
            phi=aim.phi,
            candidate=network.index,
            flops=network.flops,
            flops_ratio=network.flops / self.base_flops,
            accuracy=mean,
        )
        if data.noise is not None:
            half = data.noise.margin(self._each[row], (1 + self.confidence) / 2)
            point = dataclasses.replace(point, low=mean - half, high=mean + half)
        if reference in (None, row):
            return point
        return dataclasses.replace(point, **self._gain(row, reference))

    def _gain(self, row: int, reference: int) -> dict[str, Any]:
        """Over another row, and at equal FLOPs."""
        data = self.data
        gain = float(data.table.mean[row] - data.table.mean[reference])
        apart = float(data.log_flops[row] - data.log_flops[reference])
        slope, error = data.slope or (0.0, 0.0)
        adjusted = gain - slope * apart
        if data.noise is None:
            return {"gain": gain, "adjusted_gain": adjusted}
        one_sided = 1 - (1 - self.confidence) / (2 * self.gains)
        weights = self._each[row] - self._each[reference]
        half = data.noise.margin(weights, one_sided, known=(error * apart) ** 2)
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
        images=data.table.images,
        slope=data.slope and data.slope[0],
        slope_error=data.slope and data.slope[1],
        seed_sd=math.sqrt(data.noise.between.mean()) if data.noise else None,
        baseline=None if start is None else points.point(Aim("baseline", 0.0), start, None),
        points=tuple(
            points.point(aim, rows[aim], rows.get(Aim(reference, aim.phi)))
            for aim in aims
            if aim in rows
        ),
        incomplete=tuple(aim.role for aim in aims if aim not in rows),
    )
