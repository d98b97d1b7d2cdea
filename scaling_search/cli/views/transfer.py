"""Transfers as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from results.values import Transfer, TransferRun
from scaling_search.cli.output import paragraph, table
from scaling_search.cli.views.sweep import moment, short_name
from search_spaces.human import amount, duration, percent, points


def show_transfers(out: Console, rows: Sequence[Transfer]) -> None:
    """A list of transfers."""
    if not rows:
        out.print("No transfers: `scaling-search transfer` begins one", markup=False)
        return
    made = table(">id", "~name", "~weights", "~data", ">runs", "finished")
    for row in rows:
        made.add_row(
            str(row.id),
            row.name,
            ", ".join(one["name"] for one in row.weights),
            ", ".join(short_name(one["name"]) for one in row.datasets),
            "0" if row.runs_of is None else f"{row.runs_done} of {row.runs_of}",
            moment(row.finished_at) if row.finished_at else "not complete",
        )
    out.print(made)


def show_transfer(out: Console, row: Transfer) -> None:
    """One transfer: a table for each data set, and what it says."""
    out.print(f"Transfer {row.id} {row.name!r}", style="bold", markup=False)
    if not row.cells:
        out.print(f"Nothing is measured yet: scaling-search transfer --resume {row.id}")
        return
    for data in row.datasets:
        cells = [cell for cell in row.cells if cell["dataset"] == data["name"]]
        if cells:
            out.print()
            _show_cells(out, data, cells)
    out.print()
    paragraph(
        out,
        "",
        f"accuracy on {_measured(row)}; intervals of 95% over seeds and images; gain: over the "
        "same network from scratch with the same seeds and images, in points",
        style="dim",
    )
    for data in row.datasets:
        for note in data.get("notes", ()):
            paragraph(out, "Note: ", f"{short_name(data['name'])}: {note}")
    ended = [cell for cell in row.cells if cell["rate_at_end"]]
    if ended:
        names = ", ".join(sorted({cell["method"] for cell in ended}))
        paragraph(
            out,
            "Note: ",
            f"the best learning rate was the first or the last that was tried ({names}); others, "
            "with --rates, may be better",
        )
    if not row.complete:
        out.print(f"Go on: scaling-search transfer --resume {row.id}", markup=False)


def _measured(row: Transfer) -> str:
    splits = {one["measured_on"] for one in row.datasets}
    return "the test split" if splits == {"test"} else "the validation split"


def _show_cells(out: Console, data: Mapping[str, Any], cells: Sequence[dict[str, Any]]) -> None:
    held = data["test_images"] or data["validation_images"]
    made = table(
        "~weights",
        ">params",
        "method",
        ">trained",
        ">rate",
        ">accuracy",
        ">interval",
        ">gain",
        ">interval",
        title=f"{short_name(data['name'])}: {data['classes']} classes, "
        f"{data['train_images']:,} training images, measured on {held:,}",
    )
    for cell in cells:
        found, gain = cell["accuracy"] or {}, cell["gain"] or {}
        made.add_row(
            cell["weights"],
            amount(cell["params"]),
            cell["method"],
            amount(cell["trained_params"]),
            f"{cell['learning_rate']:g}",
            percent(found.get("mean")) if found else "diverged",
            _between(found, percent),
            points(gain["mean"], sign=True) if gain else "",
            _between(gain, lambda value: points(value, sign=True)),
        )
    out.print(made)


def _between(found: Mapping[str, Any], shown: Any) -> str:
    if found.get("low") is None:
        return ""
    return f"{shown(found['low'])} to {shown(found['high'])}"


def show_runs(out: Console, runs: Sequence[TransferRun]) -> None:
    """Every run of a transfer."""
    made = table(
        "~weights",
        "~data",
        "method",
        ">seed",
        ">rate",
        ">validation",
        ">accuracy",
        ">time",
        "~kept",
    )
    for run in runs:
        made.add_row(
            run.weights,
            short_name(run.dataset),
            run.method,
            "choosing" if run.role == "rate" else str(run.seed),
            f"{run.learning_rate:g}",
            percent(run.validation_accuracy) if not run.diverged else "diverged",
            percent(run.accuracy),
            duration(run.seconds),
            run.checkpoint or "",
        )
    out.print(made)
