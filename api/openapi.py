"""The OpenAPI document at `/openapi.json`, generated from the routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from api.middleware.guard import PUBLIC
from api.problems import KINDS, MEDIA_TYPE, TYPE_PREFIX, Finding, Problem
from api.security.identity import SESSION_COOKIE
from results import values
from search_spaces.families import FamilyMember

DESCRIPTION: Final = """\
Submit searches for compound-scaling coefficients, follow them and read their results.

Lists have pages: `next` is the `cursor` of the next page. Times are in UTC. One multiply-add counts
as one FLOP. All errors are RFC 9457 problems.
"""

_ALWAYS: Final = (403, 503)
_HEALTH: Final = ("/healthz", "/readyz")
_WRITES: Final = (400, 413, 422, 429)
_EXAMPLES: Final[dict[int, tuple[str, str, Any, str]]] = {
    404: ("path", "sweep_id", 7, "sweep 7 does not exist: GET /v1/sweeps lists those that do"),
    409: ("path", "sweep_id", 7, "sweep 7 is finished: there is nothing to cancel"),
    422: ("query", "limit", 0, "Input should be greater than or equal to 1"),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses of a route that are problems, for its `responses`."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    slug, title = KINDS[status]
    place, field, value, rule = _EXAMPLES.get(status, ("request", "", None, title))
    example = {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": status,
        "detail": rule,
        "instance": "/v1/sweeps/7",
        "request_id": "5f0c1b2a9d3e4f67",
        "errors": [{"place": place, "field": field, "value": value, "rule": rule, "remedy": None}],
    }
    return {
        "description": f"{HTTPStatus(status).phrase}: {title[0].lower()}{title[1:]}.",
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }


def install(app: FastAPI) -> None:
    """Describe the application with its problems and authentication; built on first request."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    template = "#/components/schemas/{model}"
    schemas["Finding"] = Finding.model_json_schema(ref_template=template)
    schemas["Problem"] = Problem.model_json_schema(ref_template=template)
    schemas["Problem"].pop("$defs", None)
    for name, config in _configurations():
        extra = config.get("json_schema_extra")
        if isinstance(extra, dict) and name in schemas:
            # FastAPI leaves nulls out of examples, and so makes them wrong.
            schemas[name] |= extra
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return document


def _configurations() -> Iterator[tuple[str, ConfigDict]]:
    """Of every component its name and pydantic's configuration, which holds its example."""
    for model in _models(BaseModel):
        yield model.__name__, model.model_config
    for value in (*vars(values).values(), FamilyMember):
        if isinstance(value, type) and is_dataclass(value):
            yield value.__name__, getattr(value, "__pydantic_config__", ConfigDict())


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models of requests and answers."""
    for model in base.__subclasses__():
        if model.__module__.startswith("api."):
            yield model
        yield from _models(model)


def _is_problem(response: dict[str, Any]) -> bool:
    return MEDIA_TYPE in response.get("content", {})


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add authentication and possible problems to an operation."""
    responses = operation["responses"]
    statuses = {403} if path in _HEALTH else {*_ALWAYS}
    if path not in PUBLIC:
        operation["security"] = [{"token": []}, {"session": []}]
        statuses.add(401)
    if method != "get":
        statuses |= {*_WRITES}
    if "422" in responses or operation.get("parameters"):
        statuses.add(422)
    responses.pop("422", None)  # FastAPI's own shape
    declared = {int(status) for status, one in responses.items() if _is_problem(one)}
    responses.update({str(status): _problem(status) for status in statuses | declared})
    operation["responses"] = dict(sorted(responses.items()))
