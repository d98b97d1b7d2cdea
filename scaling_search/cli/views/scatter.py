"""Accuracy against FLOPs in the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from results.values import Candidate
from search_spaces.human import amount

_WIDTH, _HEIGHT = 60, 12
SEARCHED, REFERENCE, BASELINE, LEADER = "●", "◇", "■", "★"


def _mark(candidate: Candidate, leader: int | None) -> str:
    if candidate.index == leader:
        return LEADER
    if "baseline" in candidate.roles:
        return BASELINE
    return SEARCHED if candidate.eligible else REFERENCE


def _spread(values: Sequence[float], cells: int) -> list[int]:
    """The cell of each value, from the least (0) to the greatest (cells - 1)."""
    low, high = min(values), max(values)
    return [round((value - low) / (high - low or 1) * (cells - 1)) for value in values]


def scatter(candidates: Sequence[Candidate], leader: int | None) -> str:
    """A picture of candidates that have an accuracy, means over seeds; "" for fewer than two.

    FLOPs are on a logarithmic axis. Where points fall into one place the leader is seen before a
    reference, and a reference before a searched candidate.
    """
    points = [one for one in candidates if one.accuracy_mean is not None]
    if len(points) < 2:
        return ""
    flops = [one.flops for one in points]
    accuracies = [one.accuracy_mean or 0.0 for one in points]
    columns = _spread([math.log(value) for value in flops], _WIDTH)
    rows = _spread(accuracies, _HEIGHT)
    marks = [_mark(one, leader) for one in points]
    cells = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    order = (SEARCHED, REFERENCE, BASELINE, LEADER)
    for row, column, mark in sorted(
        zip(rows, columns, marks, strict=True), key=lambda point: order.index(point[2])
    ):
        cells[_HEIGHT - 1 - row][column] = mark
    labels = {0: f"{max(accuracies):.1%}", _HEIGHT - 1: f"{min(accuracies):.1%}"}
    lines = [
        f"{labels.get(place, ''):>7} │ {''.join(row).rstrip()}".rstrip()
        for place, row in enumerate(cells)
    ]
    first, last = amount(min(flops)), f"{amount(max(flops))} FLOPs"
    axis = f"{'':8}└{'─' * (_WIDTH + 1)}"
    ends = f"{'':10}{first}{last:>{_WIDTH - len(first)}}"
    names = {LEADER: "leader", BASELINE: "baseline", REFERENCE: "reference", SEARCHED: "candidate"}
    legend = "   ".join(f"{mark} {name}" for mark, name in names.items() if mark in marks)
    return "\n".join([*lines, axis, ends, f"{'':10}{legend}"])
