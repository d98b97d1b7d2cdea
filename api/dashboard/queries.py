"""Queries of pages, as forms send them, and pages of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, get_origin

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import URL

from api.pages import PageQuery, Row, read_page

Model = TypeVar("Model", bound=BaseModel)
ListQuery = TypeVar("ListQuery", bound=PageQuery)


def read_query(request: Request, model: type[Model], **defaults: object) -> Model:
    """The query of a page without its empty fields; `defaults` are used for missing keys.

    Raises:
        RequestValidationError: a key is unknown, or a value is invalid.
    """
    request.state.query_model = model  # its keys are suggested for an unknown one
    given: dict[str, object] = dict(defaults)
    for name in request.query_params:
        values = [value for value in request.query_params.getlist(name) if value.strip()]
        if values:
            field = model.model_fields.get(name)
            several = field is not None and get_origin(field.annotation) is tuple
            given[name] = values if several else values[-1]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        errors = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(errors) from None


@dataclass(frozen=True)
class Listing(Generic[Row, ListQuery]):
    """A page of rows, and the addresses of the first and the next page, if they are others."""

    rows: Sequence[Row]
    query: ListQuery
    first: str | None
    following: str | None

    def order(self, key: str) -> str:
        """The `sort` of a link in a column's head: descending first, then ascending."""
        return key if self.query.order == f"-{key}" else f"-{key}"

    def sorted(self, key: str) -> str:
        """`aria-sort` of a column."""
        return {key: "ascending", f"-{key}": "descending"}.get(self.query.order, "none")


def read_listing(
    request: Request, model: type[ListQuery], limit: int, read: Callable[..., Sequence[Row]]
) -> Listing[Row, ListQuery]:
    """The rows that the address of a page selects.

    Args:
        request: of the page.
        model: of its query.
        limit: rows per page by default.
        read: see `api.pages.read_page`.
    """
    query = read_query(request, model, limit=limit)
    rows, cursor = read_page(request, Response(), query, read)
    url = request.url
    return Listing(
        rows,
        query,
        first=query.cursor and _relative(url.remove_query_params("cursor")),
        following=cursor and _relative(url.include_query_params(cursor=cursor)),
    )


def _relative(url: URL) -> str:
    """Path and query, valid under any host name."""
    return url.path + (f"?{url.query}" if url.query else "")
