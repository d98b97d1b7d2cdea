"""Who may use the service."""

from dataclasses import dataclass, field
from datetime import datetime

from results.states import AccessScope


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
    """A line that a sweep's driver wrote, with the runner's own remarks among them."""

    id: int
    sweep_id: int
    text: str
    at: datetime
