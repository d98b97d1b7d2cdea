"""A whole sweep as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import yaml

from results.reports import tables
from results.reports.page import Panel, Theme, render
from results.reports.tables import Captioned
from results.tables.provenance import provenance
from results.values import Outcome
from results.views import SweepView
from search_spaces.human import amount, named_triple, percent, plural, points


@dataclass(frozen=True)
class Section:
    """A part of a report."""

    name: str
    title: str
    panels: Sequence[Panel]
    tables: Sequence[Captioned]


_COSTS = ("accuracy-latency", "accuracy-params", "accuracy-activations", "accuracy-seconds")
_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("result", "Result", ("triangle", "accuracy")),
    ("costs", "What it costs", _COSTS),
    ("plan", "The plan", ("methods", "ratios", "parallel")),
    ("family", "The family", ("family",)),
    ("training", "Training", ("curves", "losses", "timeline")),
)


def report_page(view: SweepView, *, theme: Theme = "auto") -> str:
    """Verdict, all figures, tables and provenance of a sweep, self-contained.

    Raises:
        NotFoundError: there is no such sweep.
    """
    sweep, outcome = view.sweep, view.outcome
    found = {
        "result": [tables.candidates(view)],
        "family": [tables.family(view)] if len(view.family) else [],
        "training": [tables.trials(view)],
    }
    sections = [
        Section(name, title, _panels(view, kinds), found.get(name, []))
        for name, title, kinds in _SECTIONS
    ]
    return render(
        "report.html",
        theme=theme,
        title=f"Sweep {sweep.id}: {sweep.name}",
        verdict=outcome.verdict if outcome and outcome.verdict else str(sweep.state),
        headline=_headline(view),
        why=outcome.why if outcome else (),
        merits=_merits(view),
        sections=sections,
        provenance=provenance(sweep),
        notes=view.sweep.notes,
        spec=yaml.safe_dump(sweep.spec, sort_keys=False, allow_unicode=True),
        version=version("scaling-search"),
        written=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _panels(view: SweepView, kinds: Sequence[str]) -> list[Panel]:
    return [Panel.of(kind, view.figure(kind)) for kind in kinds]


def _headline(view: SweepView) -> str:
    if view.leader is None:
        return "No candidate has finished a trial yet."
    row = view.leader
    leads = "leads" if view.outcome else "leads so far"
    of = named_triple(row["alpha"], row["beta"], row["gamma"])
    return f"Candidate {row['index']} {leads}: {of}."


def _merits(view: SweepView) -> list[tuple[str, str]]:
    progress = view.sweep.progress
    exceptions = f" ({', '.join(progress.exceptions)})" if progress.exceptions else ""
    said = [
        ("trials done", f"{progress.done:,} of {progress.total:,}{exceptions}"),
        ("candidates × seeds", f"{len(view.candidates):,} × {len(view.sweep.seeds)}"),
    ]
    if view.leader is not None:
        row = view.leader
        ratio = f"{row['measured_ratio']:.2f}\N{NO-BREAK SPACE}×"
        said += [
            ("leader's accuracy", percent(row["accuracy_mean"])),
            (
                "leader's FLOPs",
                f"{amount(row['flops'])} ({ratio})",
            ),
            ("leader's parameters", amount(row["params"])),
        ]
    return [*said, *_outcome(view.outcome)]


def _outcome(outcome: Outcome | None) -> list[tuple[str, str]]:
    """What the outcome adds to them."""
    if outcome is None:
        return []
    rows, fresh = [], outcome.confirmation
    if outcome.regret_bound is not None:
        rows.append(("regret at most", f"{100 * outcome.regret_bound:.2f} points"))
    if fresh is not None:
        interval = f"{percent(fresh.low)} to {percent(fresh.high)}"
        rows.append((f"leader on {plural(fresh.seeds, 'fresh seed')}", interval))
    for name, one in (fresh or outcome).gains.items():
        interval = f"{points(one.low, sign=True)} to {points(one.high, sign=True)}"
        rows.append((f"gain over {name}", f"{interval} points"))
    return rows
