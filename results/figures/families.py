"""A family b0, b1, …: multipliers, FLOPs and parameters of its members."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from results.figures.base import empty, new
from results.figures.style import BLUE, GREEN, GREY, PURPLE, VERMILLION
from search_spaces.human import amount, exactly

_DIMENSIONS = (
    ("depth", BLUE, "circle"),
    ("width", VERMILLION, "square"),
    ("resolution", GREEN, "diamond"),
)
_MULTIPLIERS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128)
_PANELS = ("multiplier of the baseline", "FLOPs (multiply-adds)", "parameters")


def family(
    members: pd.DataFrame, published: pd.DataFrame | None = None, *, name: str = "this family"
) -> go.Figure:
    """Multipliers, FLOPs beside 2^k times those of b0, and parameters of each member.

    Args:
        members: one row a member, b0 first: `name`, `phi`, `depth`, `width`, `resolution`,
            `resolution_px`, `params`, `flops`; as of `results.frames.family`.
        published: the official family, with the same columns, drawn behind in dotted lines.
        name: what the family is called in the legend.
    """
    title = "Family of scaled networks"
    if members.empty:
        return empty(title, "No family yet: it follows from the leader when the sweep has ended")
    figure = make_subplots(1, 3, horizontal_spacing=0.11)
    figure.update_layout(
        new(
            title,
            [
                f"{members['name'].iloc[0]} to {members['name'].iloc[-1]}",
                "published family: the official table" if published is not None else "",
            ],
        ).layout
    )
    for column, panel in enumerate(_PANELS, 1):
        figure.update_xaxes(title={"text": "member"}, row=1, col=column)
        figure.update_yaxes(title={"text": panel}, type="log", row=1, col=column)
    figure.update_yaxes(tickvals=_MULTIPLIERS, tickformat="~g", row=1, col=1)
    for column in (2, 3):
        figure.update_yaxes(dtick="D2", tickformat="~s", row=1, col=column)
    if published is not None:
        _add(figure, published, "published family", faint=True)
    _add(figure, members, name, faint=False)
    _add_doubling(figure, members)
    return figure


def _add(figure: go.Figure, members: pd.DataFrame, name: str, *, faint: bool) -> None:
    said = [_described(row, name) for row in members.to_dict("records")]
    dash = "dot" if faint else "solid"
    for dimension, colour, symbol in _DIMENSIONS:
        figure.add_trace(
            go.Scatter(
                name=f"{dimension}{', published' if faint else ''}",
                legendrank=1100 if faint else 1000,
                x=members["name"],
                y=members[dimension],
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 1.5 if faint else 2.2},
                marker={"symbol": f"{symbol}-open" if faint else symbol, "size": 8},
                hovertext=said,
                hoverinfo="text",
            ),
            row=1,
            col=1,
        )
    for column, quantity in ((2, "flops"), (3, "params")):
        figure.add_trace(
            go.Scatter(
                name=name,
                legendgroup=name,
                legendrank=1100 if faint else 1000,
                showlegend=column == 2,
                x=members["name"],
                y=members[quantity],
                mode="lines+markers",
                line={
                    "color": PURPLE if faint else BLUE,
                    "dash": dash,
                    "width": 1.5 if faint else 2.2,
                },
                marker={"symbol": "diamond-open" if faint else "circle", "size": 8},
                hovertext=said,
                hoverinfo="text",
            ),
            row=1,
            col=column,
        )


def _add_doubling(figure: go.Figure, members: pd.DataFrame) -> None:
    base = float(members["flops"].iloc[0])
    figure.add_trace(
        go.Scatter(
            name="2^k × b0",
            x=members["name"],
            y=[base * 2.0**k for k in range(len(members))],
            mode="lines",
            line={"color": GREY, "dash": "dash", "width": 1.5},
            hoverinfo="skip",
        ),
        row=1,
        col=2,
    )


def _described(row: dict[Any, Any], name: str) -> str:
    phi = row.get("phi")
    exponent = "" if phi is None or pd.isna(phi) else f", φ {exactly(phi)}"
    residual = row.get("residual")
    off = "" if residual is None or pd.isna(residual) else f" ({residual:+.1%} from 2^k)"
    return (
        f"<b>{row['name']}</b> ({name}{exponent})<br>depth × {exactly(row['depth'])}, width × "
        f"{exactly(row['width'])}, resolution × {exactly(row['resolution'])} = "
        f"{row['resolution_px']} px<br>"
        f"{amount(row['flops'])} FLOPs{off}<br>{amount(row['params'])} parameters"
    )
