"""Values as JSON and back: pydantic reads and writes the frozen dataclasses as they are."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, ConfigDict, TypeAdapter

Value = TypeVar("Value")

Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A time in UTC; JSON holds it in ISO 8601."""


def documented(example: dict[str, Any]) -> ConfigDict:
    """Configuration of a value that the service answers: its example, and every key promised."""
    return ConfigDict(
        json_schema_extra={"example": example}, json_schema_serialization_defaults_required=True
    )


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def adapter(kind: type[Value]) -> TypeAdapter[Value]:
    """Pydantic's reader and writer of a type, built once; also of such as `list[Epoch]`."""
    return _adapter(kind)  # type: ignore[arg-type]  # classes are hashable, whatever mypy says


def to_json(value: Any) -> Any:
    """A value as plain JSON objects, lists, strings and numbers."""
    return adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[Value], data: Any) -> Value:
    """The value that `to_json` made `data` from, or that JSON text (`str`, `bytes`) holds.

    Raises:
        pydantic.ValidationError: the data do not describe such a value.
    """
    if isinstance(data, str | bytes):
        return adapter(kind).validate_json(data)
    return adapter(kind).validate_python(data)
