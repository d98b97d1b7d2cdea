"""Lets a request in: host, origin, identity, and how often it writes."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.dashboard import assets
from api.failures import unavailable
from api.problems import SIGN_IN, Finding, Place, ProblemError, response
from api.security.identity import LOCAL, Principal, presented
from api.security.limits import WriteLimit
from api.security.origins import SAFE_METHODS, check_host, check_origin
from api.settings import Settings
from results import DatabaseUnavailableError

PUBLIC: Final = frozenset({"/healthz", "/readyz", "/openapi.json", "/v1/session", SIGN_IN})
"""Answered without a token: whether the service is up, how it is used, and signing in."""


class Guard:
    """Refuses what must not come in, and says who asks (`state["principal"]`)."""

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
        secret = presented(headers)
        if secret is None:
            if not self.settings.tokens_needed:
                return LOCAL
            if public:
                return None
            raise unknown("header", "authorization", "a token is needed here")
        principal: Principal | None = await scope["app"].state.service.identities.of(secret)
        if principal is None and not public:
            raise unknown(
                "header",
                "authorization",
                "the token is unknown, expired or revoked, or the session is over",
            )
        return principal


def unknown(place: Place, field: str, rule: str) -> ProblemError:
    """A 401: nobody is known by what the request brings."""
    finding = Finding(
        place=place,
        field=field,
        rule=rule,
        remedy="send `Authorization: Bearer TOKEN`, or sign in at POST /v1/session; "
        "`scaling-search tokens` makes tokens",
    )
    return ProblemError(401, rule, [finding], {"WWW-Authenticate": 'Bearer realm="scaling-search"'})
