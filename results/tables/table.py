"""A table as text: columns that turn a value into a cell, and the rows that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Column(Generic[Value]):
    """A column: its heading, and the text of its cell for a value."""

    heading: str
    cell: Callable[[Value], str]
    numeric: bool = True
    """Whether cells are aligned to the right."""
    wraps: bool = False
    """Whether long cells are wrapped."""
    help: str = ""
    """Explanation of the heading, where it needs one; it begins in lower case."""
    sort: str | None = None
    """Key by which the HTTP list of these values is sorted."""


@dataclass(frozen=True)
class Row(Generic[Value]):
    """A row of cells, with the value that they are of."""

    value: Value
    cells: tuple[str, ...]
    lead: bool = False
    """Whether the row is set off."""


@dataclass(frozen=True)
class Table(Generic[Value]):
    """A table to be drawn."""

    columns: Mapping[str, Column[Value]]
    """The columns shown, by name."""
    rows: Sequence[Row[Value]]
    total: int
    """Rows that there are, those left out included."""

    @property
    def hidden(self) -> int:
        """Rows left out."""
        return self.total - len(self.rows)

    @property
    def legend(self) -> str:
        """Explanations of the headings that need one."""
        explained = {one.heading: one.help for one in self.columns.values() if one.help}
        return "; ".join(f"{heading}: {text}" for heading, text in explained.items())


def lay_out(
    columns: Mapping[str, Column[Value]],
    values: Iterable[Value],
    names: Iterable[str],
    *,
    leads: Callable[[Value], bool] = lambda value: False,
    limit: int | None = None,
) -> Table[Value]:
    """A table of some columns.

    Args:
        columns: all columns of such values, by name.
        values: a row each, in this order.
        names: columns to show, in this order.
        leads: whether a value's row is set off.
        limit: most rows; None: all.
    """
    listed = list(values)
    chosen = {name: columns[name] for name in names}
    rows = [
        Row(value, tuple(column.cell(value) for column in chosen.values()), leads(value))
        for value in listed[:limit]
    ]
    return Table(chosen, rows, len(listed))
