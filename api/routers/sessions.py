"""Sessions of browsers: a token is exchanged for a cookie that scripts cannot read."""

from __future__ import annotations

from typing import Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from api.middleware.guard import unknown
from api.models.sessions import SignIn, Who
from api.openapi import problems
from api.security.identity import SESSION_COOKIE, Principal
from api.service import ServiceDep
from results.store.access import SESSION_PREFIX

router: Final = APIRouter(prefix="/v1/session", tags=["session"])


@router.post("", operation_id="sign_in", summary="Sign in", responses=problems(401))
async def sign_in(body: SignIn, request: Request, response: Response, service: ServiceDep) -> Who:
    """Exchange a token for a session cookie (HttpOnly and SameSite).

    The session ends after `session_hours`, when the token ends, or by signing out.
    """
    principal = await service.identities.of(body.token)
    if principal is None or principal.token is None or body.token.startswith(SESSION_PREFIX):
        raise unknown("body", "token", "the token is unknown, expired or revoked")
    seconds = service.settings.session_hours * 3600
    secret = await run_sync(
        lambda token: service.store.open_session(token, ttl_seconds=seconds), principal.token
    )
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(seconds),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    response.headers["Cache-Control"] = "no-store"
    return _who(principal)


@router.get("", operation_id="get_session", summary="Current session", responses=problems(401))
async def get_session(request: Request, response: Response) -> Who:
    """Name and scope of the token or session of this request."""
    principal: Principal | None = request.state.principal
    if principal is None:
        raise unknown("header", "authorization", "nobody is signed in")
    response.headers["Cache-Control"] = "no-store"
    return _who(principal)


@router.delete("", operation_id="sign_out", summary="Sign out", status_code=204)
async def sign_out(request: Request, response: Response, service: ServiceDep) -> None:
    """End the session of this browser, if there is one."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret is not None:
        await run_sync(service.store.close_session, secret)
        service.identities.forget(secret)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")


def _who(principal: Principal) -> Who:
    expires = None if principal.token is None else principal.token.expires_at
    return Who(name=principal.name, scope=principal.scope, expires_at=expires)
