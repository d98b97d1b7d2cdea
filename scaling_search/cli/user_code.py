"""Code of the user's own that a command may run: what was typed, and nothing that was read."""

from __future__ import annotations

import os
from typing import Any

import typer

from search_spaces.baselines import allow_reference
from search_spaces.errors import InputError


def allow(name: Any) -> None:
    """Follow a baseline that was typed as MODULE:CLASS, into modules of the working folder too."""
    if isinstance(name, str) and ":" in name:
        allow_reference(name, [os.getcwd()])


def typed(context: typer.Context, name: str | None) -> str | None:
    """Callback of `--baseline NAME|MODULE:CLASS`."""
    if not context.resilient_parsing:  # a shell that completes runs nothing
        allow(name)
    return name


def typed_of_file(context: typer.Context, names: list[str] | None) -> list[str] | None:
    """Callback of `--baseline MODULE:CLASS`, where a file or a sweep says which baseline it is of.

    Raises:
        InputError: one is no reference, so that naming it would do nothing.
    """
    for name in () if context.resilient_parsing else names or ():
        if ":" not in name:
            raise InputError(
                f"--baseline {name!r} names no code: only a class of your own has to be named "
                "here, as MODULE:CLASS; leave it out"
            )
        allow(name)
    return names
