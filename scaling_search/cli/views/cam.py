"""Where networks look, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from scaling_search.cli.output import table
from search_spaces.human import percent


def show_figures(
    out: Console, networks: Sequence[Mapping[str, Any]], files: Sequence[Path]
) -> None:
    """A line for each network, and where the gallery is."""
    located = any(one["located"] for one in networks)
    headings = ["~network", ">pixels", ">map", "method", ">right here"]
    made = table(*headings, *((">points at it", ">energy on it", ">its area") if located else ()))
    for one in networks:
        right = "–" if one["right"] is None else f"{one['right']} of {one['images']}"
        figures = [percent(one[key]) for key in ("pointing", "energy", "area")] if located else []
        side = f"{one['map_px']} × {one['map_px']}"
        made.add_row(one["name"], f"{one['resolution_px']}", side, one["method"], right, *figures)
    out.print(made)
    for file in files:
        out.print(str(file), markup=False, soft_wrap=True)
