"""Candidates as the points of a figure: which kind each is, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from results.figures.base import density, scatter
from results.figures.style import BASELINE, LEADER, MATCHED, OUTSIDE, PUBLISHED, SEARCHED, Look
from search_spaces.human import amount, named_triple, plural
from search_spaces.specs.methods import Aim

KINDS: dict[str, tuple[str, Look]] = {
    "searched": ("candidates", SEARCHED),
    "compared": ("ways of scaling", SEARCHED),
    "outside": ("outside the constraint", OUTSIDE),
    "published_matched": ("published direction, matched", MATCHED),
    "published": ("published coefficients", PUBLISHED),
    "baseline": ("baseline", BASELINE),
    "leader": ("leader", LEADER),
}
"""Name in legends and look of each kind of candidate, in the order in which they are drawn."""


def kinds(candidates: pd.DataFrame, leader: int | None) -> pd.Series[str]:
    """The kind of each candidate; the leader is one whatever else it is.

    Args:
        candidates: with the columns `index`, `roles` and `eligible`.
        leader: its index in the plan.
    """

    def kind(index: int, roles: tuple[str, ...], eligible: bool) -> str:
        if index == leader:
            return "leader"
        for role in ("baseline", "published", "published_matched"):
            if role in roles and "search" not in roles:
                return role
        if any(Aim.of_role(role) for role in roles):
            return "compared"
        return "searched" if eligible else "outside"

    columns = zip(
        candidates["index"], candidates["roles"], candidates["eligible"].astype(bool), strict=True
    )
    return pd.Series([kind(*row) for row in columns], index=candidates.index, dtype="object")


def by_kind(candidates: pd.DataFrame, leader: int | None) -> Iterator[tuple[str, Look, Any]]:
    """Legend name, look and candidates of each kind that occurs."""
    found = kinds(candidates, leader)
    for kind, (name, look) in KINDS.items():
        chosen = candidates[found == kind]
        if len(chosen):
            yield name, look, chosen


def hover(candidates: pd.DataFrame) -> list[str]:
    """For each candidate: coefficients, network, cost, and what its trials reached.

    The columns are those of `results.frames.candidates`.
    """
    return [_described(row) for row in candidates.to_dict("records")]


def _described(row: dict[Any, Any]) -> str:
    roles = ", ".join(role.replace("_", " ") for role in row["roles"])
    blocks = sum(stage["depth"] for stage in row["spec"]["stages"])
    lines = [
        f"<b>candidate {row['index']}</b> ({roles})",
        named_triple(row["alpha"], row["beta"], row["gamma"]),
    ]
    if row["shares"]:
        spent = ", ".join(f"{name} {share:.0%}" for name, share in row["shares"].items())
        lines.append(f"a doubling spent on {spent}")
    lines += [
        f"{blocks} blocks at {row['spec']['resolution_px']} px",
        f"{amount(row['flops'])} FLOPs ({row['measured_ratio']:.2f} × the baseline's)",
        f"{amount(row['params'])} parameters, {amount(row['activations'])} activations",
        reached(row),
    ]
    return "<br>".join(lines)


def reached(row: dict[Any, Any]) -> str:
    """Mean accuracy, its spread over seeds, and how many trials that rests on."""
    said = "no finished trial"
    if row["seeds"]:
        spread = row["accuracy_std"]
        sd = "" if np.isnan(spread) else f" ± {100 * spread:.2f} (sd)"
        said = f"accuracy {row['accuracy_mean']:.2%}{sd}, {plural(int(row['seeds']), 'seed')}"
    for state in ("diverged", "failed"):
        if row[state]:
            said += f", {row[state]} {state}"
    return said


def add_points(
    figure: go.Figure,
    candidates: pd.DataFrame,
    leader: int | None,
    *,
    x: str,
    y: str,
    **errors: Callable[[pd.DataFrame], dict[str, Any] | None] | None,
) -> None:
    """Draw candidates as points, each kind with its own look.

    Args:
        figure: to draw in.
        candidates: as of `results.frames.candidates`.
        leader: the leader's index in the plan.
        x: column along the x axis.
        y: column along the y axis.
        errors: functions of a kind's candidates that give its bars, `error_x` or `error_y`.
    """
    for name, look, chosen in by_kind(candidates, leader):
        bars = {axis: error(chosen) for axis, error in errors.items() if error is not None}
        figure.add_trace(
            scatter(
                len(chosen),
                name=name,
                x=chosen[x],
                y=chosen[y],
                mode="markers",
                marker=look.marker(**density(len(chosen), look.size)),
                hovertext=hover(chosen),
                hoverinfo="text",
                **bars,
            )
        )
