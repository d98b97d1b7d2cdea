"""From a million grid points to the distinct networks that would train, in time and memory.

Beside it the loop one writes first: build the network's spec of every point, count it, merge. It is
run on points spread evenly over the grid, and its time multiplied up to the whole of it. Then
fvcore: what confirming a plan's networks costs the first time, and what it costs ever after.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from benchmarks.report import Figure
from results.store import Store
from scaling_search.sweeps import confirm
from search_spaces.coefficients import Coefficients
from search_spaces.networks.complexity import chain_complexity
from search_spaces.planning import Plan, make_plan
from search_spaces.specs.space import SearchSpace

CUBE = ((100, 0.01), (100, 0.01), (100, 0.01))
LONG = ((1000, 0.001), (1000, 0.0005), (1, 0.05))
"""Values and step of α, β and γ, from 1 upwards; a million points each."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--sample", type=int, default=4000, help="points of the plain loop")
    parser.add_argument("--confirmed", type=int, default=12, help="networks that fvcore measures")


def space(axes: tuple[tuple[int, float], ...], by: str) -> SearchSpace:
    """B0 at 224 px, FLOPs 2 ± 0.05 times its own."""
    grid = {
        name: {"min": 1.0, "max": 1.0 + (count - 1) * step, "step": step}
        for name, (count, step) in zip(("alpha", "beta", "gamma"), axes, strict=True)
    }
    target = {"by": by, "flops_ratio": 2.0, "tolerance": 0.05}
    return SearchSpace.model_validate({"axes": grid, "target": target})


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Both grids under both constraints; the loop; the measurements."""
    cube, long = CUBE, LONG
    if arguments.tiny:
        cube, long = ((10, 0.1),) * 3, ((100, 0.01), (100, 0.005), (1, 0.05))
        arguments.sample, arguments.confirmed = 50, 1
    seconds = {}
    for name, axes in (("cube", cube), ("long axes", long)):
        shape = " × ".join(str(count) for count, _ in axes)
        for by in ("measured", "nominal"):
            plan, taken, peak = _planned(space(axes, by))
            seconds[name, by] = taken
            print(
                f"{shape}, {by}: {plan.points:,} points, {plan.points_within:,} within the "
                f"constraint, {plan.networks:,} networks; {taken:.2f} s, peak {peak:.1f} MiB",
                flush=True,
            )
            yield Figure(f"{shape} points, {by}", taken, "s", below=10)
            yield Figure(f"{shape} points, {by}: peak memory", peak, "MiB")
    loop = _loop_seconds(space(cube, "measured"), arguments.sample)
    points = space(cube, "measured").axes
    assert points is not None
    whole = loop * points.points
    print(f"plain loop: {loop * 1e6:.0f} µs a point on {arguments.sample:,} of them", flush=True)
    yield Figure("a spec built for every point, extrapolated", whole, "s")
    yield Figure("plain loop : plan", whole / seconds["cube", "measured"], "×")
    yield from _confirmed(arguments.confirmed)


def _planned(space: SearchSpace) -> tuple[Plan, float, float]:
    """The plan, its seconds, and the peak of what Python and numpy allocated for it, in MiB."""
    chain_complexity.cache_clear()
    started = time.perf_counter()
    plan = make_plan(space)
    seconds = time.perf_counter() - started
    chain_complexity.cache_clear()
    tracemalloc.start()  # slows Python down, hence a second time
    make_plan(space)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return plan, seconds, peak


def _loop_seconds(space: SearchSpace, sample: int) -> float:
    """Seconds a point of the loop over a grid that builds, counts and merges every network."""
    assert space.axes is not None
    axes = space.axes
    every = max(axes.points // sample, 1)
    grid = itertools.product(axes.alpha.values(), axes.beta.values(), axes.gamma.values())
    points = list(itertools.islice(grid, 0, None, every))
    frame, found = space.frame(), dict[Any, list[Coefficients]]()
    base = frame.base_flops
    chain_complexity.cache_clear()
    started = time.perf_counter()
    for alpha, beta, gamma in points:
        coefficients = Coefficients(alpha, beta, gamma)
        spec = frame.at(coefficients)
        if space.target.holds(frame.complexity(spec).flops / base):
            found.setdefault(spec, []).append(coefficients)
    return (time.perf_counter() - started) / len(points)


def _confirmed(count: int) -> Iterator[Figure]:
    plan = make_plan(space(((20, 0.05), (20, 0.05), (20, 0.05)), "measured"))
    networks = [(c.spec, c.complexity) for c in plan.candidates[:count]]
    seconds = []
    with (
        tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as folder,
        Store.open(f"sqlite:///{folder}/results.db") as store,
    ):
        for _ in range(2):
            started = time.perf_counter()
            confirm(store, networks)
            seconds.append(time.perf_counter() - started)
    first, again = seconds
    print(f"fvcore on {len(networks)} networks: {first:.2f} s, then {again:.4f} s", flush=True)
    yield Figure(f"fvcore confirms {len(networks)} networks at 224 px and more", first, "s")
    yield Figure("the same again, from the database", again, "s")
    yield Figure("first : again", first / again, "×")
