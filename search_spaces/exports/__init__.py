"""Exports of networks to other programs, one format per library.

A format is an object in this table: CONTRIBUTING.md, "Adding an export format".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from search_spaces.errors import InputError, suggest
from search_spaces.exports.base import (
    Format,
    JsonFormat,
    Named,
    PythonFormat,
    YamlFormat,
    as_json,
    as_yaml,
)
from search_spaces.exports.efficientnet_pytorch import EFFICIENTNET_PYTORCH
from search_spaces.exports.keras import KERAS
from search_spaces.exports.pycls import PYCLS
from search_spaces.exports.timm import TIMM
from search_spaces.exports.torchvision import TORCHVISION
from search_spaces.exports.transformers import TRANSFORMERS
from search_spaces.families import FamilyMember

__all__ = ["FORMATS", "PLAIN", "Format", "Named", "as_json", "as_yaml", "get_format", "named"]


def _document(named: Named) -> dict[str, Any]:
    return named.network.to_dict()


def _python_statements(named: Named) -> list[str]:
    return named.network.python.split("; ")


_ALL: Final[tuple[Format, ...]] = (
    JsonFormat(
        name="json",
        loads='any program; here NetworkSpec.from_dict(document["spec"])',
        document=_document,
    ),
    YamlFormat(name="yaml", loads="any program, as json", document=_document),
    PythonFormat(
        name="python",
        loads="scaling-search: run the file, or import it",
        imports=lambda named: tuple(_python_statements(named)[:-1]),
        body=lambda named: f"return {_python_statements(named)[-1].removeprefix('model = ')}",
    ),
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
"""Formats with everything that is known of a network, for any other program."""


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
    """The members of a family with their names."""
    return [Named(member.name, member) for member in members]
