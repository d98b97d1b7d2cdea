"""`scaling-search db`."""

from __future__ import annotations

import typer

from scaling_search.cli import options
from scaling_search.cli.parameters import expand

db = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@db.callback()
@expand
def group() -> None:
    """Locate, check or upgrade the database.

    An embedded database (SQLite, the default) is created and migrated automatically when it is
    first used. A shared one (PostgreSQL) is migrated only by `db upgrade`, when nobody uses an
    older version any more.
    """


@db.command()
@expand
def path(stored: options.Database, output: options.Output) -> None:
    """Print where results are kept, without passwords."""
    from results.database import Database

    place = str(Database(stored.database))
    output.present_line({"database": place}, place)


@db.command()
@expand
def status(stored: options.Database, output: options.Output) -> None:
    """Check whether the database has this version's schema; changes nothing."""
    from scaling_search.cli.views.database import database_document, describe

    document = database_document(stored.database)
    output.present_line(document, describe(document))


@db.command()
@expand
def upgrade(stored: options.Database, output: options.Output) -> None:
    """Bring the database to this version's schema, completely or not at all.

    Example:
      scaling-search db upgrade --database postgresql://user@host/scaling
    """
    from results.database import Database
    from results.migrations import upgrade as migrate

    target = Database(stored.database)
    try:
        before, after = migrate(target)
    finally:
        target.close()
    done = "already has" if before == after else "now has"
    document = {"database": str(target), "before": before, "revision": after}
    output.present_line(document, f"{target} {done} schema {after}")
