"""Brings a database to the schema of this version, and refuses one that it does not know."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, inspect, text

from results.database import Database
from results.errors import DatabaseUnavailableError
from results.urls import ENVIRONMENT_VARIABLE
from search_spaces.errors import InputError

FOLDER: Final = Path(__file__).parent
VERSION_TABLE: Final = "scaling_search_version"
_POSTGRESQL_LOCK: Final = 0x5CA11A6  # any fixed number: the name of our advisory lock
_LOCK_TIMEOUT_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class SchemaStatus:
    """Where a database stands: `revision` is None while it holds no tables of ours."""

    database: str
    revision: str | None
    head: str

    @property
    def current(self) -> bool:
        """Whether the database has the schema of this version."""
        return self.revision == self.head


def revisions() -> tuple[str, ...]:
    """Every revision, oldest first."""
    return tuple(sorted(path.name[1:5] for path in FOLDER.glob("versions/v[0-9]*_*.py")))


def status(database: Database) -> SchemaStatus:
    """Where `database` stands; changes nothing.

    Raises:
        InputError: if the file is no database, cannot be read, is newer than this version, or
            holds tables of the same names that are not ours.
        WorkError: if the server cannot be reached.
    """
    with database.read() as connection:
        revision = _revision(connection, str(database))
    return SchemaStatus(database=str(database), revision=revision, head=revisions()[-1])


def prepare(database: Database) -> None:
    """Make `database` ready for use, as `Store.open` does.

    An embedded database is created or migrated, under a lock; a shared one is only checked,
    because others may be using it with an older version.

    Raises:
        InputError: as `status`, and for a shared database whose schema is old.
        WorkError: if the server cannot be reached, the disk is full, or the lock is held too long.
    """
    if not database.is_sqlite:
        found = status(database)
        if not found.current:
            have = f"has schema {found.revision}" if found.revision else "holds no tables yet"
            raise InputError(
                f"{database} {have}, this version needs {found.head}: run "
                "`scaling-search db upgrade` once nobody uses an older version"
            )
    elif not (_uses_wal(database) and status(database).current):
        upgrade(database)


def upgrade(database: Database, revision: str | None = None) -> tuple[str | None, str]:
    """Bring `database` to `revision` (default: the newest), whole or not at all.

    Returns:
        The revision before and after.

    Raises:
        InputError: as `status`.
        WorkError: as `prepare`.
    """
    status(database)  # so that what cannot be upgraded is refused before anything is locked
    target = revision or revisions()[-1]
    if not database.is_sqlite:
        with database.write() as connection:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK}
            )
            return _migrate(connection, str(database), target), target
    lock = FileLock(f"{database.url.database}.lock", timeout=_LOCK_TIMEOUT_SECONDS)
    try:
        with lock:
            return _upgrade_sqlite(database, target), target
    except Timeout as error:
        raise DatabaseUnavailableError(
            f"{database}: another process has been migrating it for {_LOCK_TIMEOUT_SECONDS:.0f} "
            f"seconds; if none runs, delete {lock.lock_file} and try again"
        ) from error
    except OSError as error:
        raise InputError(
            f"{database}: its folder is not writable ({error.strerror}): make it writable, or "
            f"name another place in {ENVIRONMENT_VARIABLE}"
        ) from error


def _upgrade_sqlite(database: Database, target: str) -> str | None:
    # Rebuilding a table, SQLite's only way to alter most of it, needs foreign keys off, and that
    # cannot be changed within a transaction: hence a connection of its own.
    rebuilding = Database(
        database.url.render_as_string(hide_password=False), enforce_foreign_keys=False
    )
    try:
        with rebuilding.outside_transaction() as connection:
            connection.execute(text("PRAGMA journal_mode=WAL"))  # kept in the file
        with rebuilding.write() as connection:
            return _migrate(connection, str(database), target)
    finally:
        rebuilding.close()


def _migrate(connection: Connection, place: str, target: str) -> str | None:
    before = _revision(connection, place)
    if before == target:
        return before
    # Only here: importing Alembic takes longer than opening a database that is up to date.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    command.upgrade(config, target)
    return before


def _revision(connection: Connection, place: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        # Only here, and by name: a database that is up to date needs no comparison.
        from results.schema import Base

        if foreign := tables & set(Base.metadata.tables):
            raise InputError(
                f"{place} holds tables of another program ({', '.join(sorted(foreign))}): "
                f"name another database in {ENVIRONMENT_VARIABLE}"
            )
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    if revision is not None and revision not in revisions():
        raise InputError(
            f"{place} was written by a newer scaling-search (schema {revision}, this version "
            f"knows up to {revisions()[-1]}): upgrade with `pip install --upgrade scaling-search`"
        )
    return revision


def _uses_wal(database: Database) -> bool:
    with database.read() as connection:
        return bool(connection.scalar(text("PRAGMA journal_mode")) == "wal")
