"""Baselines referred to by their place in Python code: `package.module:Name`.

Importing such a reference runs code, so only those are imported that the user of this process gave
(`allow_reference`), on the command line or in a program of their own. A reference in a file, a
database or a request is only data, and never allowed by it.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from search_spaces.baselines.protocol import Baseline
from search_spaces.baselines.user import DOCUMENT, user_baseline
from search_spaces.errors import InputError

_NAME: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


@dataclass(frozen=True)
class AllowedReferences:
    """References that may be imported, and folders with modules that are not installed.

    A process passes them on to the processes that it starts for the same user.
    """

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def allow(self) -> None:
        """Allow them in this process too."""
        for name in self.names:
            allow_reference(name, self.folders)


_allowed = AllowedReferences()
_added: list[str] = []
"""Folders that were added to Python's search path."""


def allow_reference(name: str, folders: Iterable[str] = ()) -> None:
    """Allow `package.module:Name` to be imported, also from these folders.

    Call it with what the user of this process wrote, never with what was read from elsewhere.

    Raises:
        InputError: the reference has another form.
    """
    global _allowed
    _check_form(name)
    _allowed = AllowedReferences(
        tuple(dict.fromkeys([*_allowed.names, name])),
        tuple(dict.fromkeys([*_allowed.folders, *folders])),
    )
    # At the end, so that installed packages take precedence.
    new = [folder for folder in _allowed.folders if folder not in sys.path]
    _added.extend(new)
    sys.path.extend(new)


def forbid_references() -> None:
    """Allow no references any more, as at the start of a process."""
    global _allowed
    _allowed = AllowedReferences()
    sys.path[:] = [folder for folder in sys.path if folder not in _added]
    _added.clear()


def allowed_references() -> AllowedReferences:
    """The references allowed in this process, for the processes that it starts."""
    return _allowed


def referred(name: str) -> Baseline:
    """The baseline that `package.module:Name` refers to; the reference is its name.

    Raises:
        InputError: the reference is not allowed here, does not exist, or is not a baseline.
    """
    _check_form(name)
    if name not in _allowed.names:
        raise InputError(
            f"baseline {name!r} refers to Python code, which is run only if you name it yourself, "
            f"never because a file, a database or a request does: add --baseline {name} to the "
            f"command on your own machine, or install its package with an entry point ({DOCUMENT})"
        )
    return _loaded(name)


def _check_form(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise InputError(
            f"baseline {name!r} is neither a name nor a reference to a class: write "
            "package.module:Name"
        )


@cache
def _loaded(name: str) -> Baseline:
    module, _, attribute = name.partition(":")
    try:
        loaded = getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        raise InputError(
            f"baseline {name!r} cannot be imported ({error}): write package.module:Name, and start "
            "from the folder that holds the package, or set PYTHONPATH to it"
        ) from error
    except AttributeError:
        raise InputError(
            f"baseline {name!r}: module {module} has no {attribute!r}; check the name after the "
            "colon"
        ) from None
    except Exception as error:
        raise InputError(
            f"baseline {name!r}: importing {module} failed ({type(error).__name__}: {error}); "
            "repair the module"
        ) from error
    return user_baseline(loaded, name, name=name)
