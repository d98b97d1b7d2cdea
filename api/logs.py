"""Structured logs on stderr: one line per event, with the id of its request.

The id is bound for the duration of a request (`structlog.contextvars`), so all lines logged
meanwhile have it, also those of worker threads.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog

from api.settings import Settings

_LIBRARIES = ("uvicorn", "uvicorn.error", "sse_starlette")


def configure(settings: Settings) -> None:
    """Log as the settings say, including the lines of libraries."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_json = settings.log_format == "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, _json if as_json else _text()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if as_json
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = _Forwarding(level)
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers, library.propagate = [handler], False
        library.setLevel(max(level, logging.INFO))


def _json(logger: object, method: str, event: Any) -> bytes:
    return orjson.dumps(event, default=str)


def _text() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


class _Forwarding(logging.Handler):
    """Sends the lines of a library to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(record.name)
        logger.log(record.levelno, record.getMessage(), exc_info=record.exc_info)
