"""A grid over α, β, γ reduced to its distinct networks.

Each dimension depends on its own coefficient alone, so a grid of n³ points is at most
(depth classes) × (width classes) × (resolution classes) networks. Only the n values of each axis
are rounded; FLOPs are affine in the depths, so that a table over (width, resolution) pairs gives
all networks by one matrix product. Memory grows with the square of an axis at most.
"""

from __future__ import annotations

import dataclasses
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
from search_spaces.planning.networks import cost_ratio
from search_spaces.specs.space import Axes, Axis
from search_spaces.specs.target import Quantity, Target, amount_of

MOST_BUILT = 1000
"""Networks of a grid that are built one by one where a baseline has no layers to count."""

_Part = Callable[[NetworkSpec], Hashable]


@dataclass(frozen=True)
class Found:
    """A distinct network within the constraint and the grid points that realise it."""

    spec: NetworkSpec
    coefficients: tuple[Coefficients, ...]


@dataclass(frozen=True)
class _Classes:
    """The values of one axis, labelled by what they realise, with one network for each label."""

    values: NDArray[np.float64]
    labels: NDArray[np.intp]
    members: tuple[NetworkSpec, ...]

    def of(self, label: int) -> NDArray[np.float64]:
        """The values that realise class `label`."""
        chosen: NDArray[np.float64] = self.values[self.labels == label]
        return chosen


def _classes(
    values: list[float],
    make: Callable[[float], NetworkSpec],
    part: _Part,
) -> _Classes:
    seen: dict[Hashable, int] = {}
    members: list[NetworkSpec] = []
    labels: list[int] = []
    for value in values:
        spec = make(value)
        label = seen.setdefault(part(spec), len(seen))
        if label == len(members):
            members.append(spec)
        labels.append(label)
    return _Classes(np.array(values), np.array(labels, dtype=np.intp), tuple(members))


def _combine(depth: NetworkSpec, width: NetworkSpec, resolution: NetworkSpec) -> NetworkSpec:
    """The network with the depths, widths and resolution of three."""
    stages = tuple(
        dataclasses.replace(wide, depth=deep.depth)
        for wide, deep in zip(width.stages, depth.stages, strict=True)
    )
    return dataclasses.replace(width, stages=stages, resolution_px=resolution.resolution_px)


def check_timed(networks: int) -> None:
    """Refuse to run too many networks.

    Raises:
        InputError: there are too many.
    """
    if networks > MOST_TIMED:
        raise InputError(
            f"the grid has {networks:,} distinct networks whose latency would be measured: at most "
            f"{MOST_TIMED:,} are run; use larger steps, or a lattice, whose directions need a "
            "dozen each"
        )


def _latencies(
    frame: Frame, target: Target, d: _Classes, w: _Classes, r: _Classes
) -> NDArray[np.float64]:
    """Every network's latency over the baseline's, (depths, widths, resolutions)."""
    table = np.empty((len(d.members), len(w.members), len(r.members)))
    check_timed(table.size)
    for i, j, k in np.ndindex(table.shape):
        spec = _combine(d.members[i], w.members[j], r.members[k])
        table[i, j, k] = cost_ratio(frame, target, "latency", spec)
    return table


def _costs(
    frame: Frame, quantity: Quantity, d: _Classes, w: _Classes, r: _Classes
) -> NDArray[np.int64]:
    """What every network has of a quantity, (depth classes, width classes, resolution classes)."""
    table = np.empty((len(d.members), len(w.members), len(r.members)), dtype=np.int64)
    if not isinstance(frame.baseline, LayeredBaseline):
        _check_size(frame, table.size)
        for i, j, k in np.ndindex(table.shape):
            spec = _combine(d.members[i], w.members[j], r.members[k])
            table[i, j, k] = amount_of(quantity, frame.complexity(spec))
        return table
    extra = np.array([[depth - 1 for depth in spec.depths] for spec in d.members], dtype=np.int64)
    for j, wide in enumerate(w.members):
        stages = tuple(dataclasses.replace(stage, depth=2) for stage in wide.stages)
        two_deep = frame.baseline.layers(dataclasses.replace(wide, stages=stages))
        for k, at in enumerate(r.members):
            costs = stage_costs(two_deep, at.resolution_px)
            repeat = np.array([amount_of(quantity, cost) for cost in costs.repeat], dtype=np.int64)
            table[:, j, k] = amount_of(quantity, costs.fixed) + extra @ repeat
    return table


def _check_size(frame: Frame, networks: int) -> None:
    if networks > MOST_BUILT:
        raise InputError(
            f"the grid has {networks:,} distinct networks, and each of {frame.baseline.name} has "
            f"to be built to know its cost: at most {MOST_BUILT:,} are; use larger steps, a "
            "lattice, or a baseline that describes its layers"
        )


def _triples(
    alphas: NDArray[np.float64], betas: NDArray[np.float64], gammas: NDArray[np.float64]
) -> tuple[Coefficients, ...]:
    return tuple(
        Coefficients(float(a), float(b), float(c)) for a in alphas for b in betas for c in gammas
    )


def _measured(
    frame: Frame, target: Target, d: _Classes, w: _Classes, r: _Classes
) -> Iterator[Found]:
    if target.quantity == "latency":
        ratios = _latencies(frame, target, d, w, r)
    else:
        base = amount_of(target.quantity, frame.base_complexity)
        ratios = _costs(frame, target.quantity, d, w, r) / base
    within = np.abs(ratios - target.ratio) <= target.tolerance + 1e-9
    for i, j, k in np.argwhere(within):
        spec = _combine(d.members[i], w.members[j], r.members[k])
        yield Found(spec, _triples(d.of(i), w.of(j), r.of(k)))


def _nominal(target: Target, d: _Classes, w: _Classes, r: _Classes) -> Iterator[Found]:
    plane = np.square(w.values)[:, None] * np.square(r.values)[None, :]
    networks: dict[tuple[int, int, int], list[Coefficients]] = {}
    for alpha, i in zip(d.values, d.labels, strict=True):
        within = np.abs((alpha * plane) ** target.sign - target.ratio) <= target.tolerance + 1e-9
        for j, k in np.argwhere(within):
            found = networks.setdefault((int(i), int(w.labels[j]), int(r.labels[k])), [])
            found.append(Coefficients(float(alpha), float(w.values[j]), float(r.values[k])))
    for (i, j, k), triples in networks.items():
        yield Found(_combine(d.members[i], w.members[j], r.members[k]), tuple(triples))


@dataclass(frozen=True)
class GridNetworks:
    """The networks of a grid within the constraint, and how many points each count saw."""

    points: int
    points_within: int
    found: tuple[Found, ...]


def networks_of_axes(frame: Frame, axes: Axes, target: Target) -> GridNetworks:
    """Every distinct network of the grid that satisfies the constraint, in order of α, β, γ."""
    sign = target.sign

    def classes(axis: Axis, scaled: Callable[[float], Scaling], part: _Part) -> _Classes:
        return _classes(axis.values(), lambda v: frame.realise(scaled(v**sign)), part)

    d = classes(axes.alpha, lambda v: Scaling(v, 1, 1), lambda spec: spec.depths)
    w = classes(axes.beta, lambda v: Scaling(1, v, 1), lambda spec: spec.widths)
    r = classes(axes.gamma, lambda v: Scaling(1, 1, v), lambda spec: spec.resolution_px)
    measured = target.by == "measured"
    found = _measured(frame, target, d, w, r) if measured else _nominal(target, d, w, r)
    networks = tuple(found)
    within = sum(len(network.coefficients) for network in networks)
    return GridNetworks(axes.points, within, networks)
