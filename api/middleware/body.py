"""Limits the size of request bodies, also of those without Content-Length."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Finding, response


class BodyLimit:
    """Answers 413 before reading a body that is too large, or while reading it."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value[:20]) > self.max_bytes:
                await self._too_large(scope)(scope, receive, send)
                return
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self.max_bytes:
                raise HTTPException(413, self._rule)
            return message

        await self.app(scope, counted, send)

    @property
    def _rule(self) -> str:
        return f"a request body may have at most {self.max_bytes:,} bytes"

    def _too_large(self, scope: Scope) -> ASGIApp:
        item = Finding(place="body", field="", rule=self._rule)
        return response(scope, 413, self._rule, [item], {"Connection": "close"})
