"""Reading specs from YAML or JSON, with error messages that name key, value and rule."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from search_spaces.errors import InputError, suggest

Model = TypeVar("Model", bound=BaseModel)


def presets() -> dict[str, str]:
    """The preset files of this package: name → YAML text."""
    folder = files("search_spaces") / "presets"
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda item: item.name)
        if entry.name.endswith(".yaml")
    }


def read_yaml(source: str) -> tuple[str, dict[str, Any]]:
    """A preset by name or a file by path, as (source for error messages, mapping).

    Raises:
        InputError: there is no such preset or file, or it is not a YAML mapping.
    """
    shipped = presets()
    if source in shipped:
        origin, text = f"preset {source}", shipped[source]
    else:
        path = Path(source).expanduser()
        origin = str(path)
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise InputError(
                f"{source!r} is neither a preset nor the path of a space file: "
                f"{suggest(source, shipped)}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{source} cannot be read: {error}") from None
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{origin} is not valid YAML: {error}") from None
    if not isinstance(data, dict):
        raise InputError(f"{origin} must be a mapping of keys to values, as in the shipped presets")
    return origin, data


def _model_at(model: type[BaseModel], location: Iterable[int | str]) -> type[BaseModel]:
    """The model class that holds the last key of an error's location."""
    for part in location:
        field = model.model_fields.get(str(part))
        model = (field and nested_model(field)) or model
    return model


def nested_model(field: FieldInfo) -> type[BaseModel] | None:
    """The model that a field holds; None for plain values."""
    for choice in (field.annotation, *get_args(field.annotation)):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return None


def explain(error: ValidationError, model: type[BaseModel], origin: str) -> InputError:
    """Pydantic's errors as one message that names each key, value and rule."""
    lines = []
    for problem in error.errors():
        location = [part for part in problem["loc"] if not str(part).startswith("function-")]
        key = ".".join(str(part) for part in location) or "the whole"
        if problem["type"] == "extra_forbidden":
            known = _model_at(model, location[:-1]).model_fields
            lines.append(f"{key} is not a known key: {suggest(str(location[-1]), known)}")
        elif problem["type"] == "missing":
            lines.append(f"{key} is missing: it must be given")
        elif problem["type"] == "value_error":
            message = str(problem["ctx"]["error"])
            lines.append(f"{key}: {message}" if location else message)
        else:
            lines.append(
                f"{key} is {problem['input']!r}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
            )
    return InputError(f"{origin}: " + "; ".join(lines))


def parse(model: type[Model], data: Any, origin: str) -> Model:
    """Validate plain data as `model`.

    Raises:
        InputError: one message with every problem, and the nearest known key for unknown ones.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise explain(error, model, origin) from None
