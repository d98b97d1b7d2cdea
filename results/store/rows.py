"""Between rows and records, whose fields bear the names of the columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.dialects import postgresql, sqlite

from results.database import Database
from results.schema import Base

Record = TypeVar("Record")
Item = TypeVar("Item")

CHUNK = 500
"""Values in one IN (...): well within what both databases take."""


class Section:
    """Reads and writes of one kind of thing; all sections share a database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def columns(row: type[Base], record: type[Any], *, without: Iterable[str] = ()) -> list[Any]:
    """The columns of `row` that fill the fields of `record`."""
    left_out = set(without)
    return [getattr(row, field.name) for field in fields(record) if field.name not in left_out]


def values(
    record: Any, *, kind: type[Any] | None = None, without: Iterable[str] = ()
) -> dict[str, Any]:
    """The fields of a record, or those of `kind`, as column values; nothing is copied."""
    left_out = set(without)
    return {
        field.name: getattr(record, field.name)
        for field in fields(kind or record)
        if field.name not in left_out
    }


def to_record(kind: Callable[..., Record], row: Row[Any]) -> Record:
    """A record from a row that has all its fields."""
    return kind(**row._mapping)


def fetch(
    connection: Connection, kind: Callable[..., Record], statement: Executable
) -> list[Record]:
    """Every row of `statement` as a record."""
    return [to_record(kind, row) for row in connection.execute(statement)]


def insert_unless_present(
    connection: Connection, row: type[Base]
) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that leaves a row alone if it breaks a unique constraint."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(row).on_conflict_do_nothing()
    return postgresql.insert(row).on_conflict_do_nothing()


def in_chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """`items` in runs of at most `CHUNK`."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
