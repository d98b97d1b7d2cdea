"""A connection to the record: short transactions for reading and for writing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import URL, Connection, Engine, create_engine, event

from results.failures import translated
from results.urls import describe, resolve
from search_spaces.errors import InputError


class Database:
    """An engine for one database, safe to share between threads (not across a fork).

    SQLite runs in WAL mode: readers never wait, and see the last commit; writers follow each
    other, each in a short `BEGIN IMMEDIATE` transaction. A killed process loses nothing that was
    committed; a power cut may take the last moments (`synchronous=NORMAL`), whose trials are then
    trained again. WAL needs a local disk, not a network share.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        timeout_seconds: float = 30.0,
        enforce_foreign_keys: bool = True,
    ) -> None:
        """Prepare an engine; nothing is connected yet.

        Args:
            url: see `results.urls.resolve`.
            timeout_seconds: how long a write waits for another writer.
            enforce_foreign_keys: off only for migrations that rebuild SQLite tables.

        Raises:
            InputError: see `results.urls.resolve`.
        """
        self.url: URL = resolve(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = (
            _sqlite_engine(self.url, timeout_seconds, enforce_foreign_keys)
            if self.is_sqlite
            else _postgresql_engine(self.url, timeout_seconds)
        )
        self._writing = self.engine.execution_options(begin="BEGIN IMMEDIATE")

    def __str__(self) -> str:
        return describe(self.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; what it changes is rolled back."""
        with translated(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, wait_for_disk: bool = True) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or rolls back on an exception.

        `wait_for_disk=False` is for frequent writes that may go with a crash of the whole machine:
        PostgreSQL then commits in a tenth of the time. A later write that does wait makes them
        safe too. SQLite never waits (see above).
        """
        with translated(self.url), self._writing.begin() as connection:
            if not (self.is_sqlite or wait_for_disk):
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection

    @contextmanager
    def outside_transaction(self) -> Iterator[Connection]:
        """An SQLite connection for what cannot happen within a transaction."""
        with translated(self.url), self.engine.connect() as connection:
            yield connection.execution_options(begin="")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _sqlite_engine(url: URL, timeout_seconds: float, enforce_foreign_keys: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": timeout_seconds},
        json_serializer=to_json,
        hide_parameters=True,
    )

    # Python's sqlite3 begins transactions late and in its own way; SQLAlchemy documents these two
    # events as the way to have real ones.
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA foreign_keys={'ON' if enforce_foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if statement := connection.get_execution_options().get("begin", "BEGIN"):
            connection.exec_driver_sql(statement)

    return engine


_LEAST_IDLE_MILLISECONDS = 10_000


def _postgresql_engine(url: URL, timeout_seconds: float) -> Engine:
    options = {"connect_timeout": "10", **url.query}
    try:
        engine = create_engine(
            url.set(query=options),
            pool_pre_ping=True,
            json_serializer=to_json,
            hide_parameters=True,
        )
    except ImportError as error:
        raise InputError(
            "the database URL names PostgreSQL, whose driver is not installed: "
            "pip install 'psycopg[binary]'"
        ) from error

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        # lock_timeout=0 would wait for ever.
        milliseconds = max(1, round(timeout_seconds * 1000))
        connection.execute(f"SET lock_timeout = {milliseconds}")
        # A process that is frozen within a transaction must not hold its locks for good: it loses
        # them before others that are as patient give up. The impatient are told to try again.
        idle = max(_LEAST_IDLE_MILLISECONDS, milliseconds * 2 // 3)
        connection.execute(f"SET idle_in_transaction_session_timeout = {idle}")
        connection.commit()

    return engine


def to_json(value: object) -> str:
    """The JSON text that both databases store.

    Raises:
        InputError: for NaN and infinity (PostgreSQL refuses them, SQLite would keep what no other
            reader understands), and for what is neither JSON nor a numpy scalar.
    """
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_from_numpy)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"a value cannot be stored: {error}; JSON holds finite numbers, text, lists and objects"
        ) from error


def _from_numpy(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not JSON")
