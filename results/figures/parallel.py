"""Candidates as lines across parallel axes, to be filtered by dragging along them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from results.figures.base import empty, new
from results.figures.style import RAMP

_AXES = (
    ("alpha", "α (depth)", ".3~f"),
    ("beta", "β (width)", ".3~f"),
    ("gamma", "γ (resolution)", ".3~f"),
    ("measured_ratio", "FLOPs (× baseline)", ".3~f"),
    ("params", "parameters", ".3~s"),
    ("activations", "activations", ".3~s"),
    ("accuracy_mean", "accuracy", ".1~%"),
)


def parallel(candidates: pd.DataFrame) -> go.Figure:
    """Coefficients, costs and accuracy of every candidate with a result.

    Such a figure has no hover text in Plotly; dragging along an axis keeps the lines through it.

    Args:
        candidates: as of `results.frames.candidates`.
    """
    title = "Coefficients, costs and accuracy"
    done = candidates[candidates["seeds"] > 0]
    if done.empty:
        return empty(title, "No trial has finished yet")
    figure = new(title, ["drag along an axis to keep the lines that pass there"])
    return figure.add_trace(
        go.Parcoords(
            dimensions=[
                {"label": label, "values": done[column], "tickformat": form}
                for column, label, form in _AXES
            ],
            line={"color": done["accuracy_mean"], "colorscale": RAMP},
        )
    ).update_layout(margin={"t": 130, "b": 40, "l": 60, "r": 60})
