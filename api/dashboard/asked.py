"""What a page's address asks for: as forms send it, with empty fields left out."""

from __future__ import annotations

from typing import TypeVar, get_origin

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def asked(request: Request, model: type[Model], **defaults: object) -> Model:
    """The query as a model; `defaults` fill what the address leaves out.

    Raises:
        RequestValidationError: a key is unknown, or a value breaks a rule.
    """
    request.state.asked = model  # what is said of an unknown key names the known ones
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
        found = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from None
