"""A family as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from results.values import StoredMember
from scaling_search.cli.coefficients import Source
from scaling_search.cli.output import paragraph, table
from search_spaces.baselines.frame import Frame
from search_spaces.families import FamilyMember
from search_spaces.human import amount, exactly, triple


@dataclass(frozen=True)
class Row:
    """What the table shows of a member."""

    name: str
    phi: float | None
    depth: float
    width: float
    resolution: float
    blocks: int
    resolution_px: int
    params: int
    flops: int
    ratio: float
    residual: float | None
    dropout: float
    stochastic_depth: float


def stored_rows(members: Sequence[StoredMember]) -> list[Row]:
    """Rows of a stored family, whose first member is the baseline."""
    base = members[0].flops
    return [
        Row(
            name=member.name,
            phi=member.phi,
            depth=member.depth,
            width=member.width,
            resolution=member.resolution,
            blocks=sum(stage["depth"] for stage in member.spec["stages"]),
            resolution_px=member.resolution_px,
            params=member.params,
            flops=member.flops,
            ratio=member.flops / base,
            residual=member.residual,
            dropout=member.inherited["dropout"],
            stochastic_depth=member.inherited["stochastic_depth"],
        )
        for member in members
    ]


def derived_rows(members: Iterable[FamilyMember]) -> list[Row]:
    """Rows of a family just derived."""
    return [
        Row(
            name=member.name,
            phi=member.phi,
            depth=member.depth,
            width=member.width,
            resolution=member.resolution,
            blocks=sum(member.spec.depths),
            resolution_px=member.resolution_px,
            params=member.params,
            flops=member.flops,
            ratio=member.flops_ratio,
            residual=member.residual,
            dropout=member.dropout,
            stochastic_depth=member.stochastic_depth,
        )
        for member in members
    ]


def show_members(out: Console, rows: Sequence[Row]) -> None:
    """b0, b1, … with multipliers, sizes and what they inherit."""
    made = table(
        "",
        ">φ",
        ">depth ×",
        ">width ×",
        ">res. ×",
        ">blocks",
        ">px",
        ">params",
        ">FLOPs",
        ">ratio",
        ">to 2^k",
        ">dropout*",
    )
    for row in rows:
        made.add_row(
            row.name,
            "–" if row.phi is None else exactly(row.phi),
            exactly(row.depth),
            exactly(row.width),
            exactly(row.resolution),
            str(row.blocks),
            str(row.resolution_px),
            amount(row.params),
            amount(row.flops),
            f"{row.ratio:.2f}",
            "" if row.residual is None else f"{row.residual:+.1%}",
            f"{row.dropout:.1f}",
        )
    out.print(made)
    out.print(
        "to 2^k: how far FLOPs are from the member's target; * inherited from the baseline's "
        f"published training, like stochastic depth ({rows[0].stochastic_depth:g}) and the base "
        "resolution: not searched",
        style="dim",
        markup=False,
    )


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
    show_members(out, derived_rows(members))
    for note in dict.fromkeys(member.note for member in members if member.note):
        paragraph(out, "Note: ", note)
