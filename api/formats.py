"""How a family member can be written: the registry behind `?format=`.

A further format is one more entry here: a media type, and a function from a member to bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from api.problems import ProblemError, invalid
from results.documents.families import Member
from search_spaces.errors import suggest


@dataclass(frozen=True)
class Format:
    """One way to write a member."""

    media_type: str
    write: Callable[[Member], bytes]


FORMATS: Final[dict[str, Format]] = {
    "json": Format("application/json", lambda member: member.model_dump_json().encode()),
}


def member_format(name: str) -> Format:
    """The format of this name.

    Raises:
        ProblemError: 422, there is none; suggests a near one.
    """
    found = FORMATS.get(name)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: str) -> ProblemError:
    known = ", ".join(sorted(FORMATS))
    return invalid("query", "format", name, f"it is one of {known}", suggest(name, FORMATS))
