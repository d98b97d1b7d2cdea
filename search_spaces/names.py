"""Checks of the names of files and classes before they are stored or shown.

Linux allows any bytes but `/` and NUL in a file's name. Such names reach Python as strings with
lone surrogates, which no database, JSON file or terminal takes.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable

from search_spaces.errors import InputError

_BREAKING = frozenset({"Cc", "Zl", "Zp"})
"""Unicode's categories of characters that break a line or steer a terminal."""


def printable(name: str) -> str:
    r"""A name on one line: bytes that are not UTF-8 as `\xe9`, a line break as `\n`.

    >>> printable("a\nb")
    'a\\nb'
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace") if not is_text(name) else name
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _BREAKING else char
        for char in text
    )


def is_text(name: str) -> bool:
    """Whether a name can be written as UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def composed(name: str) -> str:
    """The composed form (NFC): macOS may write `é` as two characters, others as one."""
    return unicodedata.normalize("NFC", name)


def check_class_names(names: Iterable[str], kind: str, remedy: str) -> None:
    """Refuse class names that cannot be stored or distinguished.

    Args:
        names: the classes.
        kind: text before a name in messages, such as "class folder /photos/".
        remedy: advice in messages, such as "rename the folder".

    Raises:
        InputError: a name is blank, not UTF-8, has control characters, or looks like another.
    """
    seen: dict[str, str] = {}
    for name in names:
        shown = f"{kind}{printable(name)}"
        if not name.strip():
            raise InputError(f"{shown!r} has a blank name: every class needs a name; {remedy}")
        if not is_text(name):
            raise InputError(
                f"{shown} has a name that is not UTF-8: names of classes are stored as UTF-8 in "
                f"files and databases; {remedy}"
            )
        if any(unicodedata.category(char) in _BREAKING for char in name):
            raise InputError(
                f"{shown} has a control character in its name: names of classes must fit on one "
                f"line; {remedy}"
            )
        if (other := seen.setdefault(composed(name), name)) != name:
            raise InputError(
                f"{shown} is there twice, as {other!a} and {name!a}: the names look the "
                "same and differ in how accents are stored; put the images of both into one class"
            )


def case_note(names: Iterable[str]) -> str | None:
    """A note about classes whose names differ by case alone; None if there are none."""
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(name.casefold(), name)) != name:
            return (
                f"{other!r} and {name!r} are two classes: their names differ by upper and lower "
                "case alone"
            )
    return None
