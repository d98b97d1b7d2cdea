"""Families and members in the formats of `search_spaces.exports`, for `?format=`."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Response

from api.problems import ProblemError, invalid
from results.values import Family
from results.values.json import adapter, to_json
from search_spaces.errors import suggest
from search_spaces.exports import FORMATS, PLAIN, Format, as_yaml, named
from search_spaces.exports.base import JSON_TYPE, PYTHON_TYPE, YAML_TYPE
from search_spaces.families import FamilyMember

_EXAMPLES: Final = {
    YAML_TYPE: "MODEL: {TYPE: effnet, NUM_CLASSES: 1000}",
    PYTHON_TYPE: "def b1(): ...",
}


def responses(what: str, kind: type[Family | FamilyMember]) -> dict[str, Any]:
    """How OpenAPI describes an answer that comes in every format."""
    extra: Any = kind.__pydantic_config__["json_schema_extra"]
    content: dict[str, Any] = {JSON_TYPE: {"example": extra["example"]}}
    for media_type, example in _EXAMPLES.items():
        content[media_type] = {"schema": {"type": "string"}, "example": example}
    return {
        "description": f"The {what} in the format asked for: {', '.join(FORMATS)}.",
        "content": content,
    }


KNOWN: Final = ", ".join(sorted(FORMATS))


def format_of(name: str) -> Format:
    """The format of this name.

    Raises:
        ProblemError: 422, there is none; suggests a near one.
    """
    if name not in FORMATS:
        raise _unknown(name)
    return FORMATS[name]


def _unknown(name: str) -> ProblemError:
    return invalid("query", "format", name, f"it is one of {KNOWN}", suggest(name, FORMATS))


def answer(form: Format, value: Family | FamilyMember) -> Response:
    """A family or a member in a format; json and yaml hold the fields of the value.

    Raises:
        InputError: the format cannot express a member; it names the field.
    """
    if form.name in PLAIN:
        kind = adapter(type(value))
        json = form.name == "json"
        text = kind.dump_json(value).decode() if json else as_yaml(to_json(value))
    elif isinstance(value, Family):
        text = form.many(named(value.members))
    else:
        text = form.one(named([value])[0])
    return Response(text.encode(), media_type=form.media_type)
