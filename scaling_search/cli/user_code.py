"""The user's own classes that a command may run: those that were typed, never those of a file."""

from __future__ import annotations

import os
from typing import Any

import typer

from search_spaces.errors import InputError


def allow(name: Any) -> None:
    """Let a baseline MODULE:CLASS be imported, from modules of the working folder too."""
    if isinstance(name, str) and ":" in name:
        from search_spaces.baselines import allow_reference  # pydantic would slow `--help`

        allow_reference(name, [os.getcwd()])


def allow_baseline(context: typer.Context, name: str | None) -> str | None:
    """Callback of `--baseline NAME|MODULE:CLASS`."""
    if not context.resilient_parsing:  # completion runs no code
        allow(name)
    return name


def allow_classes(context: typer.Context, names: list[str] | None) -> list[str] | None:
    """Callback of `--baseline MODULE:CLASS`, where a file or a sweep names its baseline.

    Raises:
        InputError: a name is not of that form, so that it would have no effect.
    """
    for name in () if context.resilient_parsing else names or ():
        if ":" not in name:
            raise InputError(
                f"--baseline {name!r} names no code: only a class of your own has to be named "
                "here, as MODULE:CLASS; leave it out"
            )
        allow(name)
    return names
