"""Errors as RFC 9457 problems: one shape on every route.

A problem has `type`, `title`, `status`, `detail`, `instance` (the path), `request_id`, and
`errors`: for each error the place, the field, its value, the rule and, where the rule does not say
it already, the remedy. Browsers get it as a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from api.dashboard.rendering import page, wants_page

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:scaling-search:problem:"
SIGN_IN: Final = "/sign-in"
_LONGEST_VALUE: Final = 200

Place = Literal["path", "query", "header", "cookie", "body", "request"]

KINDS: Final[dict[int, tuple[str, str]]] = {
    400: ("unreadable", "The request cannot be read"),
    401: ("not-signed-in", "A token is required"),
    403: ("not-allowed", "Not allowed"),
    404: ("not-found", "Not found"),
    405: ("wrong-method", "Method not allowed"),
    406: ("not-acceptable", "No acceptable format"),
    409: ("conflict", "Conflict with the current state"),
    413: ("too-large", "The request is too large"),
    422: ("invalid", "The request is invalid"),
    429: ("too-many", "Too many requests"),
    500: ("fault", "Internal error"),
    503: ("unavailable", "The database is unavailable"),
}
"""By status: the last part of the type, and the title."""


class Finding(BaseModel):
    """One error of a request."""

    model_config = ConfigDict(frozen=True)

    place: Place = Field(description="Part of the request that is wrong.")
    field: str = Field(description="The field, dotted if nested; empty for the whole place.")
    value: Any = Field(None, description="The given value, shortened if long.")
    rule: str = Field(description="Rule that the value breaks.")
    remedy: str | None = Field(None, description="How to fix it, if the rule does not say so.")


class Problem(BaseModel):
    """An error in the form of RFC 9457."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Kind of problem, a URN.")
    title: str = Field(description="Meaning of the kind.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong in this request.")
    instance: str = Field(description="Path of the request.")
    request_id: str = Field(description="Id of the request in the log of the service.")
    errors: list[Finding] = Field(description="All errors of the request.")


class ProblemError(Exception):
    """An error whose status and findings are known where it is raised."""

    def __init__(
        self,
        status: int,
        detail: str,
        findings: Iterable[Finding] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.findings = tuple(findings)
        self.headers = dict(headers or {})


def refused(
    status: int,
    place: Place,
    field: str,
    rule: str,
    remedy: str | None = None,
    *,
    value: Any = None,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemError:
    """An error about one field; its detail is the rule unless given."""
    item = Finding(place=place, field=field, value=shortened(value), rule=rule, remedy=remedy)
    return ProblemError(status, detail or rule, [item], headers)


def invalid(
    place: Place, field: str, value: Any, rule: str, remedy: str | None = None
) -> ProblemError:
    """A 422 about one field."""
    item = Finding(place=place, field=field, value=shortened(value), rule=rule, remedy=remedy)
    return ProblemError(422, sentence(item), [item])


def sentence(item: Finding) -> str:
    """Field, value, rule and remedy in one sentence."""
    name = item.field or item.place
    value = "" if item.value is None else f" is {_text(item.value)}"
    remedy = f"; {item.remedy}" if item.remedy else ""
    return f"{name}{value}: {item.rule}{remedy}"


def shortened(value: Any) -> Any:
    """A value fit for an answer: JSON, and not longer than a line or two."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        text = _text(value)
        plain = len(text) <= _LONGEST_VALUE and isinstance(value, str | float)
        if plain or (isinstance(value, int) and abs(value) < 2**63):
            return value
    else:
        text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _text(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # an integer with more digits than Python writes
        return "a number of thousands of digits"


def response(
    scope: Scope,
    status: int,
    detail: str,
    findings: Iterable[Finding] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a request that failed; a browser without a token goes to the sign-in page."""
    slug, title = KINDS.get(status) or (str(status), HTTPStatus(status).phrase)
    problem = {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": scope.get("path", ""),
        "request_id": scope.get("state", {}).get("request_id", ""),
        "errors": [finding.model_dump() for finding in findings],
    }
    problem = _clean(problem)
    if wants_page(scope):
        if status == 401 and scope["method"] == "GET":
            return RedirectResponse(f"{SIGN_IN}?next={quote(_path_and_query(scope), safe='')}", 303)
        return page(scope, "problem", status=status, headers=headers, problem=problem)
    return Response(orjson.dumps(problem), status, dict(headers or {}), MEDIA_TYPE)


def _path_and_query(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _clean(value: Any) -> Any:
    """Text without lone surrogates, which a path or a body may hold and JSON may not."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
