"""What the database's own errors mean to a user."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from results.errors import DatabaseUnavailableError
from results.urls import ENVIRONMENT_VARIABLE, describe
from search_spaces.errors import InputError, WorkError

_SQLITE: dict[str, tuple[type[InputError] | type[WorkError], str]] = {
    "SQLITE_FULL": (
        WorkError,
        "the disk is full: free some space and resume; everything committed so far is kept",
    ),
    "SQLITE_BUSY": (
        DatabaseUnavailableError,
        "another process has kept the database locked too long: try again, or see who holds it",
    ),
    "SQLITE_LOCKED": (
        DatabaseUnavailableError,
        "the database is locked: try again",
    ),
    "SQLITE_READONLY": (
        InputError,
        "the database or its folder is read-only: make both writable, or name another place in "
        + ENVIRONMENT_VARIABLE,
    ),
    "SQLITE_CANTOPEN": (
        InputError,
        "the database cannot be opened: its folder and file must be readable and writable; "
        f"correct that or name another place in {ENVIRONMENT_VARIABLE}",
    ),
    "SQLITE_NOTADB": (
        InputError,
        "this file is not an SQLite database: name another file in " + ENVIRONMENT_VARIABLE,
    ),
    "SQLITE_CORRUPT": (
        WorkError,
        "the database is damaged: restore a backup, or rescue what is left with `sqlite3 .recover`",
    ),
    "SQLITE_IOERR": (
        WorkError,
        "reading or writing the database failed: check the disk and its free space",
    ),
}

_POSTGRESQL: dict[str, tuple[type[InputError] | type[WorkError], str]] = {
    "53100": (WorkError, "the server's disk is full: free some space there and resume"),
    "55P03": (DatabaseUnavailableError, "another process holds a lock too long: try again"),
    "40P01": (DatabaseUnavailableError, "two writers waited for each other: try again"),
    "25P03": (
        DatabaseUnavailableError,
        "this program stood still within a transaction, which the server ended: try again",
    ),
    "25006": (InputError, "the server is read-only: name the primary server"),
    "42501": (InputError, "this user lacks the privilege: grant it, or name another user"),
}


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise `InputError` or `WorkError`, never the database driver's types, from this block.

    Exceptions of other kinds pass through unchanged.
    """
    try:
        yield
    except (StatementError, PoolTimeout, OverflowError) as error:
        raise explain(error, url) from error


def explain(error: Exception, url: URL) -> InputError | WorkError:
    """The error of ours that says what `error`, from the database at `url`, means."""
    place = describe(url)
    if isinstance(error, PoolTimeout):
        return DatabaseUnavailableError(
            f"{place}: every connection is in use: use fewer threads, or try again"
        )
    if isinstance(error, OverflowError):
        return InputError(f"{place}: a number is too large: it must fit in 64 bits")
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, InputError):
        return cause
    first_line = str(cause).strip().partition("\n")[0]
    if not isinstance(error, DBAPIError):
        return InputError(f"{place}: a value cannot be stored: {first_line}")
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        for prefix, (kind, meaning) in _SQLITE.items():
            if name.startswith(prefix):
                return kind(f"{place}: {meaning} ({first_line})")
    else:
        sqlstate = getattr(cause, "sqlstate", None) or ""
        if sqlstate in _POSTGRESQL:
            kind, meaning = _POSTGRESQL[sqlstate]
            return kind(f"{place}: {meaning} ({first_line})")
        if sqlstate.startswith("22"):
            return InputError(f"{place}: a value cannot be stored: {first_line}")
        # Without a code the server did not answer at all; 08 and 57 are lost connections.
        if type(cause).__name__ == "OperationalError" or sqlstate[:2] in ("08", "57"):
            return DatabaseUnavailableError(
                f"{place}: the database cannot be reached: check that it runs and that "
                f"{ENVIRONMENT_VARIABLE} is right ({first_line})"
            )
    return WorkError(f"{place}: the database refused the request: {first_line}")
