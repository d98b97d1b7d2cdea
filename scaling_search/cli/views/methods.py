"""A comparison of ways of scaling, as text."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import paragraph, table
from search_spaces.human import exactly, percent, plural, points


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{percent(low)} to {percent(high)}"


def _gain(point: dict[str, Any]) -> tuple[str, str]:
    if point["adjusted_gain"] is None:
        return "", ""
    low, high = point["gain_low"], point["gain_high"]
    interval = "" if low is None else f"{points(low, sign=True)} to {points(high, sign=True)}"
    return points(point["adjusted_gain"], sign=True), interval


def show_methods(out: Console, record: SweepRecord) -> None:
    """Accuracy of each method at each φ, and its gain over the reference at equal FLOPs."""
    outcome = record.sweep.outcome or {}
    found = outcome.get("methods")
    if found is None:
        return
    made = table(
        ">φ", "method", ">FLOPs", ">accuracy", "interval", f">gain over {found['reference']}",
        "~joint interval",
    )  # fmt: skip
    rows = [*([found["baseline"]] if found["baseline"] else []), *found["points"]]
    for point in sorted(rows, key=lambda point: point["phi"]):
        made.add_row(
            exactly(point["phi"]),
            point["method"],
            f"{point['flops_ratio']:.2f} ×",
            percent(point["accuracy"]),
            _interval(point["low"], point["high"]),
            *_gain(point),
        )
    out.print(made)
    if found["incomplete"]:
        paragraph(out, "Lost a trial, so left out: ", ", ".join(found["incomplete"]))
    for remark in outcome["why"][1:]:
        paragraph(out, "– ", remark)
    confidence = record.sweep.spec["selection"]["confidence"]
    said = (
        f"{plural(found['seeds'], 'seed')} and {found['images']:,} validation images; intervals "
        f"of {confidence:.0%} cover both, those of gains jointly"
    )
    if found["slope"] is not None:
        said += (
            f"; gains are in points at equal FLOPs: a doubling is worth "
            f"{points(found['slope'], sign=True)} ± {points(found['slope_error'])} points over all "
            "networks, and what FLOPs differ is taken off by that"
        )
    paragraph(out, "", said, style="dim")
