"""From exceptions to problems: invalid requests, and failures of the service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, get_args

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from api.problems import Finding, Place, ProblemError, response, sentence, shortened
from results import ConflictError, DatabaseUnavailableError, NotFoundError
from search_spaces.errors import InputError, WorkError, suggest

RETRY_SECONDS: Final = 2
"""When to try again after a 503."""

_log = structlog.get_logger("api")

_CANNOT_BE_STORED: Final = ("a value cannot be stored", "a number is too large")
_REMEDIES: Final = {
    401: "send `Authorization: Bearer TOKEN`, or sign in",
    404: "/openapi.json lists every path",
    405: "the Allow header lists the methods that it accepts",
}


def install(app: FastAPI) -> None:
    """Answer every exception of a route with a problem."""
    handlers: dict[type[Exception], Any] = {
        ProblemError: _problem,
        RequestValidationError: _validation_error,
        HTTPException: _http,
        NotFoundError: partial(_error_in_words, status=404),
        ConflictError: partial(_error_in_words, status=409),
        InputError: _input_error,
        DatabaseUnavailableError: _unavailable,
        WorkError: _failed,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _problem(request: Request, error: ProblemError) -> Response:
    return response(request.scope, error.status, error.detail, error.findings, error.headers)


async def _input_error(request: Request, error: InputError) -> Response:
    location = f"{request.app.state.service.store.location}: "
    text = str(error).removeprefix(location)
    if text != str(error) and not text.startswith(_CANNOT_BE_STORED):
        # The database is wrong, not the request: read-only, not readable, not one of ours.
        return await _failed(request, WorkError(str(error)))
    return await _error_in_words(request, InputError(text), 422)


async def _error_in_words(request: Request, error: InputError, status: int) -> Response:
    """Our own errors hold value, rule and remedy in words; the field is in the path, if any."""
    text = str(error)
    rule, _, remedy = text.rpartition("; ")
    place: Place = "body" if request.method == "POST" else "query"
    name, value = "", None
    if status != 422:
        for parameter, given in request.path_params.items():
            if re.search(rf"\b{re.escape(str(given))}\b", text):
                place, name, value = "path", parameter, given
                break
    item = Finding(
        place=place,
        field=name,
        value=shortened(value),
        rule=rule or text,
        remedy=remedy if rule else None,
    )
    return response(request.scope, status, text, [item])


async def _unavailable(request: Request, error: DatabaseUnavailableError) -> Response:
    # The text names the database, which is the operator's business.
    _log.warning("database unavailable", error=str(error))
    return unavailable(request.scope)


def unavailable(scope: Any) -> Response:
    """The answer while the database is locked or unavailable."""
    return response(
        scope,
        503,
        "the database is locked or unavailable: send the same request again later",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


async def _failed(request: Request, error: WorkError) -> Response:
    _log.error("work failed", error=str(error))
    return fault(request.scope)


def fault(scope: Any) -> Response:
    """The answer to a request that the service failed to answer."""
    return response(
        scope,
        500,
        "the service failed to answer this request; its log has the reason under this request_id",
    )


async def _http(request: Request, error: HTTPException) -> Response:
    detail = {
        400: "the body cannot be parsed as JSON: it is nested too deeply or a number is too large",
        404: f"{request.url.path} does not exist",
        405: f"{request.url.path} does not accept {request.method}",
    }.get(error.status_code, str(error.detail))
    place: Place = "body" if error.status_code in (400, 413) else "request"
    remedy = _REMEDIES.get(error.status_code)
    item = Finding(place=place, field="", rule=detail, remedy=remedy)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        headers["Allow"] = ", ".join(methods)
    return response(request.scope, error.status_code, detail, [item], headers)


def _methods(request: Request) -> list[str]:
    """All methods of the path; Starlette's Allow header has those of its first route only."""
    accepted: set[str] = set()
    for template, operations in request.app.openapi()["paths"].items():
        pattern, _, _ = compile_path(template)
        if pattern.match(request.url.path):
            accepted |= {method.upper() for method in operations}
    return sorted(accepted)


async def _validation_error(request: Request, error: RequestValidationError) -> Response:
    items = [_item(request, entry) for entry in error.errors()]
    return response(request.scope, 422, "; ".join(map(sentence, items)), items)


def _item(request: Request, entry: Mapping[str, Any]) -> Finding:
    """An error of pydantic, in our words where they help more."""
    first, *rest = entry["loc"]
    place: Place = first if first in get_args(Place) else "request"
    parts = [part for part in rest if not str(part).startswith("function-")]
    kind, remedy, value = entry["type"], None, entry.get("input")
    rule = str(entry.get("ctx", {}).get("error") or entry["msg"])
    if kind == "extra_forbidden":
        known = _known_keys(request, place, parts[:-1])
        rule, remedy, value = "unknown key", suggest(str(parts[-1]), known), None
    elif kind == "missing":
        rule, value = "a value is required", None
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
    """Keys of the model at this place of the request."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    parameters = getattr(dependant, f"{place}_params", [])
    model = next(
        (
            kind
            for parameter in parameters
            if isinstance(kind := parameter.field_info.annotation, type)
            and issubclass(kind, BaseModel)
        ),
        getattr(request.state, "query_model", None) if place == "query" else None,
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
