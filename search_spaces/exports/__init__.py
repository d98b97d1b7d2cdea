"""Networks as other programs read them: one file a library, by name.

A format is an object in this table: CONTRIBUTING.md, "Adding an export format".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from search_spaces.errors import InputError, suggest
from search_spaces.exports.base import (
    JSON_TYPE,
    YAML_TYPE,
    Format,
    JsonFormat,
    Named,
    YamlFormat,
    as_json,
    as_yaml,
)
from search_spaces.exports.efficientnet_pytorch import EFFICIENTNET_PYTORCH
from search_spaces.exports.keras import KERAS
from search_spaces.exports.pycls import PYCLS
from search_spaces.exports.scaling_search import PYTHON
from search_spaces.exports.timm import TIMM
from search_spaces.exports.torchvision import TORCHVISION
from search_spaces.exports.transformers import TRANSFORMERS
from search_spaces.families import FamilyMember

__all__ = ["FORMATS", "PLAIN", "Format", "Named", "as_json", "as_yaml", "get_format", "named"]


def _values(one: Named) -> dict[str, Any]:
    return one.network.to_dict()


_ALL: Final[tuple[Format, ...]] = (
    JsonFormat(
        name="json",
        loads='any program; here NetworkSpec.from_dict(document["spec"])',
        suffix=".json",
        media_type=JSON_TYPE,
        document=_values,
    ),
    YamlFormat(
        name="yaml",
        loads="any program, as json",
        suffix=".yaml",
        media_type=YAML_TYPE,
        document=_values,
    ),
    PYTHON,
    TRANSFORMERS,
    KERAS,
    EFFICIENTNET_PYTORCH,
    PYCLS,
    TORCHVISION,
    TIMM,
)
FORMATS: Final[dict[str, Format]] = {form.name: form for form in _ALL}
"""Every format by name."""
PLAIN: Final = ("json", "yaml")
"""Those that hold all that is known of a network, for programs that nobody thought of."""


def get_format(name: str) -> Format:
    """The format called `name`.

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise InputError(f"format {name!r} is unknown: {suggest(name, FORMATS)}") from None


def named(members: Sequence[FamilyMember]) -> list[Named]:
    """A family's members under their names."""
    return [Named(member.name, member) for member in members]
