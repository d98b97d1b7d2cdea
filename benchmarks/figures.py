"""From a full database to figures as JSON: a sweep of 10,000 trials with 20 epochs each.

Each figure is drawn by itself, reading included, as a page that shows only this one would have it.
Beside our scatter of 5,000 candidates stands the plain one of Plotly Express, with the same hover
columns.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
from sqlalchemy import Integer, cast, create_engine, func, insert, literal, select, true

from benchmarks.filling import fill
from benchmarks.report import Figure
from results.figures import accuracy, triangle
from results.schema import AttemptRow, EpochRow, TrialRow
from results.states import Verdict
from results.store import Store
from results.values import Outcome, TriangleSurface, lattice
from results.views import FIGURES, SweepView
from search_spaces.coefficients import Shares

_SEEDS = 10
_HOVER = ["index", "alpha", "beta", "gamma", "flops", "params", "activations", "seeds"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=20, help="of each trial")
    parser.add_argument("--candidates", type=int, default=5000, help="of the scatter")


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Every figure of the stored sweep; then the scatter beside the plain one."""
    if arguments.tiny:
        arguments.trials, arguments.epochs, arguments.candidates = 40, 2, 50
    with tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as folder:
        url = f"sqlite:///{folder}/results.db"
        trials = fill_one(url, arguments)
        with Store.open(url) as store:
            SweepView(store, 1).figure("triangle")  # imports are not what is timed
            for kind in FIGURES:
                seconds, size = _timed(partial(SweepView(store, 1).figure, kind))
                print(f"{kind}: {seconds:.2f} s, {size / 1e6:.2f} MB", flush=True)
                yield Figure(
                    f"{kind} of {trials:,} trials × {arguments.epochs} epochs", seconds, "s"
                )
    yield from _scatters(_made(arguments.candidates))


def _timed(draw: Callable[[], Any]) -> tuple[float, int]:
    """Seconds to JSON, and its characters."""
    started = time.perf_counter()
    size = len(draw().to_json())
    return time.perf_counter() - started, size


def _scatters(candidates: pd.DataFrame) -> Iterator[Figure]:
    def plain() -> Any:
        return px.scatter(candidates, "flops", "accuracy_mean", log_x=True, hover_data=_HOVER)

    plain()
    count = len(candidates)
    express, express_size = _timed(plain)
    ours, size = _timed(lambda: accuracy(candidates))
    outcome = Outcome(verdict=Verdict.INCONCLUSIVE, surface=_surface())
    surface, _ = _timed(lambda: triangle(candidates, outcome=outcome))
    print(f"JSON: {size / 1e6:.2f} MB, Plotly Express {express_size / 1e6:.2f} MB", flush=True)
    yield Figure(f"accuracy of {count:,} candidates", ours, "s")
    yield Figure(f"Plotly Express scatter of {count:,} candidates", express, "s")
    yield Figure(f"triangle with surface of {count:,} candidates", surface, "s")


def _surface() -> TriangleSurface:
    """A hill over the triangle."""
    height = 0.85 - np.square(lattice(8) - 1 / 3).sum(axis=1) / 10
    std = (0.002,) * len(height)
    return TriangleSurface(divisions=8, mean=tuple(height.tolist()), std=std, prior_std=0.01)


def _made(count: int) -> pd.DataFrame:
    """Candidates all over the triangle, whose best spend is in its middle."""
    random = np.random.default_rng(0)
    directions = [Shares(*row) for row in random.dirichlet([1, 1, 1], count)]
    triples = [one.coefficients() for one in directions]
    depth = np.array([one.depth for one in directions])
    return pd.DataFrame(
        {
            "index": range(count),
            "roles": [("search",)] * count,
            "spec": [{"stages": [{"depth": 16}], "resolution_px": 224}] * count,
            "eligible": True,
            "shares": [
                {"depth": one.depth, "width": one.width, "resolution": one.resolution}
                for one in directions
            ],
            "alpha": [one.alpha for one in triples],
            "beta": [one.beta for one in triples],
            "gamma": [one.gamma for one in triples],
            "flops": random.integers(760_000_000, 840_000_000, count),
            "params": random.integers(5_000_000, 9_000_000, count),
            "activations": random.integers(5_000_000, 9_000_000, count),
            "measured_ratio": 2.0,
            "seeds": 3,
            "diverged": 0,
            "failed": 0,
            "accuracy_mean": 0.8 - (depth - 1 / 3) ** 2 + random.normal(0, 0.01, count),
            "accuracy_std": 0.01,
        }
    )


def fill_one(url: str, arguments: argparse.Namespace) -> int:
    """One finished sweep of so many `trials` with so many `epochs` each; returns the trials."""
    trials = fill(
        url,
        sweeps=1,
        trials_per_sweep=arguments.trials,
        candidates=max(1, arguments.trials // _SEEDS),
        step=0.1 if arguments.tiny else 0.01,  # the fine grid takes seconds to plan
    )
    _add_epochs(url, arguments.epochs)
    return trials


def _add_epochs(url: str, epochs: int) -> None:
    """An attempt for each trial, with a report for each epoch."""
    engine = create_engine(url)
    attempt, trial, epoch = (row.__table__ for row in (AttemptRow, TrialRow, EpochRow))
    numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < epochs))
    copied = ("worker", "started_at", "finished_at")
    with engine.begin() as connection:
        connection.execute(
            insert(attempt).from_select(
                ["trial_id", "number", "state", *copied],
                select(trial.c.id, literal(1), literal("finished"), *(trial.c[c] for c in copied)),
            )
        )
        done = cast(numbers.c.number, Integer)
        connection.execute(
            insert(epoch).from_select(
                [
                    "attempt_id",
                    "epoch",
                    "steps",
                    "images",
                    "accuracy",
                    "validation_loss",
                    "reported_at",
                ],
                select(
                    attempt.c.id,
                    done,
                    done,
                    32 * done,
                    0.8 - 0.5 / (done + func.abs(attempt.c.id % 7)),
                    2.0 / done,
                    attempt.c.started_at,
                ).join_from(attempt, numbers, true()),
            )
        )
    engine.dispose()
