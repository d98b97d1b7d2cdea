"""A validation of a proxy: what each candidate reaches at each budget and learning rate."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

from results.figures.base import empty, new
from results.figures.style import BASELINE, GREY, look
from search_spaces.human import triple

TITLE = "Is the short budget valid?"
_HEIGHT_PX = 560
_BESIDE = 0.1
"""Room left and right of the rates, in decades."""


def validation(report: dict[str, Any] | None) -> go.Figure:
    """Accuracy against learning rate, one panel a budget, one line a candidate.

    The dotted line is the rate that all candidates share in a search: where lines cross between it
    and their peaks, it ranks unfairly. The longest budget is the one that the others stand for.

    Args:
        report: of a validation, as it is stored; None before anything is trained.
    """
    budgets = [one for one in (report or {}).get("budgets", ()) if _trained(one)]
    if report is None or not budgets:
        return empty(TITLE, "Nothing is trained yet: it appears here as trials finish.")
    figure = new(
        TITLE,
        [_said(report), "dotted: the rate that all candidates share in a search"],
        height=_HEIGHT_PX,
        grid={"rows": 1, "columns": len(budgets), "pattern": "independent", "xgap": 0.12},
    )
    for column, budget in enumerate(budgets, start=1):
        _panel(figure, report, budget, column)
    return figure


def _trained(budget: dict[str, Any]) -> bool:
    return any(rate["accuracies"] for rate in budget["rates"])


def _said(report: dict[str, Any]) -> str:
    found = report["recommended"]
    if found is None:
        return "no budget is shown to be good enough" if report["complete"] else "not complete yet"
    tuned = "" if found["learning_rate"] == "shared" else " at each candidate's own rate"
    return f"enough: {found['images']:,} images{tuned}"


def _panel(figure: go.Figure, report: dict[str, Any], budget: dict[str, Any], column: int) -> None:
    number = "" if column == 1 else str(column)
    for place, candidate in enumerate(report["candidates"]):
        points = [
            (rate["learning_rate"], row["accuracy"])
            for rate in budget["rates"]
            for row in rate["accuracies"]
            if row["candidate"] == candidate["index"]
        ]
        if not points:
            continue
        compared = candidate["compared"]
        shown, dash = look(place) if compared else (BASELINE, "dot")
        name = triple(candidate["coefficients"].values()) if compared else "baseline"
        figure.add_trace(
            go.Scatter(
                x=[x for x, _ in points],
                y=[y for _, y in points],
                name=name,
                legendgroup=name,
                showlegend=column == 1,
                mode="lines+markers",
                line={"color": shown.colour, "dash": dash},
                marker=shown.marker(),
                xaxis=f"x{number}",
                yaxis=f"y{number}",
                hovertemplate=f"{name}<br>learning rate %{{x:g}}<br>accuracy %{{y:.2%}}"
                "<extra></extra>",
            )
        )
    # The same rates below every budget, so that one trained at a single rate has an axis, too.
    rates = sorted({rate["learning_rate"] for one in report["budgets"] for rate in one["rates"]})
    axes = {
        f"xaxis{number}": {
            "type": "log",
            "range": [math.log10(rates[0]) - _BESIDE, math.log10(rates[-1]) + _BESIDE],
            "tickvals": rates,
            "ticktext": [f"{rate:g}" for rate in rates],
            "title": {"text": f"learning rate, at {budget['images']:,} images"},
        },
        f"yaxis{number}": {"tickformat": "~%"}
        | ({"title": {"text": "validation accuracy (top-1)"}} if column == 1 else {}),
    }
    figure.update_layout(axes)
    figure.add_shape(
        type="line",
        x0=report["shared_rate"],
        x1=report["shared_rate"],
        y0=0,
        y1=1,
        xref=f"x{number}",
        yref=f"y{number} domain",
        line={"color": GREY, "dash": "dot"},
        layer="below",
    )
