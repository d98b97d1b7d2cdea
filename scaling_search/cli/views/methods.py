"""A comparison of ways of scaling, as text."""

from __future__ import annotations

from rich.console import Console

from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.output import paragraph, table
from search_spaces.human import exactly, percent, plural, points, points_between


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{percent(low)} to {percent(high)}"


def show_methods(out: Console, record: SweepRecord) -> None:
    """Accuracy of each method at each φ, and its gain over the reference at equal FLOPs."""
    outcome = record.sweep.outcome
    if outcome is None or outcome.methods is None:
        return
    compared = outcome.methods
    made = table(
        ">φ", "method", ">FLOPs", ">accuracy", "interval", f">gain over {compared.reference}",
        "~joint interval",
    )  # fmt: skip
    rows = [*([compared.baseline] if compared.baseline else []), *compared.points]
    for point in sorted(rows, key=lambda point: point.phi):
        gain = point.adjusted_gain
        made.add_row(
            exactly(point.phi),
            point.method,
            f"{point.flops_ratio:.2f} ×",
            percent(point.accuracy),
            _interval(point.low, point.high),
            "" if gain is None else points(gain, sign=True),
            points_between(point.gain_low, point.gain_high),
        )
    out.print(made)
    if compared.incomplete:
        paragraph(out, "Lost a trial, so left out: ", ", ".join(compared.incomplete))
    for remark in outcome.why[1:]:
        paragraph(out, "– ", remark)
    confidence = record.sweep.spec["selection"]["confidence"]
    note = (
        f"{plural(compared.seeds, 'seed')} and {compared.images:,} validation images; intervals "
        f"of {confidence:.0%} cover both, those of gains jointly"
    )
    if compared.slope is not None:
        note += (
            f"; gains are in points at equal FLOPs: a doubling is worth "
            f"{points(compared.slope, sign=True)} ± {points(compared.slope_error)} points over all "
            "networks, and what FLOPs differ is taken off by that"
        )
    paragraph(out, "", note, style="dim")
