"""What networks took on a machine, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from results.values import EdgeMeasurement
from results.values.json import to_json
from scaling_search.cli.output import paragraph, table
from search_spaces.human import amount, percent, plural, size


def document(
    rows: Sequence[EdgeMeasurement], accuracies: Mapping[str, float | None]
) -> dict[str, Any]:
    """Every measurement, with the accuracy of networks that were trained."""
    return {
        "measurements": [to_json(row) | {"accuracy": accuracies.get(row.spec_key)} for row in rows]
    }


def show(
    out: Console, rows: Sequence[EdgeMeasurement], accuracies: Mapping[str, float | None]
) -> None:
    """A table; FLOPs and latency relative to the first network of each backend."""
    first = rows[0]
    paragraph(
        out,
        "Latency: ",
        f"median and 95th percentile of {plural(first.runs, 'run')} of "
        f"{plural(first.batch, 'image')}, {plural(first.threads, 'thread')}, on {first.machine}; "
        "networks taking turns",
    )
    known = any(value is not None for value in accuracies.values())
    made = table(
        "network", "backend", *([">accuracy"] if known else []), ">px", ">FLOPs", ">×",
        ">p50 ms", ">×", ">p95 ms", ">file", ">peak memory",
    )  # fmt: skip
    bases: dict[str, EdgeMeasurement] = {}
    for row in rows:
        base = bases.setdefault(row.backend, row)
        peak = row.peak_memory_bytes
        made.add_row(
            row.label,
            row.backend,
            *([percent(accuracies.get(row.spec_key))] if known else []),
            str(row.resolution_px),
            amount(row.flops),
            f"{row.flops / base.flops:.2f}",
            f"{row.p50_ms:.2f}",
            f"{row.p50_ms / base.p50_ms:.2f}",
            f"{row.p95_ms:.2f}",
            size(row.file_bytes),
            "–" if peak is None else size(peak),
        )
    out.print(made)
