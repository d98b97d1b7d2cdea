"""The triangle of shares as text: where a doubling of FLOPs can be spent here, and where not."""

from __future__ import annotations

from collections.abc import Sequence

from search_spaces.planning import Direction

_HEIGHT = 10
_HALF_WIDTH = 20
REACHED, MISSED, _EDGE = "●", "○", "·"


def _place(depth: float, resolution: float, width: float) -> tuple[int, int]:
    """Row and column of a point: depth at the top, width at the left, resolution at the right."""
    row = round((1 - depth) * _HEIGHT)
    column = round(_HALF_WIDTH * (1 + resolution - width))
    return row, column


def triangle(directions: Sequence[Direction]) -> str:
    """A picture of the directions: ● those that reach the target, ○ those that do not."""
    rows = [[" "] * (2 * _HALF_WIDTH + 1) for _ in range(_HEIGHT + 1)]
    for step in range(_HEIGHT + 1):
        share = step / _HEIGHT
        for depth, width, resolution in (
            (1 - share, share, 0.0),
            (1 - share, 0.0, share),
            (0.0, 1 - share, share),
        ):
            row, column = _place(depth, resolution, width)
            rows[row][column] = _EDGE
    for direction in sorted(directions, key=lambda one: one.reachable):
        shares = direction.shares
        row, column = _place(shares.depth, shares.resolution, shares.width)
        rows[row][column] = REACHED if direction.reachable else MISSED
    lines = ["".join(row).rstrip() for row in rows]
    indent = " " * 8
    centre = " " * (_HALF_WIDTH - 2)
    return "\n".join(
        [
            f"{indent}{centre}depth",
            *(f"{indent}{line}" for line in lines[:-1]),
            f"{'width':>7} {lines[-1]} resolution",
        ]
    )
