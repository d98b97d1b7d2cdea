"""The tables of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from results.tables.candidates import CANDIDATES, REACHED, compared
from results.tables.family import family_table
from results.tables.table import Table, lay_out
from results.tables.trials import TRIALS
from results.views import SweepView
from search_spaces.human import plural
from search_spaces.specs.target import NAMES

MOST: Final = 500
"""Rows that a table shows; a file of more is for `scaling-search export`."""


@dataclass(frozen=True)
class Captioned:
    """A table with its caption; a folded one is opened by the reader."""

    caption: str
    table: Table[Any]
    note: str = ""
    folded: bool = False


def candidates(view: SweepView) -> Captioned:
    """Every candidate, the most accurate first, beside the leader."""
    rows = compared(view.reader.candidates(view.sweep_id), view.outcome, view.leading_index)
    rows.sort(key=lambda row: -(row.candidate.accuracy_mean or 0))
    names = (
        "index", "coefficients", "blocks", "resolution_px", "flops", "measured_ratio", "params",
        *REACHED,
    )  # fmt: skip
    table = lay_out(CANDIDATES, rows, names, leads=lambda row: row.leads, limit=MOST)
    note = f"gain at matched {NAMES[view.sweep.target_quantity]}, in points, as is regret"
    return Captioned("Candidates", table, _shortened(table) or note)


def family(view: SweepView) -> Captioned:
    """The members of the family that the leader implies."""
    note = f"{view.sweep.baseline} at full size; FLOPs measured by fvcore"
    return Captioned("Members", family_table(view.sweep.family), note)


def trials(view: SweepView) -> Captioned:
    """Every trial."""
    names = (
        "id", "candidate", "seed", "state", "accuracy", "train_seconds", "images_per_second",
        "attempts", "error",
    )  # fmt: skip
    table = lay_out(TRIALS, view.reader.trials(view.sweep_id), names, limit=MOST)
    caption = f"All {plural(table.total, 'trial')}"
    return Captioned(caption, table, _shortened(table), folded=True)


def _shortened(table: Table[Any]) -> str:
    return f"the first {len(table.rows):,} of {table.total:,}" if table.hidden else ""
