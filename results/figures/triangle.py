"""Accuracy over the triangle of shares: where a doubling of FLOPs is best spent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from results.figures import plane
from results.figures.base import empty, lost, new, scatter
from results.figures.points import hover, kinds
from results.figures.region import outline
from results.figures.shading import grid, interpolated, picture
from results.figures.style import AMBER, EDGE, GREEN, GREY, PUBLISHED, RAMP
from results.values import Outcome, TriangleSurface
from search_spaces.coefficients import PUBLISHED as PUBLISHED_COEFFICIENTS
from search_spaces.human import plural

_TITLE = "Where a doubling of FLOPs is best spent"
_BAR = {
    "title": {"text": "accuracy"},
    "tickformat": "~%",
    "len": 0.8,
    "thickness": 12,
    "outlinewidth": 0,
}
_COLUMNS, _ROWS = 49, 43
_MOST_LARGE = 200
"""Candidates up to which each is a large point."""


def triangle(
    candidates: pd.DataFrame,
    *,
    leader: int | None = None,
    outcome: Outcome | None = None,
) -> go.Figure:
    """Accuracy over the shares of depth, width and resolution.

    Filled points are candidates that meet the constraint, coloured by mean accuracy. Beneath them
    lies the surface of the outcome: the mean of the model that decided the verdict, which fades as
    its standard deviation nears the prior's. Rings mark the rivals that the outcome does not show
    to be worse than the leader; an outline holds them together where no worse one lies between
    them. The published coefficients are a direction too; what scales beyond the constraint stays
    out of colour and surface.

    Args:
        candidates: as of `results.frames.candidates`.
        leader: the leader's index in the plan.
        outcome: of the sweep; without one, or without its surface, there are points only.
    """
    directed = candidates[candidates["shares"].notna()]
    searched = directed[directed["eligible"].astype(bool)]
    if searched.empty:
        return empty(_TITLE, "The plan has no candidate that meets the constraint")
    done = searched[searched["seeds"] > 0]
    surface = None if outcome is None else outcome.surface
    low, high = _range(done)
    figure = new(_TITLE, _notes(searched, done, outcome))
    if surface is not None:
        _add_surface(figure, surface, low, high)
    plane.draw(figure)
    standing = {row.index: row.standing for row in outcome.comparisons} if outcome else {}
    _add_standings(figure, done, standing)
    _add_waiting(figure, searched[searched["seeds"] == 0])
    _add_candidates(figure, done, leader, low, high)
    _add_published(figure, directed)
    return figure


def _notes(searched: pd.DataFrame, done: pd.DataFrame, outcome: Outcome | None) -> list[str]:
    if done.empty:
        surface = "no trial has finished yet"
    elif outcome is None:
        surface = "the surface follows with the outcome"
    elif outcome.surface is None:
        surface = "the outcome has no surface"
    else:
        surface = "surface: the verdict's model, faded where it is uncertain"
    return [
        f"{len(done):,} of {plural(len(searched), 'candidate')} with results",
        lost(int(searched["diverged"].sum()), int(searched["failed"].sum())),
        surface,
    ]


def _range(done: pd.DataFrame) -> tuple[float, float]:
    if done.empty:
        return 0.0, 1.0
    low, high = float(done["accuracy_mean"].min()), float(done["accuracy_mean"].max())
    return (low, high) if high > low else (low - 0.005, high + 0.005)


def _add_surface(figure: go.Figure, surface: TriangleSurface, low: float, high: float) -> None:
    figure.add_layout_image(
        source=picture(surface, low, high),
        xref="x",
        yref="y",
        x=0,
        y=plane.HEIGHT,
        sizex=1,
        sizey=plane.HEIGHT,
        sizing="stretch",
        layer="below",
    )
    places = grid(_COLUMNS, _ROWS)
    mean, std = interpolated(surface, places)
    mean[plane.inside(places) < 0] = np.nan
    figure.add_trace(
        go.Heatmap(
            name="surface",
            x=np.linspace(0, 1, _COLUMNS),
            y=np.linspace(0, plane.HEIGHT, _ROWS),
            z=np.round(mean, 4).reshape(_ROWS, _COLUMNS).astype(np.float32),
            customdata=np.round(std, 4).reshape(_ROWS, _COLUMNS).astype(np.float32),
            opacity=0,
            showscale=False,
            hoverongaps=False,
            hovertemplate="about %{z:.1%} ± %{customdata:.1%} (sd, beside the others)"
            "<br>by the verdict's model, not measured<extra></extra>",
        )
    )


def _add_standings(figure: go.Figure, done: pd.DataFrame, standing: Mapping[int, str]) -> None:
    named = done["index"].map(standing)
    if not named.isin(["equivalent", "undecided"]).any():
        return
    xy = plane.places(done["shares"])
    edge = outline(xy[named.isin(["leader", "equivalent", "undecided"])], xy[named == "worse"])
    if edge is not None:
        figure.add_trace(
            go.Scatter(
                name="not shown to be worse than the leader",
                x=edge[:, 0],
                y=edge[:, 1],
                mode="lines",
                line={"color": GREEN, "width": 2, "dash": "dash"},
                hoverinfo="skip",
            )
        )
    for value, name, colour, symbol in (
        ("equivalent", "statistically as good as the leader", GREEN, "circle-open"),
        ("undecided", "undecided: could be better", AMBER, "hexagon-open"),
    ):
        chosen = (named == value).to_numpy()
        if chosen.any():
            figure.add_trace(
                scatter(
                    int(chosen.sum()),
                    name=name,
                    x=xy[chosen, 0],
                    y=xy[chosen, 1],
                    mode="markers",
                    marker={
                        "symbol": symbol,
                        "size": 22,
                        "color": colour,
                        "line": {"width": 2, "color": colour},
                    },
                    hoverinfo="skip",
                    cliponaxis=False,
                )
            )


def _add_waiting(figure: go.Figure, waiting: pd.DataFrame) -> None:
    if waiting.empty:
        return
    xy = plane.places(waiting["shares"])
    figure.add_trace(
        scatter(
            len(waiting),
            name="without results yet",
            x=xy[:, 0],
            y=xy[:, 1],
            mode="markers",
            marker={"symbol": "circle-open", "size": 9, "color": GREY},
            hovertext=hover(waiting),
            hoverinfo="text",
            cliponaxis=False,
        )
    )


def _add_candidates(
    figure: go.Figure, done: pd.DataFrame, leader: int | None, low: float, high: float
) -> None:
    if done.empty:
        return
    leads = (done["index"] == leader).to_numpy()
    few = len(done) <= _MOST_LARGE
    for name, chosen, symbol, size in (
        ("candidates", done[~leads], "circle", 12 if few else 5),
        ("leader", done[leads], "star", 19),
    ):
        if chosen.empty:
            continue
        xy = plane.places(chosen["shares"])
        figure.add_trace(
            scatter(
                len(chosen),
                name=name,
                x=xy[:, 0],
                y=xy[:, 1],
                mode="markers",
                marker={
                    "symbol": symbol,
                    "size": size,
                    "opacity": 1 if few or name == "leader" else 0.5,
                    "color": chosen["accuracy_mean"],
                    "colorscale": RAMP,
                    "cmin": low,
                    "cmax": high,
                    "showscale": name == "candidates" or bool(leads.all()),
                    "colorbar": _BAR,
                    "line": {"width": 1.2 if few or name == "leader" else 0, "color": EDGE},
                },
                hovertext=hover(chosen),
                hoverinfo="text",
                cliponaxis=False,
            )
        )


def _add_published(figure: go.Figure, directed: pd.DataFrame) -> None:
    """The published direction, and what the plan trained along it."""
    shares = PUBLISHED_COEFFICIENTS.shares()
    at = plane.place(np.array([shares.depth]), np.array([shares.resolution]))[0]
    found = kinds(directed, None)
    c = PUBLISHED_COEFFICIENTS
    said = [f"published: α {c.alpha}, β {c.beta}, γ {c.gamma}"]
    for kind in ("published", "published_matched"):
        said += hover(directed[found == kind])
    figure.add_trace(
        go.Scatter(
            name="published coefficients",
            x=[at[0]],
            y=[at[1]],
            mode="markers",
            marker=PUBLISHED.marker(size=13, line={"width": 1.5, "color": EDGE}),
            hovertext=["<br>".join(said)],
            hoverinfo="text",
        )
    )
