"""Tokens of the service, and the logs of drivers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from results.states import AccessScope
from results.values.json import Moment, documented

_LINE: dict[str, Any] = {
    "id": 12,
    "at": "2026-11-22T10:00:02Z",
    "text": "training 24 trials on 2 workers",
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """A stored token, without its secret, which nobody can read back."""

    id: int
    name: str
    """For people to tell apart; no two tokens share one, not even a revoked one's."""
    hint: str
    """How the secret starts, enough to recognise it."""
    scope: AccessScope
    created_at: datetime
    expires_at: datetime | None
    """None: it does not expire."""
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token that was just made; the only time that its secret is known."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DriverLogLine:
    """A line of the log of a sweep's driver; its runner adds remarks."""

    id: int
    at: Moment
    text: str


@dataclass(frozen=True, kw_only=True)
class DriverLog:
    """Lines of the log, oldest first."""

    __pydantic_config__ = documented({"lines": [_LINE]})

    lines: list[DriverLogLine]
