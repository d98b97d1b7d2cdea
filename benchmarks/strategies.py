"""What each strategy finds, and for how many trained images, beside the full grid.

Simulates sweeps whose truth is known. With `--stored` it takes the trials of a real sweep (all
sweeps of its protocol in the database) and lets each strategy search among them, with seeds in
another order each time: whatever it asks for has been trained, so one large sweep stands in for
many searches. `docs/strategies.md` shows what came out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.objectives import Conditions, Kind, lattice, world
from benchmarks.replaying import Pool, Replayed, replay, shuffled, stored_pool
from benchmarks.report import Figure
from benchmarks.selection import off, reliability
from scaling_search.evidence import infer
from scaling_search.sweeps.strategies import Arm
from search_spaces.specs.sweep import SelectionRule, SweepSpec, load_sweep

Floats = NDArray[np.float64]

GRID = "grid, 3 seeds"
STRATEGIES: dict[str, tuple[int, dict[str, Any]]] = {
    GRID: (3, {"name": "grid"}),
    "grid, 1 seed": (1, {"name": "grid"}),
    "contenders": (12, {"name": "contenders"}),
    "asha": (3, {"name": "asha"}),
    "hyperband": (3, {"name": "hyperband", "reduction": 2}),
    "tpe": (3, {"name": "tpe"}),
    "gp": (3, {"name": "gp"}),
}
"""Seeds at most, and how they are spent."""

KINDS: tuple[Kind, ...] = ("optimum", "rough", "flat", "noise")
CONDITIONS = Conditions(seeds=12, images=2_000, seed_sd=0.02)
CHANCE = 0.1
EPOCHS = ((0.35, 0.015), (0.60, 0.018), (0.85, 0.018))
"""How much of its final lead over chance a trial shows after each quarter of its budget but the
last, and the noise in that: as of the sweep that `docs/strategies.md` replays."""


@dataclass(frozen=True)
class Judged:
    """A search beside the truth; `regret` is what its leader really loses (accuracy)."""

    regret: float
    cost: float
    verdict: str
    certainty: float | None
    stopped: int


def simulated(kind: Kind, key: int) -> tuple[Pool, Floats]:
    """A sweep that was never trained, and each candidate's true accuracy at matched FLOPs."""
    made, random = world(kind, CONDITIONS, key), np.random.default_rng([key, 1])
    arms = [Arm(0, False, ("baseline",), None)]
    arms += [
        Arm(index, True, ("search",), (float(d), float(w), float(r)))
        for index, (d, w, r) in enumerate(lattice(CONDITIONS.divisions), start=1)
    ]
    evidence, curves = [], {}
    for one in made.untrained():
        trained = {seed: made.train(one.index, seed) for seed in range(CONDITIONS.seeds)}
        evidence.append(replace(one, correct=trained))
        for seed, correct in trained.items():
            end = float(correct.mean())
            early = [
                CHANCE + part * (end - CHANCE) + noise * random.standard_normal()
                for part, noise in EPOCHS
            ]
            curves[one.index, seed] = np.array([*early, end])
    return Pool(tuple(arms), tuple(evidence), curves, CHANCE), made.truth


def judged(found: Replayed, truth: Floats, eligible: Sequence[int]) -> Judged:
    """The search against the truth."""
    leader = found.outcome.leader
    best, worst = float(truth[list(eligible)].max()), float(truth[list(eligible)].min())
    return Judged(
        best - (worst if leader is None else float(truth[leader])),
        found.cost,
        found.outcome.verdict,
        found.outcome.certainty,
        found.stopped,
    )


def _spec(name: str) -> SweepSpec:
    seeds, strategy = STRATEGIES[name]
    return load_sweep("small-images", {"seeds": seeds, "strategy": strategy})


def searched(pool: Pool, truth: Floats, names: Sequence[str], seed: int) -> dict[str, Judged]:
    """Every strategy on one pool."""
    eligible = [arm.index for arm in pool.arms if arm.eligible]
    found = {}
    for name in names:
        random = np.random.default_rng(seed)
        spec = _spec(name)
        spec = spec.model_copy(
            update={
                "strategy": spec.strategy.model_copy(update={"seed": seed}),
                "seeds": spec.seeds[: pool.seeds],
            }
        )
        found[name] = judged(replay(pool, spec, random), truth, eligible)
    return found


def one_simulated(number: int, kind: Kind, names: Sequence[str]) -> dict[str, Judged]:
    """Every strategy on the simulated sweep of this number."""
    return searched(*simulated(kind, number), names, number)


def one_stored(number: int, pool: Pool, truth: Floats, names: Sequence[str]) -> dict[str, Judged]:
    """Every strategy on the stored trials, the seeds in an order of their own."""
    return searched(shuffled(pool, np.random.default_rng(number)), truth, names, number)


def truth_of(pool: Pool) -> Floats:
    """What all stored trials together say of each candidate, at matched FLOPs."""
    posterior = infer(pool.evidence, SelectionRule())
    assert posterior is not None
    truth = np.full(len(pool.arms), np.nan)
    for row, entry in enumerate(posterior.table.entries):
        truth[entry.index] = posterior.surface.expected[row]
    return truth


