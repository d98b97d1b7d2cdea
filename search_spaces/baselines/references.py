"""Baselines named by where they stand in Python code: `package.module:Name`.

Reading such a name runs the code, so it is done only where the user's own process asked for it
(`allow_references`): by commands on the user's machine and by the workers that they start, never by
the service.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from functools import cache

from search_spaces.baselines.own import DOCUMENT, own_baseline
from search_spaces.baselines.protocol import Baseline
from search_spaces.errors import InputError

_folders: list[str] | None = None
"""Where code is looked for beside what is installed; None: references are not followed at all."""


def allow_references(folders: Iterable[str] = ()) -> None:
    """Follow references from now on, also into modules of these folders."""
    global _folders
    _folders = list(dict.fromkeys([*(_folders or ()), *folders]))
    sys.path.extend(folder for folder in _folders if folder not in sys.path)


def forbid_references() -> None:
    """Follow no references any more, as it is in the beginning."""
    global _folders
    _folders = None


def reference_folders() -> tuple[str, ...] | None:
    """What `allow_references` was given, for the workers of this process; None: not allowed."""
    return None if _folders is None else tuple(_folders)


def referred(name: str) -> Baseline:
    """The baseline that `package.module:Name` refers to, which is called by that reference.

    Raises:
        InputError: references are not followed here, or this one leads nowhere or to something
            else than a baseline.
    """
    if _folders is None:
        raise InputError(
            f"baseline {name!r} refers to Python code, which only commands on your own machine "
            "run: use `scaling-search run` there, or install its package with an entry point "
            f"({DOCUMENT})"
        )
    return _loaded(name)


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
    return own_baseline(found, name, name=name)
