"""The triangle of shares drawn in a plane: places, edges, grid and names of the corners.

Depth is at the top, width at the left, resolution at the right; sides have length 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from results.figures.style import GREY

HEIGHT = math.sqrt(3) / 2
_STEPS = (0.2, 0.4, 0.6, 0.8)


def place(
    depth: npt.NDArray[np.float64], resolution: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """X and y of shares, shape (n, 2), from arrays of shape (n,)."""
    return np.stack([resolution + depth / 2, depth * HEIGHT], axis=-1)


def places(shares: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """X and y of a column of shares (mappings with `depth` and `resolution`), shape (n, 2)."""
    depth = np.array([one["depth"] for one in shares], dtype=np.float64)
    return place(depth, np.array([one["resolution"] for one in shares], dtype=np.float64))


def shares_at(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Depth, width and resolution at places of shape (n, 2): (n, 3); negative outside."""
    depth = xy[:, 1] / HEIGHT
    resolution = xy[:, 0] - depth / 2
    return np.stack([depth, 1 - depth - resolution, resolution], axis=-1)


def inside(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Distance of points, shape (n, 2), to the nearest edge; negative outside."""
    x, y = xy[:, 0], xy[:, 1]
    left = HEIGHT * x - y / 2
    right = HEIGHT * (1 - x) - y / 2
    return np.minimum(np.minimum(left, right), y)


def _points(corners: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    xy = place(*(np.array(values, dtype=np.float64) for values in zip(*corners, strict=True)))
    return xy[:, 0].tolist(), xy[:, 1].tolist()


def draw(figure: go.Figure) -> None:
    """Add edges, a grid in steps of 20%, its labels, and the corners' names to a figure."""
    x: list[float | None] = []
    y: list[float | None] = []
    for s in _STEPS:
        # (depth, resolution) of both ends of a line of equal depth, width and resolution.
        for line in ([(s, 0), (s, 1 - s)], [(0, 1 - s), (1 - s, 0)], [(0, s), (1 - s, s)]):
            line_x, line_y = _points(line)
            x += [*line_x, None]
            y += [*line_y, None]
    plain: dict[str, Any] = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    figure.add_trace(go.Scatter(x=x, y=y, line={"color": GREY, "width": 0.5}, opacity=0.5, **plain))
    x_edge, y_edge = _points([(0, 0), (1, 0), (0, 1), (0, 0)])
    figure.add_trace(go.Scatter(x=x_edge, y=y_edge, line={"color": GREY, "width": 1.5}, **plain))
    for s in _STEPS:
        # Each edge counts the share of the corner that it leads to, clockwise.
        for ends, shift in (
            ([(s, 0)], (-16, 6)),
            ([(1 - s, s)], (16, 6)),
            ([(0, 1 - s)], (0, -12)),
        ):
            (at_x,), (at_y,) = _points(ends)
            figure.add_annotation(
                text=f"{s:.0%}",
                x=at_x,
                y=at_y,
                xshift=shift[0],
                yshift=shift[1],
                showarrow=False,
                font={"size": 11},
                opacity=0.8,
            )
    for text, at, anchor, shift in (
        ("<b>depth</b> (α)", (1.0, 0.0), "center", (0, 26)),
        ("<b>width</b> (β)", (0.0, 0.0), "center", (0, -28)),
        ("<b>resolution</b> (γ)", (0.0, 1.0), "center", (0, -28)),
    ):
        (at_x,), (at_y,) = _points([at])
        figure.add_annotation(
            text=text,
            x=at_x,
            y=at_y,
            xanchor=anchor,
            xshift=shift[0],
            yshift=shift[1],
            showarrow=False,
            font={"size": 14},
        )
    figure.update_xaxes(visible=False, range=[-0.12, 1.12], constrain="domain")
    figure.update_layout(margin={"l": 20, "r": 20})
    figure.update_yaxes(visible=False, range=[-0.1, HEIGHT + 0.1], scaleanchor="x")
