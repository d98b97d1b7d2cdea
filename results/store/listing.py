"""Lists in pages, as SQL.

A page is found by the last row of the one before (its key and id), never by counting rows, so that
the last page costs what the first one does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_

from results.values import After
from search_spaces.errors import InputError, suggest


@dataclass(frozen=True)
class Key:
    """A column to order by; rows that may lack a value there come last."""

    column: Any
    nullable: bool = False


@dataclass(frozen=True)
class Listing:
    """What to list, and the keys that it may be ordered by; `id` tells equal rows apart."""

    statement: Select[Any]
    keys: Mapping[str, Key]

    def page(self, sort: str, after: After | None, limit: int | None) -> Select[Any]:
        """At most `limit` rows (None: all), beginning after the row `after` (None: the first).

        Args:
            sort: a key, with a minus before it for descending order.
            after: the last row of the page before.
            limit: rows of the page.

        Raises:
            InputError: if there is no such key.
        """
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        if name not in self.keys:
            raise InputError(f"order {name!r} is unknown: {suggest(name, self.keys)}")
        key, tie = self.keys[name], self.keys["id"].column
        statement = self.statement
        if after is not None:
            beyond = (
                (tie < after.id if descending else tie > after.id)
                if name == "id"
                else _beyond(key, tie, descending, after)
            )
            statement = statement.where(beyond)
        if name != "id":
            if key.nullable:
                statement = statement.order_by(key.column.is_(None))
            statement = statement.order_by(key.column.desc() if descending else key.column.asc())
        return statement.order_by(tie.desc() if descending else tie.asc()).limit(limit)


def _beyond(key: Key, tie: Any, descending: bool, after: After) -> Any:
    """Whether a row comes after the given one."""
    column, value = key.column, after.value
    later_tie = tie < after.id if descending else tie > after.id
    if value is None:
        return and_(column.is_(None), later_tie)
    later = column < value if descending else column > value
    beyond = or_(later, and_(column == value, later_tie))
    if key.nullable:
        return or_(beyond, column.is_(None))
    # Repeated in a form that an index can begin at.
    return and_(column <= value if descending else column >= value, beyond)
