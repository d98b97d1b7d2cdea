"""Which database is meant, and how to name it without giving its secrets away."""

import os
from pathlib import Path
from typing import Final

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from search_spaces.errors import InputError

ENVIRONMENT_VARIABLE: Final = "SCALING_SEARCH_DATABASE_URL"
EXAMPLES: Final = "sqlite:////absolute/path/results.db or postgresql://user:password@host:5432/name"
_SECRET_OPTIONS: Final = frozenset({"password", "sslpassword", "passfile"})


def default_path() -> Path:
    """The embedded database: on Linux `~/.local/share/scaling-search/results.db`."""
    return user_data_path("scaling-search", appauthor=False) / "results.db"


def resolve(url: str | None = None) -> URL:
    """The database meant by `url`, else by SCALING_SEARCH_DATABASE_URL, else the embedded one.

    Returns:
        A URL with its driver named (`sqlite` or `postgresql+psycopg`); SQLite paths are absolute,
        so that a later change of the working folder changes nothing. The folder of the embedded
        default is created; a folder that the user names must exist.

    Raises:
        InputError: for a malformed URL, another kind of database, an in-memory database, or a
            folder that does not exist or cannot be created.
    """
    text = url or os.environ.get(ENVIRONMENT_VARIABLE)
    if not text:
        return _default()
    try:
        parsed = make_url(text)
    except (ArgumentError, ValueError) as error:
        # The text is not repeated: what cannot be parsed may hold a password anywhere.
        raise InputError(
            f"the database URL cannot be read: it must look like {EXAMPLES}"
        ) from error
    match parsed.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(parsed)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return parsed.set(drivername="postgresql+psycopg")
    raise InputError(
        f"the database URL starts with {parsed.drivername}: only SQLite and PostgreSQL (through "
        f"psycopg) are supported; use {EXAMPLES}"
    )


def describe(url: URL) -> str:
    """The database in a form fit for messages: a path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    hidden = {name: "***" for name in url.query if name in _SECRET_OPTIONS}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def _default() -> URL:
    path = default_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder {path.parent} for the database cannot be created ({error.strerror}): "
            f"name another place in {ENVIRONMENT_VARIABLE}, for example {EXAMPLES}"
        ) from error
    return URL.create("sqlite", database=str(path))


def _sqlite(url: URL) -> URL:
    if url.query or url.host:
        raise InputError(
            "the database URL has more than a path: for SQLite write three slashes and a relative "
            "path, or four for an absolute one, for example sqlite:////absolute/path/results.db"
        )
    if url.database in (None, "", ":memory:"):
        raise InputError(
            "the database URL names an in-memory SQLite database: results must outlive the "
            "process; name a file, for example sqlite:////absolute/path/results.db"
        )
    path = Path(str(url.database)).expanduser().absolute()
    if not path.parent.is_dir():
        raise InputError(
            f"the database folder {path.parent} does not exist: create it (mkdir -p) or name "
            f"another place in {ENVIRONMENT_VARIABLE}"
        )
    if path.is_dir():
        raise InputError(
            f"the database {path} is a folder: name a file in it, for example {path / 'results.db'}"
        )
    return URL.create("sqlite", database=str(path))
