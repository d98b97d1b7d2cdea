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
def path(stored: options.Database, json: options.Json = False) -> None:
    """Print where results are kept, without passwords."""
    from results.database import Database
    from scaling_search.cli.output import print_json

    place = str(Database(stored.database))
    if json:
        print_json({"database": place})
    else:
        typer.echo(place)


@db.command()
@expand
def status(stored: options.Database, json: options.Json = False) -> None:
    """Check whether the database has this version's schema; changes nothing."""
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.database import database_document, describe

    document = database_document(stored.database)
    if json:
        print_json(document)
    else:
        console().print(describe(document), markup=False, soft_wrap=True)


@db.command()
@expand
def upgrade(stored: options.Database, json: options.Json = False) -> None:
    """Bring the database to this version's schema, completely or not at all.

    Example:
      scaling-search db upgrade --database postgresql://user@host/scaling
    """
    from results.database import Database
    from results.migrations import upgrade as migrate
    from scaling_search.cli.output import console, print_json

    target = Database(stored.database)
    try:
        before, after = migrate(target)
    finally:
        target.close()
    if json:
        print_json({"database": str(target), "before": before, "revision": after})
        return
    done = "already has" if before == after else "now has"
    console().print(f"{target} {done} schema {after}", markup=False, soft_wrap=True)
