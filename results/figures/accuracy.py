"""Accuracy against what a network costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from results.figures.base import (
    ACCURACY,
    MOST_BARS,
    SPREAD_NOTE,
    empty,
    logarithmic,
    lost,
    new,
    scatter,
    spread,
)
from results.figures.points import add_points
from results.figures.style import GREEN, GREY, VERMILLION
from results.frames import pareto_mask
from search_spaces.errors import InputError, suggest
from search_spaces.human import plural

COSTS = {
    "flops": ("FLOPs", "FLOPs (multiply-adds for one image)"),
    "params": ("parameters", "parameters"),
    "activations": ("activations", "activations (outputs of convolutions for one image)"),
    "train_seconds": ("training time", "training time (seconds a trial, mean over seeds)"),
    "latency_ms": ("latency", "latency (ms, median)"),
}
"""What accuracy can be set against: in a title, and on an axis."""


def accuracy(
    candidates: pd.DataFrame,
    trials: pd.DataFrame | None = None,
    *,
    cost: str = "flops",
    leader: int | None = None,
) -> go.Figure:
    """Accuracy against a cost: candidates with their seeds, the Pareto front, the scaling path.

    Means over seeds with ± one standard deviation, single seeds behind them where `trials` are
    given, the candidates that nothing cheaper beats, and from the baseline (φ = 0) to the leader
    (φ = 1) the direction that the family continues.

    Args:
        candidates: as of `results.frames.candidates`.
        trials: as of `results.frames.trials`.
        cost: one of `COSTS`.
        leader: the leader's index in the plan.

    Raises:
        InputError: the cost is unknown.
    """
    if cost not in COSTS:
        raise InputError(f"cost {cost!r} is unknown: {suggest(cost, COSTS)}")
    name, axis = COSTS[cost]
    title = f"Accuracy against {name}"
    done = candidates[(candidates["seeds"] > 0) & (candidates[cost] > 0)]
    missing = lost(int(candidates["diverged"].sum()), int(candidates["failed"].sum()))
    if done.empty:
        return empty(title, f"No trial has finished yet{f': {missing}' if missing else ''}")
    bars = len(done) <= MOST_BARS and bool(done["accuracy_std"].notna().any())
    figure = new(
        title,
        [
            f"{len(done):,} of {plural(len(candidates), 'candidate')} with results",
            missing,
            SPREAD_NOTE
            if bars
            else "one seed each: nothing is known of its noise"
            if done["seeds"].max() == 1
            else "",
        ],
        xaxis=logarithmic(axis),
        yaxis=ACCURACY,
    )
    if trials is not None and bars:
        figure.add_trace(_seeds(trials, cost))
    if cost == "flops":
        _add_path(figure, done, leader)
    _add_front(figure, done, cost)
    add_points(figure, done, leader, x=cost, y="accuracy_mean", error_y=spread if bars else None)
    return figure


def _seeds(trials: pd.DataFrame, cost: str) -> go.Scatter | go.Scattergl:
    shown = trials[trials["accuracy"].notna() & (trials["state"] == "finished")]
    return scatter(
        len(shown),
        name="single seeds",
        x=shown[cost],
        y=shown["accuracy"],
        mode="markers",
        marker={"symbol": "circle", "size": 4.5, "color": GREY, "opacity": 0.75},
        hovertext=[
            f"candidate {index}, seed {seed}: {value:.2%}"
            for index, seed, value in zip(
                shown["index"], shown["seed"], shown["accuracy"], strict=True
            )
        ],
        hoverinfo="text",
    )


def _add_front(figure: go.Figure, done: pd.DataFrame, cost: str) -> None:
    mask = pareto_mask(done[cost].to_numpy(), done["accuracy_mean"].to_numpy())
    front = done[mask].sort_values(cost)
    figure.add_trace(
        go.Scatter(
            name="Pareto front",
            x=front[cost],
            y=front["accuracy_mean"],
            mode="lines",
            line={"shape": "hv", "color": GREEN, "width": 2},
            hoverinfo="skip",
        )
    )


def _add_path(figure: go.Figure, done: pd.DataFrame, leader: int | None) -> None:
    is_baseline = np.array(["baseline" in roles for roles in done["roles"]])
    ends = pd.concat([done[is_baseline], done[done["index"] == leader]])
    if len(ends) != 2:
        return
    figure.add_trace(
        go.Scatter(
            name="the leader's family, φ from 0 to 1",
            x=ends["flops"],
            y=ends["accuracy_mean"],
            mode="lines",
            line={"dash": "dot", "color": VERMILLION, "width": 2},
            hoverinfo="skip",
        )
    )
