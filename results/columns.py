"""Column types that read back the same value from SQLite and PostgreSQL."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Double,
    Enum,
    Integer,
    Text,
    TypeDecorator,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from results.values.json import from_json, to_json

ID = BigInteger().with_variant(Integer, "sqlite")
"""64-bit everywhere; SQLite numbers rows by itself only in a column declared INTEGER."""


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite, which has no zones, keeps it naive in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite gets it naive."""
        if value is None:
            return None
        assert value.tzinfo is not None, f"{value} has no time zone"
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Measured(TypeDecorator[float]):
    """A measured figure. NaN and infinity become NULL: the state of the trial tells the reason.

    SQLite turns NaN into NULL by itself and PostgreSQL sorts it above every number, so that a
    diverged trial would lead there.
    """

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:
        """Finite, or None."""
        return value if value is not None and math.isfinite(value) else None


class CleanText(TypeDecorator[str]):
    """Text from outside, such as an error naming a file whose name is not valid UTF-8.

    Neither database stores lone surrogates, nor PostgreSQL a zero byte: they are written as
    escapes, because losing an error message to a second error helps nobody.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what a database cannot hold."""
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


class Tuples(TypeDecorator[tuple[Any, ...]]):
    """A JSON array that reads back as (nested) tuples, so that records stay immutable."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """Tuples in place of lists."""
        return None if value is None else _as_tuples(value)


def _as_tuples(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_as_tuples(value) if isinstance(value, list) else value for value in values)


class JSONValue(TypeDecorator[Any]):
    """A frozen dataclass, stored as its JSON values.

    Args:
        kind: the class; keys that it does not have are ignored when a row is read.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[Any]) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To JSON values."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From JSON values."""
        return None if value is None else from_json(self.kind, value)


def choice(states: type[StrEnum]) -> Enum:
    """A column of one of `states`, stored as its text: a new state needs no migration."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda enum: [member.value for member in enum],
    )


class database_clock(FunctionElement[datetime]):  # noqa: N801 - reads as an SQL function
    """The database's own time: the one clock that every process of a sweep agrees on."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(database_clock, "sqlite")
def _sqlite_clock(element: database_clock, compiler: SQLCompiler, **options: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"


@compiles(database_clock, "postgresql")
def _postgresql_clock(element: database_clock, compiler: SQLCompiler, **options: Any) -> str:
    # now() is the start of the transaction, which may have waited long for a lock.
    return "clock_timestamp()"
