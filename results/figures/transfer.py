"""Accuracy against parameters of transferred networks, one panel a data set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import plotly.graph_objects as go

from results.figures.base import empty, new
from results.figures.style import BASELINE, look
from search_spaces.human import amount, points

TITLE = "Transfer: accuracy against parameters"
NAMES = {
    "linear_probe": "linear probe",
    "full": "all trained",
    "gradual": "gradually unfrozen",
    "scratch": "from scratch",
}
"""Of methods, for people."""

_COLUMNS = 2
_ROW_PX, _FRAME_PX = 330, 170


def transfer(cells: Sequence[dict[str, Any]], *, complete: bool) -> go.Figure:
    """Accuracy of every weights and method, with 95% intervals over seeds and images.

    Args:
        cells: of a `results.values.Transfer`.
        complete: whether all of its runs are done.
    """
    cells = [cell for cell in cells if cell["accuracy"] is not None]
    if not cells:
        return empty(TITLE, "Nothing is measured yet: it appears here as runs finish.")
    datasets = list(dict.fromkeys(cell["dataset"] for cell in cells))
    columns = min(_COLUMNS, len(datasets))
    rows = -(-len(datasets) // columns)
    figure = new(
        TITLE,
        [
            "bars: 95% over seeds and images",
            "" if complete else "not complete yet",
        ],
        height=_FRAME_PX + _ROW_PX * rows,
        grid={
            "rows": rows,
            "columns": columns,
            "pattern": "independent",
            "xgap": 0.14,
            "ygap": 0.32,
        },
    )
    for place, dataset in enumerate(datasets, start=1):
        here = [cell for cell in cells if cell["dataset"] == dataset]
        _panel(figure, dataset, here, place, first=place == 1)
    return figure


def _panel(
    figure: go.Figure, dataset: str, cells: Sequence[dict[str, Any]], place: int, *, first: bool
) -> None:
    number = "" if place == 1 else str(place)
    for order, (method, name) in enumerate(NAMES.items()):
        own = sorted(
            (cell for cell in cells if cell["method"] == method), key=lambda cell: cell["params"]
        )
        if not own:
            continue
        shown, dash = (BASELINE, "dot") if method == "scratch" else look(order)
        means = [cell["accuracy"]["mean"] for cell in own]
        figure.add_trace(
            go.Scatter(
                x=[cell["params"] for cell in own],
                y=means,
                error_y={
                    "type": "data",
                    "array": [_half(cell["accuracy"]) for cell in own],
                    "thickness": 1.2,
                    "width": 3,
                },
                name=name,
                legendgroup=name,
                showlegend=first,
                mode="lines+markers",
                line={"color": shown.colour, "dash": dash},
                marker=shown.marker(),
                xaxis=f"x{number}",
                yaxis=f"y{number}",
                hovertext=[_hover(cell, name) for cell in own],
                hoverinfo="text",
            )
        )
    sides = sorted({cell["params"] for cell in cells})
    figure.update_layout(
        {
            f"xaxis{number}": {
                "type": "log",
                "tickvals": sides,
                "ticktext": [amount(side) for side in sides],
                "title": {"text": f"parameters, on {PurePath(dataset).name}"},
                # A single network has no span of its own.
                "range": None if len(sides) > 1 else _around(sides[0]),
            },
            f"yaxis{number}": {"tickformat": "~%", "title": {"text": "accuracy (top-1)"}},
        }
    )


def _around(value: int) -> list[float]:
    return [math.log10(value / 1.5), math.log10(value * 1.5)]


def _half(found: dict[str, Any]) -> float:
    return 0.0 if found["high"] is None else float(found["high"] - found["mean"])


def _hover(cell: dict[str, Any], name: str) -> str:
    found, gain = cell["accuracy"], cell["gain"]
    lines = [f"{cell['weights']}, {name}", f"{found['mean']:.2%}"]
    if found["low"] is not None:
        lines[-1] += f" ({found['low']:.2%} to {found['high']:.2%}), {cell['seeds']} seeds"
    if gain is not None:
        lines.append(f"{points(gain['mean'], sign=True)} points over scratch")
    lines.append(f"{amount(cell['params'])} parameters, {amount(cell['trained_params'])} trained")
    return "<br>".join(lines)
