"""The outermost layer: id, log line and metrics of each request; a problem for each failure."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.exception_handlers import fault
from api.metrics import Metrics

REQUEST_ID: Final = b"x-request-id"
_ACCEPTABLE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_KNOWN_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Added unless the answer has its own header of the same name."""

_log = structlog.get_logger("api")


class Observe:
    """Names, times, counts and logs requests, and turns uncaught exceptions into problems."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        status, answered = 0, started

        async def note(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], time.perf_counter()
                _add_headers(message, request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, note)
            except Exception:
                _log.exception("unexpected failure", method=scope["method"], path=scope["path"])
                if status:
                    raise  # part of the answer was sent: only a broken connection tells the client
                await fault(scope)(scope, receive, note)
            finally:
                self._record(scope, status, answered - started, started)

    def _record(self, scope: Scope, status: int, seconds: float, started: float) -> None:
        method = scope["method"] if scope["method"] in _KNOWN_METHODS else "other"
        self.metrics.answered(method, _template(scope), status, seconds)
        _log.info(
            "request",
            method=method,
            path=scope["path"],
            status=status,
            milliseconds=round(1000 * seconds, 3),
            total_milliseconds=round(1000 * (time.perf_counter() - started), 3),
            client=(scope.get("client") or ("",))[0],
        )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == REQUEST_ID and _ACCEPTABLE_ID.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(8)


def _add_headers(message: Message, request_id: str) -> None:
    headers = list(message.get("headers", ()))
    present = {name.lower() for name, _ in headers}
    headers.extend(header for header in SECURITY_HEADERS if header[0] not in present)
    headers.append((REQUEST_ID, request_id.encode("ascii")))
    message["headers"] = headers


def _template(scope: Scope) -> str:
    """The path with names of parameters instead of values."""
    kept = scope["state"].get("route")
    if kept is not None:
        return str(kept)
    return str(getattr(scope.get("route"), "path", "unmatched"))
