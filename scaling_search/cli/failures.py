"""Errors as one line on stderr and an exit code."""

from __future__ import annotations

import os
import traceback
from typing import Any

import typer

from scaling_search.cli.help import PanelGroup
from search_spaces.errors import InputError, WorkError
from search_spaces.names import printable

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
DEBUG_VARIABLE = "SCALING_SEARCH_DEBUG"


def debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get(DEBUG_VARIABLE, "") not in ("", "0")


def complain(error: BaseException | str, *, label: str = "Error") -> None:
    """One line on stderr."""
    text = printable(" ".join(str(error).split()))
    typer.secho(f"{label}: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(text, err=True)


def _is_known(error: Exception) -> bool:
    """Whether the command-line library handles it: wrong usage, an exit, a closed pipe."""
    known = isinstance(error, (typer.Exit, typer.Abort, BrokenPipeError))
    return known or hasattr(error, "exit_code")  # usage errors of every version of Typer have it


class ReportingGroup(PanelGroup):
    """A group of commands whose errors are reported in one line.

    Exit codes: 0 done, 1 the work failed, 2 the input was wrong, 130 interrupted.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            complain("before anything was stored", label="Interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if _is_known(error):
                raise
            if debugging():
                traceback.print_exc()
            raise typer.Exit(_report(error)) from None


def _report(error: Exception) -> int:
    """Print the error; the exit code."""
    if isinstance(error, InputError | WorkError):
        complain(error)
        return WRONG_INPUT if isinstance(error, InputError) else FAILED
    complain(
        f"unexpected {type(error).__name__}: {error}. This is a fault of the program; "
        f"`scaling-search --debug …` or {DEBUG_VARIABLE}=1 shows where"
    )
    return FAILED
