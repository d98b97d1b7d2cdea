"""The tables of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from results.views import SweepView
from search_spaces.human import amount, chance, exactly, percent, plural, points, points_between
from search_spaces.specs.target import NAMES

MOST = 500
"""Rows that a table shows; a file of more is for `scaling-search export`."""


@dataclass(frozen=True)
class Row:
    """Cells of a row, the first being its name; `lead` sets it off."""

    cells: Sequence[str]
    lead: bool = False


@dataclass(frozen=True)
class Table:
    """A table: headings say whether their column holds numbers."""

    caption: str
    headings: Sequence[tuple[str, bool]]
    rows: Sequence[Row]
    note: str = ""
    folded: bool = False


def _headings(*names: str) -> list[tuple[str, bool]]:
    """A heading that starts with > stands over numbers."""
    return [(name.removeprefix(">"), name.startswith(">")) for name in names]


def _shortened(total: int) -> str:
    return f"the first {MOST:,} of {total:,}" if total > MOST else ""


def _present(value: Any) -> Any:
    """None for what a frame holds as missing."""
    return None if pd.isna(value) else value


def candidates(view: SweepView) -> Table:
    """Every candidate, the most accurate first, beside the leader."""
    outcome = view.outcome
    compared = {row.index: row for row in outcome.comparisons} if outcome else {}
    ordered = view.candidates.sort_values("accuracy_mean", ascending=False, na_position="last")
    rows = []
    for one in ordered.head(MOST).to_dict("records"):
        beside = compared.get(one["index"])
        roles = ", ".join(role.replace("_", " ") for role in one["roles"] if role != "search")
        cells = (
            str(one["index"]),
            *(exactly(one[name]) for name in ("alpha", "beta", "gamma")),
            str(sum(stage["depth"] for stage in one["spec"]["stages"])),
            str(one["spec"]["resolution_px"]),
            amount(one["flops"]),
            f"{one['measured_ratio']:.2f}",
            amount(one["params"]),
            percent(_present(one["accuracy_mean"])),
            points(_present(one["accuracy_std"])),
            str(one["seeds"]),
            "" if beside is None else points_between(beside.low, beside.high),
            chance(None if beside is None else beside.probability_best),
            points(None if beside is None else beside.expected_regret),
            ", ".join(part for part in (beside.standing if beside else "", roles) if part),
        )
        rows.append(Row(cells, lead=one["index"] == view.leading_index))
    return Table(
        "Candidates",
        _headings(
            ">#",
            ">α",
            ">β",
            ">γ",
            ">blocks",
            ">px",
            ">FLOPs",
            ">× base",
            ">params",
            ">accuracy",
            ">± sd",
            ">seeds",
            ">leader's gain over it",
            ">P(best)",
            ">regret",
            "standing",
        ),
        rows,
        _shortened(len(ordered))
        or f"gain (at matched {NAMES[view.sweep.target_quantity]}, joint interval) and regret in "
        "points",
    )


def family(view: SweepView) -> Table:
    """The members of the family that the leader implies."""
    base = float(view.family["flops"].iloc[0])
    rows = [
        Row(
            (
                one["name"],
                "–" if pd.isna(one["phi"]) else exactly(one["phi"]),
                *(exactly(one[name]) for name in ("depth", "width", "resolution")),
                str(one["resolution_px"]),
                amount(one["params"]),
                amount(one["flops"]),
                f"{one['flops'] / base:.2f}",
                "" if pd.isna(one["residual"]) else f"{one['residual']:+.1%}",
            )
        )
        for one in view.family.to_dict("records")
    ]
    return Table(
        "Members",
        _headings(
            "member",
            ">φ",
            ">depth ×",
            ">width ×",
            ">resolution ×",
            ">px",
            ">params",
            ">FLOPs",
            ">× b0",
            ">to 2^k",
        ),
        rows,
        f"{view.sweep.baseline} at full size; FLOPs measured by fvcore",
    )


def trials(view: SweepView) -> Table:
    """Every trial."""
    rows = [
        Row(
            (
                str(one["id"]),
                str(one["index"]),
                str(one["seed"]),
                str(one["state"]),
                percent(_present(one["accuracy"])),
                "" if pd.isna(one["train_seconds"]) else f"{one['train_seconds']:.1f}",
                "" if pd.isna(one["images_per_second"]) else f"{one['images_per_second']:,.0f}",
                str(one["attempts"]),
                one["error"] if isinstance(one["error"], str) else "",
            )
        )
        for one in view.trials.head(MOST).to_dict("records")
    ]
    return Table(
        f"All {plural(len(view.trials), 'trial')}",
        _headings(
            ">trial",
            ">candidate",
            ">seed",
            "state",
            ">accuracy",
            ">seconds",
            ">images/s",
            ">attempts",
            "error",
        ),
        rows,
        _shortened(len(view.trials)),
        folded=True,
    )
