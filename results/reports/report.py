"""A whole sweep as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import yaml

from results.reports import tables
from results.reports.page import Panel, Theme, render
from results.reports.tables import Table
from results.views import SweepView
from search_spaces.human import amount, duration, percent, plural, size


@dataclass(frozen=True)
class Section:
    """A part of a report."""

    name: str
    title: str
    panels: Sequence[Panel]
    tables: Sequence[Table]


_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("result", "Result", ("triangle", "accuracy")),
    ("costs", "What it costs", ("accuracy-params", "accuracy-activations", "accuracy-seconds")),
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
        verdict=outcome.get("verdict", str(sweep.state)),
        headline=_headline(view),
        why=outcome.get("why", []),
        merits=_merits(view),
        sections=sections,
        provenance=_provenance(view),
        notes=view.standing.data_notes,
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
    return (
        f"Candidate {row['index']} {leads}: α {row['alpha']:.4g}, β {row['beta']:.4g}, "
        f"γ {row['gamma']:.4g}."
    )


def _merits(view: SweepView) -> list[tuple[str, str]]:
    progress = view.standing.progress
    lost = progress.failed + progress.diverged
    said = [
        (
            "trials done",
            f"{progress.done:,} of {progress.total:,}" + (f" ({lost} lost)" if lost else ""),
        ),
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
    bound = view.outcome.get("regret_bound")
    if bound is not None:
        said.append(("regret at most", f"{100 * bound:.2f} points"))
    return said


def _provenance(view: SweepView) -> list[tuple[str, str]]:
    sweep = view.sweep
    space, proxy = sweep.spec.get("space", {}), sweep.spec.get("proxy", {})
    target = space.get("target", {})
    budget = proxy.get("images") or proxy.get("steps")
    took = ""
    if sweep.started_at and sweep.finished_at:
        took = f", {duration((sweep.finished_at - sweep.started_at).total_seconds())} in all"
    facts: list[tuple[str, Any]] = [
        ("baseline", sweep.baseline),
        (
            "constraint",
            f"{target.get('flops_ratio')} ± {target.get('tolerance')} × the baseline's FLOPs, "
            f"{target.get('by')}",
        ),
        (
            "budget",
            budget and f"{budget:,} {'images' if proxy.get('images') else 'steps'} a trial",
        ),
        ("data", f"{sweep.dataset} (fingerprint {sweep.dataset_fingerprint})"),
        ("seeds", ", ".join(str(seed) for seed in sweep.seeds)),
        ("protocol", sweep.protocol),
        ("created", f"{sweep.created_at:%Y-%m-%d %H:%M} UTC{took}"),
        ("versions", ", ".join(f"{name} {value}" for name, value in sweep.versions.items())),
        ("hardware", _hardware(sweep.hardware)),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _hardware(hardware: dict[str, Any]) -> str:
    if "processor" not in hardware:
        return ", ".join(f"{name} {value}" for name, value in hardware.items())
    cuda = ", ".join(hardware.get("cuda", [])) or "no CUDA device"
    return (
        f"{hardware['processor']}, {plural(hardware['cores'], 'core')}, "
        f"{size(hardware['memory_bytes'])} memory, {cuda}"
    )
