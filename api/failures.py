"""From exceptions to problems: what was asked wrongly, and what went wrong here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from api.problems import Finding, Place, ProblemError, response, shortened, told
from results import ConflictError, DatabaseUnavailableError, NotFoundError
from search_spaces.errors import InputError, WorkError, suggest

RETRY_SECONDS = 2
"""When to come back after a 503."""

_log = structlog.get_logger("api")

_PLACES: dict[str, Place] = {
    "path": "path",
    "query": "query",
    "header": "header",
    "cookie": "cookie",
    "body": "body",
}
_CANNOT_BE_STORED = ("a value cannot be stored", "a number is too large")
_WHAT_TO_DO = {
    401: "send `Authorization: Bearer TOKEN`, or sign in",
    404: "/openapi.json lists every path",
    405: "the Allow header names the methods that it takes",
}


def install(app: FastAPI) -> None:
    """Let every failure of a route become a problem."""
    handlers: dict[type[Exception], Any] = {
        ProblemError: _problem,
        RequestValidationError: _unreadable,
        HTTPException: _http,
        NotFoundError: _not_found,
        ConflictError: _conflict,
        InputError: _wrong,
        DatabaseUnavailableError: _unavailable,
        WorkError: _failed,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _problem(request: Request, error: ProblemError) -> Response:
    return response(request.scope, error.status, error.detail, error.findings, error.headers)


async def _not_found(request: Request, error: NotFoundError) -> Response:
    return _told_by(request, 404, error)


async def _conflict(request: Request, error: ConflictError) -> Response:
    return _told_by(request, 409, error)


async def _wrong(request: Request, error: InputError) -> Response:
    where = f"{request.app.state.service.store.location}: "
    text = str(error).removeprefix(where)
    if text != str(error) and not text.startswith(_CANNOT_BE_STORED):
        # Wrong is the database, not the request: read-only, not to be opened, not one of ours.
        return await _failed(request, WorkError(str(error)))
    return _told_by(request, 422, InputError(text))


def _told_by(request: Request, status: int, error: InputError) -> Response:
    """Our own errors say value, rule and remedy in words; what they name is part of the path."""
    text = str(error)
    rule, semicolon, remedy = text.rpartition("; ")
    named = [
        (name, value)
        for name, value in request.path_params.items()
        if re.search(rf"\b{re.escape(str(value))}\b", text)
    ]
    if named and status != 422:
        (name, value), place = named[0], _PLACES["path"]
    else:
        name, value, place = "", None, _PLACES["body" if request.method == "POST" else "query"]
    finding = Finding(
        place=place,
        field=name,
        value=shortened(value),
        rule=rule if semicolon else text,
        remedy=remedy if semicolon else None,
    )
    return response(request.scope, status, text, [finding])


async def _unavailable(request: Request, error: DatabaseUnavailableError) -> Response:
    # The text names the database, which is the operator's business.
    _log.warning("database unavailable", error=str(error))
    return unavailable(request.scope)


def unavailable(scope: Any) -> Response:
    """The answer while the database is locked or away."""
    return response(
        scope,
        503,
        "the database is locked or away just now: the same request may succeed later",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


async def _failed(request: Request, error: WorkError) -> Response:
    _log.error("work failed", error=str(error))
    return fault(request.scope)


def fault(scope: Any) -> Response:
    """The answer to a request that the service failed at."""
    return response(
        scope,
        500,
        "the service failed at this request; its log says why, under this request_id",
    )


async def _http(request: Request, error: HTTPException) -> Response:
    detail = {
        400: "the body cannot be read as JSON: its nesting or a number is beyond what is parsed",
        404: f"{request.url.path} does not exist",
        405: f"{request.url.path} does not take {request.method}",
    }.get(error.status_code, str(error.detail))
    place: Place = "body" if error.status_code in (400, 413) else "request"
    remedy = _WHAT_TO_DO.get(error.status_code)
    finding = Finding(place=place, field="", rule=detail, remedy=remedy)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        headers["Allow"] = ", ".join(methods)
    return response(request.scope, error.status_code, detail, [finding], headers)


def _methods(request: Request) -> list[str]:
    """Every method that the path takes: Starlette names those of its first route alone."""
    taken: set[str] = set()
    for template, operations in request.app.openapi()["paths"].items():
        pattern, _, _ = compile_path(template)
        if pattern.match(request.url.path):
            taken |= {method.upper() for method in operations}
    return sorted(taken)


async def _unreadable(request: Request, error: RequestValidationError) -> Response:
    findings = [_finding(request, found) for found in error.errors()]
    return response(request.scope, 422, "; ".join(map(told, findings)), findings)


def _finding(request: Request, found: Mapping[str, Any]) -> Finding:
    """What pydantic found, in our words where they help more."""
    first, *rest = found["loc"]
    place = _PLACES.get(str(first), "request")
    parts = [part for part in rest if not str(part).startswith("function-")]
    kind, remedy, value = found["type"], None, found.get("input")
    rule = str(found.get("ctx", {}).get("error") or found["msg"])
    if kind == "extra_forbidden":
        known = _known_keys(request, place, parts[:-1])
        rule, remedy, value = "it is not a known key", suggest(str(parts[-1]), known), None
    elif kind == "missing":
        rule, value = "it is missing and must be given", None
    elif kind == "json_invalid":
        rule, parts, value = f"not JSON: {rule} at character {parts[0]}", [], None
    elif kind == "value_error" and "; " in rule:
        rule, _, remedy = rule.rpartition("; ")
    if parts[-1:] == ["token"]:
        value = None  # a secret, even a mistyped one, is not repeated
    return Finding(
        place=place,
        field=".".join(map(str, parts)),
        value=None if isinstance(value, dict | list | tuple) else shortened(value),
        rule=rule,
        remedy=remedy,
    )


def _known_keys(request: Request, place: Place, inside: Sequence[Any]) -> Iterable[str]:
    """The keys that the model at this place of the request has."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    parameters = getattr(dependant, f"{place}_params", [])
    model = next(
        (
            kind
            for parameter in parameters
            if isinstance(kind := parameter.field_info.annotation, type)
            and issubclass(kind, BaseModel)
        ),
        getattr(request.state, "asked", None) if place == "query" else None,
    )
    return _keys_of(model, inside) if model else ()


def _keys_of(model: type[BaseModel], inside: Sequence[Any]) -> Iterable[str]:
    for part in inside:
        field = model.model_fields.get(str(part))
        kinds = () if field is None else (field.annotation, *get_args(field.annotation))
        model = next(
            (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)),
            model,
        )
    return [field.alias or name for name, field in model.model_fields.items()]
