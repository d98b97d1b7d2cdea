"""Errors as RFC 9457 problems: one shape on every route.

A problem has `type`, `title`, `status`, `detail`, `instance` (the path), `request_id`, and
`errors`: for each thing that was wrong the place, the field, its value, the rule that it broke and,
where the rule does not say it already, the remedy. To a person with a browser it is a page.
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
    401: ("not-signed-in", "A token is needed"),
    403: ("not-allowed", "This is not allowed"),
    404: ("not-found", "There is no such thing"),
    405: ("wrong-method", "The path does not take this method"),
    406: ("not-acceptable", "No representation is acceptable"),
    409: ("conflict", "The request contradicts the present state"),
    413: ("too-large", "The request is too large"),
    422: ("invalid", "The request breaks a rule"),
    429: ("too-many", "Too many requests"),
    500: ("fault", "The service failed"),
    503: ("unavailable", "The database does not answer just now"),
}
"""By status: the last part of the type, and the title."""


class Finding(BaseModel):
    """One thing that was wrong."""

    model_config = ConfigDict(frozen=True)

    place: Place = Field(description="The part of the request that is meant.")
    field: str = Field(description="The field, dotted where it is nested; empty for the whole.")
    value: Any = Field(None, description="What was given, shortened where it is long.")
    rule: str = Field(description="The rule that it breaks.")
    remedy: str | None = Field(None, description="What to do, where the rule does not say it.")


class Problem(BaseModel):
    """An error in the form of RFC 9457."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Kind of problem, a URN.")
    title: str = Field(description="What the kind means.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time.")
    instance: str = Field(description="The path that was asked.")
    request_id: str = Field(description="Names the request in the service's log.")
    errors: list[Finding] = Field(description="Each thing that was wrong.")


class ProblemError(Exception):
    """An error that has its status and findings already."""

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


def invalid(
    place: Place, field: str, value: Any, rule: str, remedy: str | None = None
) -> ProblemError:
    """A 422 about one field."""
    finding = Finding(place=place, field=field, value=shortened(value), rule=rule, remedy=remedy)
    return ProblemError(422, told(finding), [finding])


def told(finding: Finding) -> str:
    """A finding as one sentence."""
    name = finding.field or finding.place
    value = "" if finding.value is None else f" is {_text(finding.value)}"
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return f"{name}{value}: {finding.rule}{remedy}"


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
    """The answer to a request that failed; who is not signed in and reads pages may do so."""
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
            return RedirectResponse(f"{SIGN_IN}?next={quote(_asked(scope), safe='')}", 303)
        return page(scope, "problem", status=status, headers=headers, problem=problem)
    return Response(orjson.dumps(problem), status, dict(headers or {}), MEDIA_TYPE)


def _asked(scope: Scope) -> str:
    """Path and query of a request."""
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
