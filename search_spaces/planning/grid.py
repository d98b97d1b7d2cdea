"""A grid over α, β, γ reduced to its distinct networks.

Each dimension depends on its own coefficient alone, so a grid of n³ points is at most
(depth classes) × (width classes) × (resolution classes) networks. Only the n values of each axis
are rounded; FLOPs are affine in the depths, so that a table over (width, resolution) pairs gives
all networks by one matrix product. Memory grows with the square of an axis at most.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_spaces.baselines import LayeredBaseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.complexity import stage_costs
from search_spaces.networks.latency import MOST_TIMED
from search_spaces.networks.spec import NetworkSpec
from search_spaces.planning.constraint import cost_ratio
from search_spaces.specs.space import Axes, Axis
from search_spaces.specs.target import Target, amount_of

MOST_BUILT = 1000
"""Most networks of a grid that are built one by one if a baseline has no layers to count."""


@dataclass(frozen=True)
class GridNetwork:
    """A distinct network within the constraint and the grid points that round to it."""

    spec: NetworkSpec
    coefficients: tuple[Coefficients, ...]


@dataclass(frozen=True)
class _Classes:
    """The values of one axis and the class of each: values of a class round to the same network.

    `networks` has one network for each class.
    """

    values: NDArray[np.float64]
    labels: NDArray[np.intp]
    networks: tuple[NetworkSpec, ...]

    @classmethod
    def of(
        cls,
        axis: Axis,
        realise: Callable[[float], NetworkSpec],
        dimension: Callable[[NetworkSpec], Hashable],
    ) -> _Classes:
        """The classes of an axis; `dimension` gives the part of a network that the axis changes."""
        values = axis.values()
        networks: dict[Hashable, NetworkSpec] = {}
        keys: list[Hashable] = []
        for value in values:
            spec = realise(value)
            keys.append(dimension(spec))
            networks.setdefault(keys[-1], spec)
        number = {key: index for index, key in enumerate(networks)}
        labels = np.array([number[key] for key in keys], dtype=np.intp)
        return cls(np.array(values), labels, tuple(networks.values()))

    def members(self, label: int) -> list[float]:
        """The values of a class."""
        return list(map(float, self.values[self.labels == label]))


@dataclass(frozen=True)
class _Grid:
    """A grid by its three axes; tables have the shape (depth, width, resolution classes)."""

    frame: Frame
    target: Target
    depth: _Classes
    width: _Classes
    resolution: _Classes

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.depth.networks), len(self.width.networks), len(self.resolution.networks)

    def spec(self, i: int, j: int, k: int) -> NetworkSpec:
        """The network of three classes."""
        wide = self.width.networks[j]
        stages = tuple(
            dataclasses.replace(stage, depth=depth)
            for stage, depth in zip(wide.stages, self.depth.networks[i].depths, strict=True)
        )
        side = self.resolution.networks[k].resolution_px
        return dataclasses.replace(wide, stages=stages, resolution_px=side)

    def ratios(self) -> NDArray[np.float64]:
        """Cost of every network relative to the baseline's."""
        frame, target = self.frame, self.target
        if target.quantity == "latency":
            check_timed(int(np.prod(self.shape)))
        elif isinstance(frame.baseline, LayeredBaseline):
            base = amount_of(target.quantity, frame.base_complexity)
            return self._counted(frame.baseline) / base
        else:
            self._check_built()
        ratios = (cost_ratio(frame, target, self.spec(*at)) for at in np.ndindex(self.shape))
        return np.fromiter(ratios, dtype=np.float64).reshape(self.shape)

    def _counted(self, baseline: LayeredBaseline) -> NDArray[np.int64]:
        """What every network has of the target's quantity, in closed form."""
        quantity = self.target.quantity
        table = np.empty(self.shape, dtype=np.int64)
        extra = np.array([spec.depths for spec in self.depth.networks], dtype=np.int64) - 1
        for j, wide in enumerate(self.width.networks):
            stages = tuple(dataclasses.replace(stage, depth=2) for stage in wide.stages)
            two_deep = baseline.layers(dataclasses.replace(wide, stages=stages))
            for k, fine in enumerate(self.resolution.networks):
                costs = stage_costs(two_deep, fine.resolution_px)
                repeat = [amount_of(quantity, cost) for cost in costs.repeat]
                table[:, j, k] = amount_of(quantity, costs.fixed) + extra @ np.array(repeat)
        return table

    def _check_built(self) -> None:
        networks = int(np.prod(self.shape))
        if networks > MOST_BUILT:
            raise InputError(
                f"the grid has {networks:,} distinct networks, and each of "
                f"{self.frame.baseline.name} has to be built to know its cost: at most "
                f"{MOST_BUILT:,} are; use larger steps, a lattice, or a baseline that describes "
                "its layers"
            )

    def measured(self) -> Iterator[GridNetwork]:
        """Networks whose own cost satisfies the constraint."""
        target = self.target
        within = np.abs(self.ratios() - target.ratio) <= target.tolerance + 1e-9
        for i, j, k in np.argwhere(within):
            axes = (self.depth.members(i), self.width.members(j), self.resolution.members(k))
            triples = tuple(Coefficients(*point) for point in itertools.product(*axes))
            yield GridNetwork(self.spec(i, j, k), triples)

    def nominal(self) -> Iterator[GridNetwork]:
        """Networks of the points whose α·β²·γ² satisfies the constraint."""
        target, d, w, r = self.target, self.depth, self.width, self.resolution
        plane = np.square(w.values)[:, None] * np.square(r.values)[None, :]
        networks: dict[tuple[int, int, int], list[Coefficients]] = {}
        for alpha, i in zip(d.values, d.labels, strict=True):
            ratios = (alpha * plane) ** target.sign
            for j, k in np.argwhere(np.abs(ratios - target.ratio) <= target.tolerance + 1e-9):
                triples = networks.setdefault((int(i), int(w.labels[j]), int(r.labels[k])), [])
                triples.append(Coefficients(float(alpha), float(w.values[j]), float(r.values[k])))
        for at, triples in networks.items():
            yield GridNetwork(self.spec(*at), tuple(triples))


def check_timed(networks: int) -> None:
    """Refuse to measure the latency of too many networks.

    Raises:
        InputError: there are too many.
    """
    if networks > MOST_TIMED:
        raise InputError(
            f"the grid has {networks:,} distinct networks whose latency would be measured: at most "
            f"{MOST_TIMED:,} are run; use larger steps, or a lattice, whose directions need a "
            "dozen each"
        )


def grid_networks(frame: Frame, axes: Axes, target: Target) -> tuple[GridNetwork, ...]:
    """Every distinct network of the grid that satisfies the constraint, in order of α, β, γ."""

    def classes(
        axis: Axis,
        scaling: Callable[[float], Scaling],
        dimension: Callable[[NetworkSpec], Hashable],
    ) -> _Classes:
        return _Classes.of(axis, lambda v: frame.realise(scaling(v**target.sign)), dimension)

    grid = _Grid(
        frame,
        target,
        classes(axes.alpha, lambda v: Scaling(v, 1, 1), lambda spec: spec.depths),
        classes(axes.beta, lambda v: Scaling(1, v, 1), lambda spec: spec.widths),
        classes(axes.gamma, lambda v: Scaling(1, 1, v), lambda spec: spec.resolution_px),
    )
    return tuple(grid.measured() if target.by == "measured" else grid.nominal())
