"""What all figures share: titles with a note, axes in units, empty states, and WebGL for many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from results.figures.style import TEMPLATES
from search_spaces.human import plural

MANY = 1000
"""Points from which on a trace is drawn by WebGL."""

MOST_BARS = 200
"""Points up to which each has error bars: more would only hide each other."""

SPREAD_NOTE = "bars: ± one standard deviation over seeds"

ACCURACY = {"title": {"text": "validation accuracy (top-1)"}, "tickformat": "~%"}


def new(title: str, notes: Iterable[str] = (), **layout: Any) -> go.Figure:
    """An empty figure with a title, and under it what a reader must know of the figure."""
    note = "; ".join(note for note in notes if note)
    return go.Figure(
        layout={
            "template": TEMPLATES["light"],
            "title": {"text": title, "subtitle": {"text": note}},
            **layout,
        }
    )


def empty(title: str, message: str) -> go.Figure:
    """A figure that says why there is nothing to see, and what to do."""
    figure = new(title)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.add_annotation(
        text=message, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"size": 15}
    )


def scatter(count: int, **trace: Any) -> go.Scatter | go.Scattergl:
    """A scatter trace of `count` points, by WebGL where they are many."""
    if count <= MANY:
        return go.Scatter(**trace)
    trace.pop("cliponaxis", None)  # a switch that WebGL does not have
    return go.Scattergl(**trace)


def density(count: int, size: int) -> dict[str, Any]:
    """Size and opacity of the markers of `count` points, so that many remain a cloud."""
    return {"size": size, "opacity": 0.95} if count <= MANY else {"size": 4, "opacity": 0.5}


def spread(candidates: pd.DataFrame) -> dict[str, Any] | None:
    """Error bars of ± one standard deviation over seeds; None where they would hide each other."""
    if len(candidates) > MOST_BARS:
        return None
    return {"type": "data", "array": candidates["accuracy_std"], "thickness": 1.2, "width": 0}


def logarithmic(title: str) -> dict[str, Any]:
    """A logarithmic axis with amounts as 10M, 2G."""
    return {"title": {"text": title}, "type": "log", "tickformat": "~s", "minor": {"dtick": "D1"}}


def lost(diverged: int, failed: int) -> str:
    """What came of trials that have no accuracy."""
    said = [f"{plural(diverged, 'trial')} diverged"] * (diverged > 0)
    said += [f"{plural(failed, 'trial')} failed"] * (failed > 0)
    return ", ".join(said)
