"""Family members as a table, derived ones and stored ones alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from results.tables.table import Column, Table, lay_out
from results.values import StoredMember
from search_spaces.families import FamilyMember
from search_spaces.human import amount, exactly

Member = FamilyMember | StoredMember

FAMILY: Final[dict[str, Column[Member]]] = {
    "name": Column("member", lambda one: one.name, numeric=False),
    "phi": Column("φ", lambda one: "–" if one.phi is None else exactly(one.phi)),
    "depth": Column("depth ×", lambda one: exactly(one.depth)),
    "width": Column("width ×", lambda one: exactly(one.width)),
    "resolution": Column("res. ×", lambda one: exactly(one.resolution)),
    "blocks": Column("blocks", lambda one: str(_blocks(one))),
    "resolution_px": Column("px", lambda one: str(one.resolution_px)),
    "params": Column("params", lambda one: amount(one.params)),
    "flops": Column("FLOPs", lambda one: amount(one.flops)),
    "residual": Column(
        "to 2^k",
        lambda one: "" if one.residual is None else f"{one.residual:+.1%}",
        help="distance of the FLOPs from the member's target",
    ),
    "dropout": Column(
        "dropout",
        lambda one: f"{_dropout(one):.2g}",
        help="inherited from the baseline's published training, not searched",
    ),
    "complexity_source": Column(
        "counted by",
        lambda one: getattr(one, "complexity_source", "fvcore").replace("_", " "),
        numeric=False,
    ),
    "note": Column("note", lambda one: getattr(one, "note", ""), numeric=False, wraps=True),
}
"""Columns of a member, by the names of its fields; `flops_ratio` depends on the family."""

SHORT: Final = (
    "name", "phi", "depth", "width", "resolution", "blocks", "resolution_px", "params", "flops",
    "flops_ratio", "residual", "dropout",
)  # fmt: skip
"""Columns that every surface shows."""

FULL: Final = (*SHORT, "complexity_source", "note")


def family_table(members: Sequence[Member], names: Sequence[str] = SHORT) -> Table[Member]:
    """The members of a family, which begins with the baseline."""
    return lay_out(FAMILY | _ratio(members), members, names)


def _ratio(members: Iterable[Member]) -> dict[str, Column[Member]]:
    base = next(iter(members)).flops
    return {
        "flops_ratio": Column("× b0", lambda one: f"{one.flops / base:.2f}", help="FLOPs over b0's")
    }


def _blocks(member: Member) -> int:
    if isinstance(member, FamilyMember):
        return sum(member.spec.depths)
    return sum(stage["depth"] for stage in member.spec["stages"])


def _dropout(member: Member) -> float:
    if isinstance(member, FamilyMember):
        return member.dropout
    dropout: float = member.inherited["dropout"]
    return dropout
