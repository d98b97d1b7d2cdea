"""Sweeps of one protocol beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go

from results.figures.accuracy import COSTS
from results.figures.base import (
    ACCURACY,
    MOST_BARS,
    SPREAD_NOTE,
    density,
    empty,
    logarithmic,
    new,
    scatter,
    spread,
)
from results.figures.points import hover
from results.figures.style import look
from search_spaces.errors import InputError, suggest


@dataclass(frozen=True)
class Compared:
    """One of the sweeps: its name in the legend, its protocol, its candidates and leader.

    `candidates` is as of `results.frames.candidates`.
    """

    name: str
    protocol: str
    candidates: pd.DataFrame
    leader: int | None = None


def compare(sweeps: Sequence[Compared], *, cost: str = "flops") -> go.Figure:
    """Accuracy against a cost, of the candidates of several sweeps; leaders are stars.

    Raises:
        InputError: fewer than two sweeps, an unknown cost, or different protocols: accuracies say
            something about each other only with the same data, budget, recipe and constraint.
    """
    if cost not in COSTS:
        raise InputError(f"cost {cost!r} is unknown: {suggest(cost, COSTS)}")
    if len(sweeps) < 2:
        raise InputError(f"{len(sweeps)} sweep is given: a comparison needs at least two")
    protocols = {sweep.protocol: sweep.name for sweep in sweeps}
    if len(protocols) > 1:
        named = ", ".join(f"{name} has {protocol}" for protocol, name in protocols.items())
        raise InputError(
            f"the sweeps have {len(protocols)} protocols ({named}): accuracies are compared only "
            "within one (same data, budget, recipe and constraint); leave the others out"
        )
    axis = COSTS[cost][1]
    title = "Sweeps compared"
    if all((sweep.candidates["seeds"] == 0).all() for sweep in sweeps):
        return empty(title, "None of these sweeps has a finished trial yet")
    most = max(len(sweep.candidates) for sweep in sweeps)
    figure = new(
        title,
        [f"one protocol: {sweeps[0].protocol}", SPREAD_NOTE if most <= MOST_BARS else ""],
        xaxis=logarithmic(axis),
        yaxis=ACCURACY,
    )
    for place, sweep in enumerate(sweeps):
        done = sweep.candidates[sweep.candidates["seeds"] > 0]
        shape, _ = look(place)
        usual = density(len(done), shape.size)
        name = escape(sweep.name, quote=False)
        leads = done["index"] == sweep.leader
        figure.add_trace(
            scatter(
                len(done),
                name=f"{name}{'' if len(done) else ' (no results yet)'}",
                x=done[cost],
                y=done["accuracy_mean"],
                error_y=spread(done),
                mode="markers",
                marker={
                    "color": shape.colour,
                    "symbol": ["star" if one else shape.symbol for one in leads],
                    "size": [15 if one else usual["size"] for one in leads],
                    "opacity": usual["opacity"],
                    "line": {"width": 0},
                },
                hovertext=[f"<b>{name}</b><br>{text}" for text in hover(done)],
                hoverinfo="text",
            )
        )
    return figure
