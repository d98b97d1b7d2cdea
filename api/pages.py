"""Lists in pages: `limit` rows after the row that `cursor` names.

A cursor holds value and id of the last row, and a checksum over them, the path, the filters and the
order: a changed cursor, or one of another list, is refused. Cursors grant no access, so they need
no secret, and each process of the service can read those of the others.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2s
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.models.common import StrictQuery
from api.problems import invalid
from results.values import After

MOST_ROWS = 1000


class HasId(Protocol):
    """A row of a list."""

    @property
    def id(self) -> int:
        """Tells rows apart."""
        ...


Row = TypeVar("Row", bound=HasId)
Item = TypeVar("Item")


class PageQuery(StrictQuery):
    """Parameters of all lists; each list adds its filters and `sort`."""

    limit: int = Field(50, ge=1, le=MOST_ROWS, description="Rows per page.")
    cursor: str | None = Field(
        None,
        max_length=1000,
        description="`next` of the previous page, with the same filters and sort.",
    )

    @property
    def order(self) -> str:
        """The key to sort by; a leading minus reverses the order."""
        sort: str = getattr(self, "sort")  # noqa: B009 - each list declares its own choices
        return sort

    @property
    def key(self) -> str:
        """The key to sort by."""
        return self.order.removeprefix("-")

    @property
    def filters(self) -> Mapping[str, Any]:
        """Filters as arguments of the store."""
        raise NotImplementedError

    @property
    def sort_field(self) -> str:
        """Field of the rows that `key` names; dotted if nested."""
        return self.key


class Page(BaseModel, Generic[Item]):
    """Some rows of a list."""

    model_config = ConfigDict(frozen=True)

    items: list[Item] = Field(description="The rows.")
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


def example(item: Any) -> ConfigDict:
    """Configuration of a page whose example holds the example of its items."""
    extra: dict[str, Any] = {
        "items": [item.__pydantic_config__["json_schema_extra"]["example"]],
        "next": None,
    }
    return ConfigDict(json_schema_extra={"example": extra})


def read_page(
    request: Request, response: Response, query: PageQuery, read: Callable[..., Sequence[Row]]
) -> tuple[Sequence[Row], str | None]:
    """The rows of a page and the cursor of the next page, which the Link header has too.

    Args:
        request: with the address of the page.
        response: gets the header.
        query: filters, order, limit and cursor.
        read: a method of the store that takes the filters of the query, `sort`, `after` and
            `limit`.

    Raises:
        ProblemError: 422, the cursor is not of this list.
    """
    given = query.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
    context = orjson.dumps([request.url.path, given], option=orjson.OPT_SORT_KEYS)
    after = None if query.cursor is None else _read(query.cursor, context, query.key)
    # One row more than the page shows tells whether another page follows.
    rows = read(sort=query.order, after=after, limit=query.limit + 1, **query.filters)
    if len(rows) <= query.limit:
        return rows, None
    shown = rows[: query.limit]
    last = shown[-1]
    cursor = _written(After(value=attrgetter(query.sort_field)(last), id=last.id), context)
    following = request.url.include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return shown, cursor


def _written(after: After, context: bytes) -> str:
    value = after.value
    if isinstance(value, datetime):
        value = {"at": value.isoformat()}
    payload = orjson.dumps([value, after.id])
    return base64.urlsafe_b64encode(_checksum(payload, context) + payload).decode().rstrip("=")


def _read(cursor: str, context: bytes, key: str) -> After:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        checksum, payload = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        if checksum != _checksum(payload, context):
            raise ValueError
        value, row_id = orjson.loads(payload)
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["at"]).astimezone(UTC)
        if not isinstance(row_id, int) or not isinstance(value, _kind(key) | None):
            raise ValueError  # the checksum is no secret
        return After(value=value, id=row_id)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise invalid(
            "query",
            "cursor",
            cursor,
            "it is not a cursor of this list with these filters and this order",
            "take `next` of the page before, and change nothing but limit",
        ) from None


def _kind(key: str) -> Any:
    """What values the rows of a list have under a key."""
    if key.endswith("_at"):
        return datetime
    return str if key == "name" else int | float


_CHECKSUM_BYTES = 9


def _checksum(payload: bytes, context: bytes) -> bytes:
    return blake2s(payload + b"\0" + context, digest_size=_CHECKSUM_BYTES).digest()
