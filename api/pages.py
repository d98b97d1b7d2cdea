"""Lists in pages: `limit` rows after the one that `cursor` names.

A cursor holds the last row's value and id and a checksum over them, the path, the filters and the
order: one that was changed, or belongs to another list, is refused. It grants nothing, so that no
secret is needed and any process of the service can read what another one wrote.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

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


class PageQuery(BaseModel):
    """What every list takes; lists add their filters and `sort`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=MOST_ROWS, description="Rows of the page.")
    cursor: str | None = Field(
        None, max_length=1000, description="`next` of the page before; filters and sort unchanged."
    )

    @property
    def order(self) -> str:
        """The key to sort by; a leading minus turns the order round."""
        sort: str = getattr(self, "sort")  # noqa: B009 - each list declares its own choices
        return sort


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


@dataclass(frozen=True)
class Paging:
    """Where a page begins, and how to name the next one."""

    sort: str
    after: After | None
    limit: int
    _context: bytes

    @classmethod
    def of(cls, request: Request, query: PageQuery) -> Paging:
        """The page that a request asks for.

        Raises:
            ProblemError: 422, the cursor is not of this list.
        """
        filters = query.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
        context = orjson.dumps([request.url.path, filters], option=orjson.OPT_SORT_KEYS)
        after = (
            None
            if query.cursor is None
            else _read(query.cursor, context, query.order.removeprefix("-"))
        )
        return cls(query.order, after, query.limit, context)

    @property
    def key(self) -> str:
        """What the list is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def fetched(self) -> int:
        """Rows to ask for: one more than the page shows tells whether another page follows."""
        return self.limit + 1

    def cut(
        self,
        rows: Sequence[Row],
        request: Request,
        response: Response,
        *,
        column: str | None = None,
    ) -> tuple[Sequence[Row], str | None]:
        """The page's rows and the cursor of the next one, which the Link header names too.

        Args:
            rows: `fetched` ones at most.
            request: what asked for the page.
            response: what will carry the header.
            column: the attribute of a row that the list is sorted by, where it is not `key`.
        """
        if len(rows) <= self.limit:
            return rows, None
        shown = rows[: self.limit]
        after = After(value=attrgetter(column or self.key)(shown[-1]), id=shown[-1].id)
        cursor = _written(after, self._context)
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
            "it is no cursor of this list with these filters and this order",
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
