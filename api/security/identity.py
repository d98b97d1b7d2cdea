"""Identity of a request: by token, by session, or local without either."""

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
"""A token is valid this long without a database query: a revoked one ends within it."""
_MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True)
class Principal:
    """The owner of a request; `token` is None for local requests without one."""

    name: str
    scope: AccessScope
    token: Token | None = None

    @property
    def key(self) -> str:
        """Tells principals apart, for limits and idempotency keys."""
        return "local" if self.token is None else f"token-{self.token.id}"


LOCAL: Final = Principal("local", AccessScope.ADMIN)


def secret_of(headers: Headers) -> str | None:
    """The secret of a request: its bearer token, else its session; None if neither."""
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
