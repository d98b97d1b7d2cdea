"""Where a page begins and how it is ordered, as SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_

from results.values import After, Order
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

    def page(self, order: Order, after: After | None, limit: int | None) -> Select[Any]:
        """At most `limit` rows in this order, beginning after the row `after` (None: the first).

        Raises:
            InputError: if there is no such key.
        """
        if order.key not in self.keys:
            raise InputError(f"order {order.key!r} is unknown: {suggest(order.key, self.keys)}")
        key, tie = self.keys[order.key], self.keys["id"].column
        statement = self.statement
        if after is not None:
            statement = statement.where(_beyond(key, tie, order, after))
        if order.key != "id":
            if key.nullable:
                statement = statement.order_by(key.column.is_(None))
            column = key.column.desc() if order.descending else key.column.asc()
            statement = statement.order_by(column)
        return statement.order_by(tie.desc() if order.descending else tie.asc()).limit(limit)


def _beyond(key: Key, tie: Any, order: Order, after: After) -> Any:
    """Whether a row comes after the given one."""
    column, value = key.column, after.value
    later_tie = tie < after.id if order.descending else tie > after.id
    if order.key == "id":
        return later_tie
    if value is None:
        return and_(column.is_(None), later_tie)
    later = column < value if order.descending else column > value
    beyond = or_(later, and_(column == value, later_tie))
    if key.nullable:
        return or_(beyond, column.is_(None))
    # Said again in a form that an index can begin at.
    return and_(column <= value if order.descending else column >= value, beyond)
