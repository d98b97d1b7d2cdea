"""A family as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from results.tables.family import Member, family_table
from scaling_search.cli.coefficients import Source
from scaling_search.cli.output import drawn, paragraph
from search_spaces.baselines.frame import Frame
from search_spaces.families import FamilyMember
from search_spaces.human import triple


def show_members(out: Console, members: Sequence[Member]) -> None:
    """b0, b1, … with multipliers, sizes and what they inherit."""
    layout = family_table(members)
    out.print(drawn(layout))
    out.print(layout.legend, style="dim", markup=False)


def family_document(
    source: Source,
    frame: Frame,
    convention: str,
    members: Sequence[FamilyMember],
) -> dict[str, Any]:
    """A derived family; the convention `published` has a table in place of coefficients."""
    table_only = {"coefficients": None, "source": "the official table", "sweep": None}
    replaced = table_only if convention == "published" else {}
    return (
        source.to_dict()
        | replaced
        | {
            "convention": convention,
            "resolution_px": frame.resolution_px,
            "classes": frame.classes,
            "in_channels": frame.in_channels,
            "members": [member.to_dict() for member in members],
        }
    )


def show_family(
    out: Console,
    source: Source,
    frame: Frame,
    convention: str,
    members: Sequence[FamilyMember],
) -> None:
    """A derived family."""
    how = (
        "the official table"
        if convention == "published"
        else (f"{triple(source.coefficients)}, {source.origin}; {convention}")
    )
    measured = members[0].complexity_source == "fvcore"
    counted = "confirmed by fvcore" if measured else "closed form, equal to fvcore's"
    paragraph(
        out,
        f"Family of {source.baseline} by ",
        f"{how}; base {frame.resolution_px} px, {frame.classes:,} classes; FLOPs {counted}",
    )
    show_members(out, members)
    for note in dict.fromkeys(member.note for member in members if member.note):
        paragraph(out, "Note: ", note)
