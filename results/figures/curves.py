"""Learning curves of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from results.figures.base import ACCURACY, empty, new, scatter
from results.figures.style import AMBER, BLUE, GREY, PURPLE, VERMILLION
from search_spaces.human import named_triple, plural

MOST = 300
"""Curves that are drawn; of more, the best ones and an even choice of the rest."""

_LOOKS: dict[str, tuple[str, dict[str, Any], str | None]] = {
    # group: line and the mark where it ends
    "finished": (BLUE, {"width": 1.3}, None),
    "running": (AMBER, {"width": 1.8, "dash": "dot"}, "circle-open"),
    "stopped early": (GREY, {"width": 1.3, "dash": "dash"}, "line-ns-open"),
    "diverged": (PURPLE, {"width": 1.6, "dash": "dashdot"}, "x"),
    "failed": (GREY, {"width": 1.6, "dash": "longdash"}, "cross"),
    "leader": (VERMILLION, {"width": 2.8}, "star"),
}


def curves(
    epochs: pd.DataFrame,
    trials: pd.DataFrame,
    *,
    leader: int | None = None,
    value: str = "accuracy",
) -> go.Figure:
    """Accuracy against images seen, a line for the last attempt of each trial.

    Trials that ended in another way than by finishing their budget have a line and an end of their
    own: those that diverged, failed, are still running, or finished with fewer images than others.

    Args:
        epochs: as of `results.frames.epochs`; those of `drawn_trials` are enough.
        trials: as of `results.frames.trials`.
        leader: the leader's index in the plan.
        value: `accuracy`, `train_loss` or `validation_loss`.
    """
    title = "Learning curves" + ("" if value == "accuracy" else f": {value.replace('_', ' ')}")
    if epochs.empty:
        return empty(title, "No trial has reported yet: a curve starts with its first evaluation")
    epochs = epochs.assign(**{value: epochs[value].astype("float64")})
    if epochs[value].isna().all():
        return empty(title, f"No {value.replace('_', ' ')} has been reported")
    last = epochs[epochs["attempt"] == epochs.groupby("trial_id")["attempt"].transform("max")]
    groups = _groups(trials, leader)
    reported = set(last["trial_id"])
    chosen = [number for number in drawn_trials(trials) if number in reported]
    total, shown = int((trials["attempts"] > 0).sum()), len(chosen)
    figure = new(
        title,
        [
            plural(shown, "trial")
            if total <= MOST
            else f"{shown:,} of {total:,} trials: the best, and an even choice of the others",
            _told(groups[number] for number in chosen),
        ],
        xaxis={
            "title": {"text": "training images seen"},
            "tickformat": "~s",
            "rangemode": "tozero",
        },
        yaxis=ACCURACY
        if value == "accuracy"
        else {"title": {"text": f"{value.replace('_', ' ')} (cross-entropy, nats)"}},
    )
    last = last[last["trial_id"].isin(chosen)]
    about = trials.set_index("id")
    for name, (colour, line, end) in _LOOKS.items():
        members = [number for number in chosen if groups[number] == name]
        if members:
            _add_group(
                figure, name, last[last["trial_id"].isin(members)], about, value, colour, line, end
            )
    return figure


def _groups(trials: pd.DataFrame, leader: int | None) -> dict[int, str]:
    """For each trial, how it is drawn."""
    most = trials.loc[trials["state"] == "finished", "images"].max()
    columns = zip(trials["id"], trials["index"], trials["state"], trials["images"], strict=True)

    def group(index: int, state: str, images: float) -> str:
        if state == "finished":
            return "stopped early" if images < most else "leader" if index == leader else "finished"
        if state == "stopped":
            return "stopped early"
        return state if state in ("diverged", "failed") else "running"

    return {number: group(index, str(state), images) for number, index, state, images in columns}


def _told(groups: Iterable[str]) -> str:
    """How many trials ended in another way than by finishing."""
    counts = Counter(group for group in groups if group not in ("finished", "leader"))
    return ", ".join(f"{counts[group]:,} {group}" for group in _LOOKS if counts[group])


def drawn_trials(trials: pd.DataFrame) -> Sequence[int]:
    """Ids of the trials that are drawn: all that were started, or of `MOST` and more a choice.

    Half of it are the best, the other half is chosen evenly from the others.

    Args:
        trials: as of `results.frames.trials`.
    """
    trials = trials[trials["attempts"] > 0]
    if len(trials) <= MOST:
        return [int(number) for number in trials["id"]]
    best = trials.sort_values("accuracy", ascending=False)["id"].to_numpy()
    others = best[MOST // 2 :]
    even = others[np.linspace(0, len(others) - 1, MOST - MOST // 2).astype(int)]
    return [int(number) for number in [*best[: MOST // 2], *even]]


def _add_group(
    figure: go.Figure,
    name: str,
    epochs: pd.DataFrame,
    trials: pd.DataFrame,
    value: str,
    colour: str,
    line: dict[str, Any],
    end: str | None,
) -> None:
    """One trace for all curves of a group, with gaps between them."""
    x: list[float] = []
    y: list[float] = []
    text: list[str] = []
    marks: list[int] = []
    for number, one in epochs.groupby("trial_id", sort=False):
        trial: dict[Any, Any] = trials.loc[number].to_dict()
        about = (
            f"<b>candidate {trial['index']}, seed {trial['seed']}</b><br>"
            f"{named_triple(trial['alpha'], trial['beta'], trial['gamma'])}<br>{name}"
        )
        x += [*one["images"].tolist(), np.nan]
        y += [*one[value].tolist(), np.nan]
        steps = zip(one["epoch"], one["steps"], one[value].tolist(), strict=True)
        text += [
            f"{about}<br>report {epoch}, step {step:,}: "
            + (f"{at:.2%}" if value == "accuracy" else f"{at:.4g}")
            for epoch, step, at in steps
        ]
        text.append("")
        ends = np.zeros(len(one) + 1, dtype=np.int64)
        finite = np.flatnonzero(one[value].notna())
        if end and len(finite):
            ends[finite[-1]] = 10
        marks += ends.tolist()
    if len(epochs) == epochs["trial_id"].nunique():  # single reports, which no line would show
        marks = [6] * len(x)
    figure.add_trace(
        scatter(
            len(x),
            name=name,
            x=x,
            y=y,
            mode="lines+markers",
            line={"color": colour, **line},
            opacity=0.85,
            marker={
                "size": marks,
                "symbol": end or "circle",
                "color": colour,
                "line": {"width": 0},
                "opacity": 1,
            },
            hovertext=text,
            hoverinfo="text",
            connectgaps=False,
        )
    )
