"""The best coefficients as text and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from results.values import CoefficientsRecord
from results.values.json import adapter
from scaling_search.cli.output import paragraph
from scaling_search.cli.views.outcome import show_ends, show_narrowed
from search_spaces.human import exactly, named_triple, percent
from search_spaces.specs.target import NAMES


def best_document(record: CoefficientsRecord) -> dict[str, Any]:
    """The coefficients; of the best ones, without what only `BestCoefficients` has."""
    values: dict[str, Any] = adapter(CoefficientsRecord).dump_python(record, mode="json")
    return values


def show_best(out: Console, record: CoefficientsRecord) -> None:
    """The coefficients, and why."""
    ends = record.intervals
    out.print(
        named_triple(*record.coefficients),
        style="bold",
        markup=False,
    )
    paragraph(
        out,
        "",
        f"{record.verdict} for {record.baseline} on {record.dataset} at {record.target_ratio:g} × "
        f"its {NAMES[record.target_quantity]}, by sweep {record.sweep}: validation accuracy "
        f"{percent(record.accuracy)} over {record.seeds} seeds",
    )
    for reason in record.why:
        paragraph(out, "– ", reason)
    spans = (
        f"{name} {exactly(low, 6)} to {exactly(high, 6)}" for name, (low, high) in ends.items()
    )
    paragraph(out, "They stand for a class of coefficients: ", ", ".join(spans))
    if (far := record.ends_at_b7) is not None:
        show_ends(out, far)
    show_narrowed(out, record.identification)
    out.print(f"Family: scaling-search family {record.sweep}", markup=False)
