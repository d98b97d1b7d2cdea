"""How figures look: one palette that reads on both backgrounds, and a template for each mode.

The colours follow Okabe and Ito's (https://jfly.uni-koeln.de/color/), told apart by the
colour-blind, without those too light for a white page; each has a contrast of at least 3 on both
backgrounds (WCAG 2.2, 1.4.11). So a figure's data do not depend on the mode: only its template
does, and a page can change it in place. What differs by colour also differs by marker or dash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import plotly.graph_objects as go

from search_spaces.errors import InputError, suggest

Mode = Literal["light", "dark"]

BLUE, VERMILLION, GREEN, PURPLE = "#1F7FC1", "#D55E00", "#009E73", "#B5608F"
AMBER, GREY = "#B07A00", "#858B95"
CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, AMBER, GREY)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "pentagon", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

RAMP = ("#2F74C0", "#9C8FA6", "#EE9322")
"""For amounts: blue to orange through grey, which vanishes into neither background."""
EDGE = "#14171C"
"""Around points that lie on a coloured surface."""

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Look:
    """Colour, symbol and size in px of one kind of point."""

    colour: str
    symbol: str
    size: int = 9

    def marker(self, **more: Any) -> dict[str, Any]:
        """A trace's marker."""
        return {"color": self.colour, "symbol": self.symbol, "size": self.size} | more


SEARCHED = Look(BLUE, "circle")
OUTSIDE = Look(GREY, "circle-open")
LEADER = Look(VERMILLION, "star", 15)
BASELINE = Look(GREY, "square", 10)
PUBLISHED = Look(PURPLE, "diamond", 11)
MATCHED = Look(PURPLE, "diamond-open", 11)


def look(place: int) -> tuple[Look, str]:
    """Point and dash of the `place`-th of several things, which differ in colour and in shape."""
    return (
        Look(CYCLE[place % len(CYCLE)], SYMBOLS[place % len(SYMBOLS)]),
        DASHES[place % len(DASHES)],
    )


def _template(page: str, ink: str, faint: str, grid: str) -> go.layout.Template:
    axis = {
        "gridcolor": grid,
        "linecolor": faint,
        "zerolinecolor": grid,
        "tickcolor": faint,
        "ticks": "outside",
        "showline": True,
        "automargin": True,
        "title": {"standoff": 12},
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": page,
            "plot_bgcolor": page,
            "font": {"family": _FONT, "size": 13, "color": ink},
            "title": {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"t": 14},
                "font": {"size": 18},
                "subtitle": {"font": {"size": 12.5, "color": faint}},
            },
            "xaxis": axis,
            "yaxis": axis,
            "colorway": list(CYCLE),
            "hoverlabel": {
                "bgcolor": page,
                "bordercolor": faint,
                "align": "left",
                "font": {"color": ink, "size": 12.5},
            },
            "hovermode": "closest",
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "yref": "container",
                "y": 0.01,
                "yanchor": "bottom",
                "x": 0,
                "xanchor": "left",
                "itemsizing": "constant",
                "font": {"size": 12},
            },
            "margin": {"l": 72, "r": 28, "t": 86, "b": 104},
            "annotationdefaults": {"font": {"color": ink}, "arrowcolor": faint},
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 12}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": faint, "activecolor": ink},
        },
        data={"parcoords": [{"labelfont": {"color": ink}, "tickfont": {"color": ink}}]},
    )


TEMPLATES: dict[str, go.layout.Template] = {
    "light": _template("#ffffff", "#1f2328", "#59636e", "#e4e7eb"),
    "dark": _template("#14171c", "#e6e9ee", "#9aa4b1", "#2b313a"),
}


def themed(figure: go.Figure, mode: Mode) -> go.Figure:
    """A copy of a figure for a light or a dark page.

    Raises:
        InputError: there is no such mode.
    """
    if mode not in TEMPLATES:
        raise InputError(f"theme {mode!r} is unknown: {suggest(mode, get_args(Mode))}")
    return go.Figure(figure).update_layout(template=TEMPLATES[mode])
