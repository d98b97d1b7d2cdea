"""A cache of answers that do not change.

A route marks its answer with `keep(request)`. The answer gets an ETag and is served from memory,
before routing, until it is `answer_seconds` old; `Cache-Control` and `Age` have the largest and the
actual age. Writes of this process are visible at once, because each empties the cache.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from cachetools import LRUCache
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics

_MOST_BYTES: Final = 64 * 2**20
_LARGEST: Final = 2**20

Key = tuple[str, bytes, bytes, bool]
"""Path, query, Accept, and whether gzip is accepted."""


def keep(request: Request) -> None:
    """Mark the answer to this request as one that may be cached."""
    request.scope["state"]["keep"] = True


def changed(request: Request) -> None:
    """Mark this request as one that changed data, so that the cache is emptied."""
    request.scope["state"]["changed"] = True


@dataclass(frozen=True)
class _Kept:
    start: Message
    body: bytes
    etag: bytes
    route: str
    made: float


class KeepAnswers:
    """Serves cached answers, caches marked ones, and answers 304 if the client has the same."""

    def __init__(self, app: ASGIApp, *, seconds: float, metrics: Metrics) -> None:
        self.app = app
        self.seconds = seconds
        self.metrics = metrics
        self._kept: LRUCache[Key, _Kept] = LRUCache(
            _MOST_BYTES, getsizeof=lambda kept: len(kept.body)
        )
        self._pending: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] != "GET":
            await self.app(scope, receive, send)
            if scope["state"].get("changed"):
                self._kept.clear()
            return
        accept, etags, gzip = _conditions(scope)
        key = (scope["path"], scope["query_string"], accept, gzip)
        kept = self._kept.get(key)
        if kept is not None and not self._fresh(kept):
            kept = await self._refreshed_by_another(key)
        if kept is not None:
            self.metrics.answers_kept.inc()
            scope["state"]["route"] = kept.route
            await self._send(kept, etags, send)
            return
        stale = self._kept.get(key)
        refreshed = self._pending.setdefault(key, asyncio.Event()) if stale else None
        try:
            await self.app(scope, receive, _Capture(self, scope, key, etags, send))
        finally:
            if refreshed is not None:
                if self._kept.get(key) is stale:  # the answer was no longer marked
                    self._kept.pop(key, None)
                self._pending.pop(key, None)
                refreshed.set()

    async def _refreshed_by_another(self, key: Key) -> _Kept | None:
        """The answer that another request is just computing, so that the database is read once."""
        pending = self._pending.get(key)
        if pending is None:
            return None
        await pending.wait()
        kept = self._kept.get(key)
        return kept if kept is not None and self._fresh(kept) else None

    def _fresh(self, kept: _Kept) -> bool:
        return time.monotonic() - kept.made < self.seconds

    async def _send(self, kept: _Kept, etags: bytes, send: Send) -> None:
        age = int(time.monotonic() - kept.made)
        headers = [*kept.start["headers"], (b"age", str(age).encode())]
        status, body = kept.start["status"], kept.body
        if matches(kept.etag, etags):
            status, body = 304, b""
            headers = [header for header in headers if header[0] not in _OF_A_BODY]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def put(
        self, scope: Scope, key: Key, etags: bytes, start: Message, body: bytes, send: Send
    ) -> None:
        """Cache an answer, then send it."""
        etag = b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        max_age = f"private, max-age={int(self.seconds)}" if self.seconds >= 1 else "no-cache"
        start["headers"] = [
            *start["headers"],
            (b"etag", etag),
            (b"cache-control", max_age.encode()),
        ]
        route = str(getattr(scope.get("route"), "path", "unmatched"))
        kept = _Kept(start, body, etag, route, time.monotonic())
        if self.seconds > 0 and len(body) <= _LARGEST:
            self._kept[key] = kept
        await self._send(kept, etags, send)


_OF_A_BODY: Final = frozenset({b"content-length", b"content-type", b"content-encoding"})


class _Capture:
    """Passes an answer on; a marked answer only when it is complete."""

    def __init__(
        self, keeper: KeepAnswers, scope: Scope, key: Key, etags: bytes, send: Send
    ) -> None:
        self.keeper, self.scope, self.key = keeper, scope, key
        self.etags, self.send = etags, send
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == 200 and self.scope["state"].get("keep"):
                self.start = message
                return
        elif self.start is not None:
            start, self.start = self.start, None
            if not message.get("more_body"):
                body = message.get("body", b"")
                await self.keeper.put(self.scope, self.key, self.etags, start, body, self.send)
                return
            await self.send(start)
        await self.send(message)


def _conditions(scope: Scope) -> tuple[bytes, bytes, bool]:
    """Accept, If-None-Match, and whether gzip is accepted."""
    accept = etags = b""
    gzip = False
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = value
        elif name == b"if-none-match":
            etags = value
        elif name == b"accept-encoding":
            gzip = b"gzip" in value
    return accept, etags, gzip


def matches(etag: bytes, etags: bytes) -> bool:
    """Whether If-None-Match contains this ETag; weak ETags compare by value."""
    if not etags:
        return False
    if etags.strip() == b"*":
        return True
    return any(tag.strip().removeprefix(b"W/") == etag for tag in etags.split(b","))
