"""Signing in with a token."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from api.dashboard.rendering import page
from api.problems import SIGN_IN

router: Final = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
def get_sign_in_page(request: Request) -> Response:
    """A form for a token; the script sends it to the session's path."""
    return page(request.scope, "sign_in", following=own_path(request.query_params.get("next")))


def own_path(wanted: str | None) -> str:
    """The page to open after signing in: a path of this service, never another site."""
    given = wanted or "/"
    ours = given.startswith("/") and not given.startswith(("//", "/\\"))
    return given if ours and given.isprintable() else "/"
