"""Baselines named by where they stand in Python code: `package.module:Name`.

Following such a name runs code. So it is done for exactly the names that the user of this process
gave (`allow_reference`), on a command line or in a program of theirs. A name that stands in a file,
a database or a request is data: it says which network is meant, and allows nothing.
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
    """Names that may be followed, and folders beside what is installed that hold their modules.

    A process passes it to those that it starts for the same user; they allow the same.
    """

    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def allow(self) -> None:
        """Follow the same names in this process."""
        for name in self.names:
            allow_reference(name, self.folders)


_allowed = AllowedReferences()
_added: list[str] = []
"""What was put into Python's search path."""


def allow_reference(name: str, folders: Iterable[str] = ()) -> None:
    """Follow `package.module:Name` from now on, also into modules of these folders.

    To be called with what the user of this process wrote, never with what was read.

    Raises:
        InputError: the name has another form.
    """
    global _allowed
    _check_form(name)
    _allowed = AllowedReferences(
        tuple(dict.fromkeys([*_allowed.names, name])),
        tuple(dict.fromkeys([*_allowed.folders, *folders])),
    )
    # At the end, so that nothing there takes the place of what is installed.
    new = [folder for folder in _allowed.folders if folder not in sys.path]
    _added.extend(new)
    sys.path.extend(new)


def forbid_references() -> None:
    """Follow no references any more, as it is in the beginning."""
    global _allowed
    _allowed = AllowedReferences()
    sys.path[:] = [folder for folder in sys.path if folder not in _added]
    _added.clear()


def allowed_references() -> AllowedReferences:
    """What this process may follow, for the processes that it starts."""
    return _allowed


def referred(name: str) -> Baseline:
    """The baseline that `package.module:Name` refers to, which is called by that reference.

    Raises:
        InputError: this name is not allowed here, or it leads nowhere or to something else than a
            baseline.
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
        found = getattr(importlib.import_module(module), attribute)
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
    return user_baseline(found, name, name=name)
