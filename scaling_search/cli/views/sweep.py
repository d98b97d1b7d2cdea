"""A stored sweep, and lists of them, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from rich.console import Console

from results.checkpoint_files import checkpoint_path
from results.states import SweepState
from results.tables.provenance import provenance
from results.tables.table import lay_out
from results.tables.trials import TRIALS
from results.values import CheckpointRecord, Sweep, SweepDetail
from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import drawn, paragraph, table
from search_spaces.human import percent, plural, size, triple
from search_spaces.specs.sweep import FRESH

_DROPS = 5
_DRIVER_GONE = "interrupted (driver gone)"


def state_of(sweep: Sweep) -> str:
    """The state, and whether a running sweep has lost its driver."""
    if sweep.abandoned:
        return _DRIVER_GONE
    if sweep.state is SweepState.RUNNING and sweep.cancel_requested:
        return "running (stopping)"
    return str(sweep.state)


def moment(value: datetime | None) -> str:
    """Local date and time."""
    return "–" if value is None else f"{value.astimezone():%Y-%m-%d %H:%M}"


def show_heading(out: Console, record: SweepRecord) -> None:
    """Which sweep, where it stands, and what it trained."""
    sweep, progress = record.sweep, record.sweep.progress
    out.print(f"Sweep {sweep.id} {sweep.name!r}: {state_of(sweep)}", style="bold", markup=False)
    fresh = sum(trial.seed >= FRESH for trial in record.trials)
    out.print(
        f"{progress}: {plural(len(record.candidates), 'candidate')} × {_seeds(sweep)}"
        + (f", {fresh} with fresh seeds" if fresh else ""),
        markup=False,
    )
    if sweep.error:
        out.print(f"Error: {sweep.error}", style="red", markup=False)


def _seeds(sweep: SweepDetail) -> str:
    strategy = sweep.spec.get("strategy", {}).get("name", "grid")
    seeds = plural(len(sweep.seeds), "seed")
    return seeds if strategy == "grid" else f"at most {seeds}, strategy {strategy}"


def show_provenance(out: Console, record: SweepRecord) -> None:
    """What was asked for, with what it was computed, and on what."""
    facts = table("", "~")
    facts.show_header = False
    for name, value in provenance(record.sweep):
        facts.add_row(name, value)
    out.print(facts)


def show_decisions(out: Console, record: SweepRecord) -> None:
    """Why the strategy trained what it did."""
    decisions = record.sweep.decisions
    if not decisions:
        return
    out.print()
    out.print("Decisions:")
    for event in decisions:
        paragraph(out, "– ", event.data["why"])
        dropped = event.data["dropped"]
        if dropped:
            shown = "; ".join(f"candidate {one['index']} {one['why']}" for one in dropped[:_DROPS])
            more = f"; and {len(dropped) - _DROPS} more" if len(dropped) > _DROPS else ""
            paragraph(out, "  dropped: ", shown + more)


def show_trials(out: Console, record: SweepRecord) -> None:
    """Every trial."""
    names = (
        "id", "candidate", "coefficients", "seed", "state", "accuracy", "attempts",
        "images_per_second", "error",
    )  # fmt: skip
    out.print()
    out.print(drawn(lay_out(TRIALS, record.trials, names)))


_SHOWN_CHECKPOINTS = 10


def show_checkpoints(out: Console, kept: Sequence[CheckpointRecord]) -> None:
    """The weights that trials left, the best first; nothing where there are none."""
    if not kept:
        return
    total = size(sum(row.size_bytes for row in kept))
    folder = checkpoint_path(kept[0].name).parent
    made = table(">trial", ">#", ">seed", ">accuracy", ">size", "file")
    for row in kept[:_SHOWN_CHECKPOINTS]:
        made.add_row(
            str(row.trial),
            str(row.candidate),
            str(row.seed),
            percent(row.accuracy),
            size(row.size_bytes),
            row.name,
        )
    out.print()
    out.print(f"{plural(len(kept), 'checkpoint')}, {total}, in {folder}", markup=False)
    out.print(made)
    if len(kept) > _SHOWN_CHECKPOINTS:
        out.print(f"… and {len(kept) - _SHOWN_CHECKPOINTS} more (--json has all)", markup=False)


def short_name(dataset: str) -> str:
    """A data set in a table: of a path, the last part."""
    path = Path(dataset)
    return f"…/{path.name}" if path.is_absolute() else dataset


def _leader(sweep: Sweep) -> str:
    if sweep.leader is None:
        return ""
    return f"{triple(astuple(sweep.leader))[1:-1]}: {percent(sweep.leader_accuracy)}"


def show_sweeps(out: Console, sweeps: Sequence[Sweep], *, filtered: bool) -> None:
    """A list of sweeps."""
    if not sweeps:
        remedy = "try other filters" if filtered else "`scaling-search run` starts the first one"
        out.print(f"No sweeps: {remedy}", markup=False)
        return
    made = table(
        ">id", "~name", "~state", "baseline", "~data", ">done", "verdict", "leader", "created"
    )
    for sweep in sweeps:
        now = sweep.progress
        made.add_row(
            str(sweep.id),
            sweep.name,
            state_of(sweep),
            sweep.baseline,
            short_name(sweep.dataset),
            f"{now.done:,}/{now.total:,}" + (f"\n{now.failed:,} failed" if now.failed else ""),
            str(sweep.verdict or ""),
            _leader(sweep),
            f"{sweep.created_at.astimezone():%m-%d %H:%M}",
        )
    out.print(made)
