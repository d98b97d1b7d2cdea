"""Tokens as text and as JSON, never with their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from results.states import AccessScope
from results.values import Token
from scaling_search.cli.output import table
from search_spaces.errors import InputError, suggest

_DAY_SECONDS = 86400
_MOST_DAYS = 36500


def parse_scope(text: str) -> AccessScope:
    """A scope by its name.

    Raises:
        InputError: there is no such scope.
    """
    try:
        return AccessScope(text)
    except ValueError:
        raise InputError(
            f"--scope is {text!r}: it must be read, submit or admin; {suggest(text, AccessScope)}"
        ) from None


def seconds(days: float) -> float:
    """How long a token lasts.

    Raises:
        InputError: it would end at once, or never in anybody's life.
    """
    if not 0 < days <= _MOST_DAYS:
        raise InputError(
            f"--days is {days:g}: it must be above 0 and at most {_MOST_DAYS}; leave it out for a "
            "token that does not expire"
        )
    return days * _DAY_SECONDS


def _standing(token: Token) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is not None and token.expires_at <= datetime.now(UTC):
        return "expired"
    return "valid"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def token_document(token: Token) -> dict[str, Any]:
    """A token without its secret; `hint` is how that begins."""
    return {
        "name": token.name,
        "scope": str(token.scope),
        "state": _standing(token),
        "hint": token.hint,
        "created_at": _time(token.created_at),
        "expires_at": _time(token.expires_at),
        "revoked_at": _time(token.revoked_at),
    }


def describe(token: Token) -> str:
    """One sentence about a new token."""
    expiry = "does not expire" if token.expires_at is None else f"expires {_day(token.expires_at)}"
    return f"token {token.name} ({token.scope}) {expiry}"


def show_tokens(out: Console, tokens: Sequence[Token]) -> None:
    """A list of tokens."""
    made = table("~name", "scope", "begins", "created", "expires", "state")
    for token in tokens:
        made.add_row(
            token.name,
            str(token.scope),
            f"{token.hint}…",
            _day(token.created_at),
            _day(token.expires_at),
            _standing(token),
        )
    out.print(made)
