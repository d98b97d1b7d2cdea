"""Who is asking: by token, by session, or because only this machine can."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from anyio.to_thread import run_sync
from cachetools import TTLCache
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from results.states import AccessScope
from results.store import Store
from results.values import Token

SESSION_COOKIE: Final = "scaling_search_session"
REMEMBERED_SECONDS: Final = 5.0
"""For so long a token is believed without asking the database: a revoked one ends within it."""
_MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True)
class Principal:
    """Someone who may do something; `token` is None where only this machine can ask."""

    name: str
    scope: AccessScope
    token: Token | None = None

    @property
    def key(self) -> str:
        """Tells principals apart, for limits and idempotency keys."""
        return "local" if self.token is None else f"token-{self.token.id}"


LOCAL: Final = Principal("local", AccessScope.ADMIN)


def presented(headers: Headers) -> str | None:
    """The secret that a request brings: a bearer token before a session; None if neither."""
    authorization = headers.get("authorization")
    if authorization is not None:
        scheme, _, secret = authorization.partition(" ")
        return secret.strip() if scheme.lower() == "bearer" else ""
    cookies = headers.get("cookie")
    return cookie_parser(cookies).get(SESSION_COOKIE) if cookies else None


class Identities:
    """Looks secrets up, and remembers the answers for `REMEMBERED_SECONDS`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._remembered: TTLCache[bytes, Principal | None] = TTLCache(
            _MOST_REMEMBERED, REMEMBERED_SECONDS
        )

    async def of(self, secret: str) -> Principal | None:
        """The principal that the secret belongs to; None if there is none."""
        key = _key(secret)
        try:
            return self._remembered[key]
        except KeyError:
            token = await run_sync(self._store.authenticate, secret)
            principal = None if token is None else Principal(token.name, token.scope, token)
            self._remembered[key] = principal
            return principal

    def forget(self, secret: str) -> None:
        """Ask the database about this secret next time."""
        self._remembered.pop(_key(secret), None)


def _key(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
