"""Admission of requests: host, origin, identity and rate of writes."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.dashboard import assets
from api.exception_handlers import unavailable
from api.problems import SIGN_IN, Place, ProblemError, refused, response
from api.security.identity import LOCAL, Principal, secret_of
from api.security.limits import WriteLimit
from api.security.origins import SAFE_METHODS, check_host, check_origin
from api.settings import Settings
from results import DatabaseUnavailableError

PUBLIC: Final = frozenset({"/healthz", "/readyz", "/openapi.json", "/v1/session", SIGN_IN})
"""Paths that need no token: health, the API description and signing in."""


class Guard:
    """Refuses requests that are not admitted; puts who asks into `state["principal"]`."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.limit = WriteLimit(settings.writes_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            scope["state"]["principal"] = await self._admit(scope)
        except ProblemError as error:
            answer = response(scope, error.status, error.detail, error.findings, error.headers)
            await answer(scope, receive, send)
            return
        except DatabaseUnavailableError:
            await unavailable(scope)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal | None:
        headers = Headers(scope=scope)
        check_host(headers, self.settings)
        check_origin(scope["method"], headers, self.settings)
        principal = await self._principal(scope, headers)
        if scope["method"] not in SAFE_METHODS:
            client = (scope.get("client") or ("",))[0]
            known = principal is not None and principal.token is not None
            self.limit.count(principal.key if principal and known else f"address-{client}")
        return principal

    async def _principal(self, scope: Scope, headers: Headers) -> Principal | None:
        public = scope["path"] in PUBLIC or scope["path"].startswith(assets.PREFIX)
        secret = secret_of(headers)
        if secret is None:
            if not self.settings.tokens_needed:
                return LOCAL
            if public:
                return None
            raise unknown("header", "authorization", "a token is required")
        principal: Principal | None = await scope["app"].state.service.identities.of(secret)
        if principal is None and not public:
            raise unknown(
                "header",
                "authorization",
                "the token is unknown, expired or revoked, or the session has ended",
            )
        return principal


def unknown(place: Place, field: str, rule: str) -> ProblemError:
    """A 401: the request does not identify anybody."""
    remedy = (
        "send `Authorization: Bearer TOKEN`, or sign in at POST /v1/session; "
        "`scaling-search tokens` creates tokens"
    )
    challenge = {"WWW-Authenticate": 'Bearer realm="scaling-search"'}
    return refused(401, place, field, rule, remedy, headers=challenge)