_COLUMNS = (
    "trained images, of the grid's",
    "at most (90%)",
    "regret, points",
    "more than the grid's",
    "regret ≤ δ",
    "regret ≤ the grid's + δ",
    "concluded",
    "concluded, regret > δ",
    "trials stopped early",
)


def rows(found: Sequence[dict[str, Judged]]) -> dict[str, dict[str, float]]:
    """Means over searches, by strategy."""
    allowed, table = SelectionRule().regret, {}
    for name in found[0]:
        ours = [one[name] for one in found]
        cost = np.array([one[name].cost / one[GRID].cost for one in found])
        concluded = np.array([one.verdict != "inconclusive" for one in ours])
        regret = np.array([one.regret for one in ours])
        grids = np.array([one[GRID].regret for one in found])
        figures = (
            cost.mean(),
            np.quantile(cost, 0.9),
            100 * regret.mean(),
            100 * (regret - grids).mean(),
            (regret <= allowed).mean(),
            (regret <= grids + allowed).mean(),
            concluded.mean(),
            (concluded & (regret > allowed)).mean(),
            np.mean([one.stopped for one in ours]),
        )
        table[name] = dict(zip(_COLUMNS, map(float, figures), strict=True))
    return table


def _cell(column: str, value: float) -> str:
    points = column.startswith(("regret, ", "more", "trials"))
    return f"{value:.2f}" if points else f"{value:.0%}"


def show(title: str, found: Sequence[dict[str, Judged]]) -> None:
    """A table in Markdown."""
    print(f"\n## {title}\n\n| strategy | {' | '.join(_COLUMNS)} |")
    print("| --- |" + " ---: |" * len(_COLUMNS))
    for name, values in rows(found).items():
        print(f"| {name} | {' | '.join(_cell(*one) for one in values.items())} |", flush=True)
    verdicts = {name: dict(Counter(one[name].verdict for one in found)) for name in found[0]}
    print(f"\nVerdicts: {json.dumps(verdicts)}", flush=True)


def show_certainty(title: str, found: Sequence[dict[str, Judged]]) -> Iterator[Figure]:
    """How often the leader loses at most δ, beside what is stated; of searches that state it."""
    allowed = SelectionRule().regret
    print(f"\n## {title}: certainty\n\n| strategy | state one | stated | observed | off by |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in found[0]:
        ours = [one[name] for one in found if one[name].certainty is not None]
        if not ours:
            print(f"| {name} | 0% | – | – | – |")
            continue
        stated = np.array([one.certainty for one in ours])
        happened = np.array([one.regret <= allowed for one in ours])
        distance = 100 * off(reliability(stated, happened))
        print(
            f"| {name} | {len(ours) / len(found):.0%} | {stated.mean():.0%} | "
            f"{happened.mean():.0%} | {distance:.1f} |",
            flush=True,
        )
        yield Figure(f"{title}: {name}: certainty off", distance, "points", below=5)


def _spread(work: Any, numbers: range, processes: int) -> Iterator[dict[str, Judged]]:
    if processes == 1:
        yield from map(work, numbers)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as workers:
        yield from workers.imap(work, numbers, chunksize=4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes, and what to search."""
    parser.add_argument("--sweeps", type=int, default=500, help="searches of each strategy")
    parser.add_argument("--first", type=int, default=0, help="number of the first search")
    parser.add_argument("--stored", help="a database with a real sweep, in place of simulation")
    parser.add_argument("--sweep", type=int, default=1, help="of --stored: a sweep of its protocol")
    parser.add_argument("--kinds", nargs="*", default=KINDS, choices=KINDS)
    parser.add_argument("--strategies", nargs="*", default=list(STRATEGIES), choices=STRATEGIES)
    parser.add_argument("--processes", type=int, default=1)


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Search, and print tables in Markdown."""
    names = list(dict.fromkeys([GRID, *arguments.strategies]))
    sweeps = 2 if arguments.tiny else arguments.sweeps
    if arguments.stored:
        pool = stored_pool(arguments.stored, arguments.sweep)
        stored: Any = partial(one_stored, pool=pool, truth=truth_of(pool), names=names)
        title = f"{len(pool.arms)} candidates, {pool.seeds} seeds, {sweeps} searches"
        runs = {title: stored}
    else:
        runs = {
            f"{kind}, {sweeps} sweeps": partial(one_simulated, kind=kind, names=names)
            for kind in arguments.kinds
        }
    differing: list[dict[str, Judged]] = []
    for title, work in runs.items():
        numbers = range(arguments.first, arguments.first + sweeps)
        found = list(_spread(work, numbers, arguments.processes))
        show(title, found)
        if arguments.stored:
            yield from show_certainty(title, found)
        elif title.startswith(("optimum", "rough")):
            differing += found
        for name, values in rows(found).items():
            cost, regret = values[_COLUMNS[0]], values[_COLUMNS[2]]
            yield Figure(f"{title}: {name}: images, of the grid's", 100 * cost, "%")
            yield Figure(f"{title}: {name}: regret", regret, "points")
    if differing:
        yield from show_certainty("optimum, rough", differing)
