"""What rounding does to a plan: the FLOPs that coefficients promise, and those they cost."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from results.figures.base import MOST_BARS, empty, new
from results.figures.points import add_points
from results.figures.style import GREEN, GREY
from search_spaces.human import plural


def ratios(
    candidates: pd.DataFrame,
    *,
    target: float | None,
    tolerance: float,
    by: Literal["measured", "nominal"] = "measured",
    leader: int | None = None,
) -> go.Figure:
    """Measured against nominal FLOPs ratio αβ²γ², with the constraint as a band.

    A network stands for every triple that rounds to it: bars reach over their nominal ratios.

    Args:
        candidates: as of `results.frames.candidates`.
        target: FLOPs aimed at, as a multiple of the baseline's; None where the constraint is
            about something else.
        tolerance: how far from it still satisfies the constraint.
        by: the ratio that the constraint is about.
        leader: the leader's index in the plan.
    """
    title = "Nominal and measured FLOPs"
    if candidates.empty:
        return empty(title, "The plan has no candidates")
    bars = len(candidates) <= MOST_BARS and bool((candidates["coefficients"].map(len) > 1).any())
    figure = new(
        title,
        [
            plural(len(candidates), "network"),
            "" if target is None else f"band: {by} ratio {target:g} ± {tolerance:g}",
            "bars: all triples that round to the same network" if bars else "",
        ],
        xaxis={"title": {"text": "nominal ratio αβ²γ² (× baseline)"}},
        yaxis={"title": {"text": "measured FLOPs (× baseline)"}},
    )
    if target is not None:
        _add_band(figure, by, target - tolerance, target + tolerance)
    nominal, measured = candidates["nominal_ratio"], candidates["measured_ratio"]
    ends = [min(nominal.min(), measured.min()), max(nominal.max(), measured.max())]
    figure.add_trace(
        go.Scatter(
            name="measured = nominal",
            x=ends,
            y=ends,
            mode="lines",
            line={"color": GREY, "dash": "dash", "width": 1.5},
            hoverinfo="skip",
        )
    )
    add_points(
        figure,
        candidates,
        leader,
        x="nominal_ratio",
        y="measured_ratio",
        error_x=_reach if bars else None,
    )
    return figure


def _add_band(figure: go.Figure, by: str, low: float, high: float) -> None:
    """The ratios that satisfy the constraint."""
    look = {"line_width": 0, "fillcolor": GREEN, "opacity": 0.18, "layer": "below"}
    if by == "measured":
        figure.add_hrect(y0=low, y1=high, **look)
    else:
        figure.add_vrect(x0=low, x1=high, **look)


def _reach(candidates: pd.DataFrame) -> dict[str, object]:
    """Error bars from the least to the greatest nominal ratio that realises each network."""
    reach = []
    for triples in candidates["coefficients"]:
        nominal = np.prod(np.array(triples, dtype=np.float64) ** [1, 2, 2], axis=1)
        reach.append((nominal.min(), nominal.max()))
    low, high = np.array(reach).T
    here = candidates["nominal_ratio"].to_numpy(dtype=np.float64)
    return {
        "type": "data",
        "symmetric": False,
        "array": np.maximum(high - here, 0),
        "arrayminus": np.maximum(here - low, 0),
        "thickness": 1.2,
        "width": 0,
    }
