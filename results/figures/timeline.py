"""What the workers did when."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from results.figures.base import empty, new
from results.figures.style import AMBER, BLUE, GREY, PURPLE, VERMILLION
from search_spaces.human import duration, plural

_LOOKS = {
    "finished": (BLUE, ""),
    "running": (AMBER, "."),
    "stopped": (GREY, "-"),
    "diverged": (PURPLE, "x"),
    "failed": (VERMILLION, "/"),
}
"""Colour and pattern of each state of a trial."""


def timeline(trials: pd.DataFrame, *, now: datetime | None = None) -> go.Figure:
    """The latest attempt of each trial as a bar in its worker's row, and how busy the workers were.

    Args:
        trials: as of `results.frames.trials`.
        now: where running trials end; by default the present.
    """
    title = "Trials on workers"
    # A pending trial may have been started before, by a driver that is gone.
    begun = trials["state"].astype(str) != "pending"
    frame = trials[begun & trials["started_at"].notna()].copy()
    if frame.empty:
        return empty(title, "No trial has started yet")
    frame["worker"] = frame["worker"].fillna("unknown worker")
    # Where none has ended the column holds no times yet, but objects.
    ends = frame["finished_at"].fillna(now or datetime.now(UTC))
    frame["end"] = pd.to_datetime(ends, utc=True)
    frame["seconds"] = (frame["end"] - frame["started_at"]).dt.total_seconds().clip(lower=0)
    order = frame.groupby("worker")["started_at"].min().sort_values().index.tolist()
    figure = new(
        title,
        [plural(len(frame), "trial"), plural(len(order), "worker"), _busy(frame)],
        height=max(300, min(900, 200 + 36 * len(order))),
        barmode="overlay",
        bargap=0.25,
        xaxis={"title": {"text": "time (UTC)"}, "type": "date"},
        yaxis={
            "title": {"text": "worker"},
            "categoryorder": "array",
            "categoryarray": order[::-1],
            "type": "category",
            "showticklabels": len(order) <= 40,
        },
    )
    for state, (colour, pattern) in _LOOKS.items():
        chosen = frame[frame["state"].astype(str) == state]
        if chosen.empty:
            continue
        figure.add_trace(
            go.Bar(
                name=state,
                orientation="h",
                y=chosen["worker"],
                base=chosen["started_at"].dt.tz_convert(None),
                x=1000 * chosen["seconds"],
                marker={
                    "color": colour,
                    "pattern": {"shape": pattern, "fillmode": "overlay", "size": 6},
                    "line": {"width": 0.8 if len(frame) < 500 else 0, "color": GREY},
                },
                hovertext=[_described(row) for row in chosen.to_dict("records")],
                hoverinfo="text",
            )
        )
    return figure


def _busy(frame: pd.DataFrame) -> str:
    """How much of the time was training, of as many trials at once as there ever were."""
    span = (frame["end"].max() - frame["started_at"].min()).total_seconds()
    if span <= 0:
        return ""
    at_once = pd.concat(
        [pd.Series(1, index=frame["started_at"]), pd.Series(-1, index=frame["end"])]
    )
    # Of equal times the ends come first: a trial that follows another is not beside it.
    changes = at_once.rename_axis("at").reset_index(name="change").sort_values(["at", "change"])
    most = int(changes["change"].cumsum().max())
    share = min(1.0, frame["seconds"].sum() / (most * span))
    return f"at most {most} at once, {share:.0%} of that on average from first start to last end"


def _described(row: dict[Any, Any]) -> str:
    said = (
        f"<b>candidate {row['index']}, seed {row['seed']}</b>, attempt {row['attempts']}<br>"
        f"{row['state']} after {duration(row['seconds'])} on {row['worker']}"
    )
    return f"{said}<br>{escape(row['error'])}" if isinstance(row["error"], str) else said
