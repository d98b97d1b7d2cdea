"""The best coefficients as text and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from results.documents.coefficients import CoefficientsItem
from results.values import CoefficientsRecord
from scaling_search.cli.output import paragraph
from scaling_search.cli.views.outcome import show_ends, show_narrowed
from search_spaces.human import exactly, named_triple, percent
from search_spaces.specs.target import NAMES


def best_document(record: CoefficientsRecord) -> dict[str, Any]:
    """The coefficients with the evidence behind them."""
    return CoefficientsItem.from_record(record).model_dump(mode="json")


def show_best(out: Console, record: CoefficientsRecord) -> None:
    """The coefficients, and why."""
    ends = record.intervals
    out.print(
        named_triple(record.alpha, record.beta, record.gamma),
        style="bold",
        markup=False,
    )
    paragraph(
        out,
        "",
        f"{record.verdict} for {record.baseline} on {record.dataset} at {record.target_ratio:g} × "
        f"its {NAMES[record.target_quantity]}, by sweep {record.sweep_id}: validation accuracy "
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
    out.print(f"Family: scaling-search family {record.sweep_id}", markup=False)
