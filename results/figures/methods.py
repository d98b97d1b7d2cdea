"""Ways of scaling compared: one dimension alone, or several together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from results.figures.base import (
    ACCURACY,
    MOST_BARS,
    SPREAD_NOTE,
    density,
    empty,
    logarithmic,
    new,
    scatter,
    spread,
)
from results.figures.points import reached
from results.figures.style import look
from search_spaces.human import amount, named_triple, plural
from search_spaces.specs.methods import Aim

METHODS = ("depth only", "width only", "resolution only", "two dimensions", "compound")
_ALONE = 1 - 1e-6


def by_method(candidates: pd.DataFrame) -> pd.DataFrame:
    """The candidates with a column `method`, as `methods` takes it.

    The baseline, where every method starts, has the method `baseline`; the leader is nothing
    special here. In a comparison of methods a candidate has a row for each method that it stands
    for, under that one's name. Candidates without a finished trial are left out.
    """
    done = candidates[candidates["seeds"] > 0].copy()
    named = done["roles"].map(
        lambda roles: [aim.method for aim in map(Aim.of_role, roles) if aim] or None
    )
    if named.notna().any():
        is_base = done["roles"].map(lambda roles: "baseline" in roles)
        done["method"] = named.where(~is_base, "baseline")
        return done[done["method"].notna()].explode("method", ignore_index=True)

    def method(shares: dict[str, float] | None) -> str:
        if not shares:
            return "baseline"
        alone = [name for name, share in shares.items() if share >= _ALONE]
        if alone:
            return f"{alone[0]} only"
        return "compound" if min(shares.values()) > 1 - _ALONE else "two dimensions"

    done["method"] = pd.Series([method(one) for one in done["shares"]], index=done.index, dtype=str)
    return done


def methods(points: pd.DataFrame) -> go.Figure:
    """Accuracy against FLOPs, a line from the baseline for each method of scaling.

    Args:
        points: `method` (one of `METHODS`, a name of one's own, or `baseline`), `flops`,
            `accuracy_mean`, `accuracy_std`, `seeds`, `diverged`, `failed`, `alpha`, `beta`,
            `gamma`.
    """
    title = "Ways of scaling"
    start = points[points["method"] == "baseline"]
    scaled = points[points["method"] != "baseline"]
    if scaled.empty:
        return empty(title, "No scaled network has a result yet")
    own = [name for name in dict.fromkeys(scaled["method"]) if name not in METHODS]
    missing = [name for name in METHODS if name not in set(scaled["method"])]
    if own:
        missing = []
    figure = new(
        title,
        [
            plural(len(points), "network"),
            SPREAD_NOTE if len(points) <= MOST_BARS else "",
            f"not tried or not finished: {', '.join(missing)}" if missing else "",
        ],
        xaxis=logarithmic("FLOPs (multiply-adds for one image)"),
        yaxis=ACCURACY,
    )
    for place, name in enumerate((*METHODS, *own)):
        chosen = scaled[scaled["method"] == name].sort_values("flops")
        if chosen.empty:
            continue
        line = pd.concat([start, chosen]).sort_values("flops") if len(start) else chosen
        shape, dash = look(place)
        figure.add_trace(
            scatter(
                len(line),
                name=name,
                x=line["flops"],
                y=line["accuracy_mean"],
                error_y=spread(line),
                mode="lines+markers" if len(chosen) < 20 else "markers",
                line={"dash": dash, "width": 2, "color": shape.colour},
                marker=shape.marker(**density(len(line), shape.size)),
                hovertext=[_described(row, name) for row in line.to_dict("records")],
                hoverinfo="text",
            )
        )
    return figure


def _described(row: dict[Any, Any], method: str) -> str:
    said = row["method"] if row["method"] == "baseline" else method
    of = named_triple(row["alpha"], row["beta"], row["gamma"])
    return f"<b>{said}</b><br>{of}<br>{amount(row['flops'])} FLOPs<br>{reached(row)}"
