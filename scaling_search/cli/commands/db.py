"""`scaling-search db`."""

from __future__ import annotations

import typer

from scaling_search.cli.options import DatabaseOption, JsonOption

db = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@db.callback()
def group() -> None:
    """Say where results are kept, or upgrade a shared database.

    An embedded database (SQLite, the default) is created and migrated by itself when it is first
    used. A shared one (PostgreSQL) is migrated by `db upgrade` only, when nobody uses an older
    version any more.
    """


@db.command()
def path(database: DatabaseOption = None, json: JsonOption = False) -> None:
    """Print where results are kept; passwords are left out."""
    from results.database import Database
    from scaling_search.cli.output import print_json

    place = str(Database(database))
    if json:
        print_json({"database": place})
    else:
        typer.echo(place)


@db.command()
def status(database: DatabaseOption = None, json: JsonOption = False) -> None:
    """Say whether the database has this version's schema; changes nothing."""
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.database import database_document, describe

    document = database_document(database)
    if json:
        print_json(document)
    else:
        console().print(describe(document), markup=False, soft_wrap=True)


@db.command()
def upgrade(database: DatabaseOption = None, json: JsonOption = False) -> None:
    """Bring the database to this version's schema, whole or not at all.

    \b
    Example:
      scaling-search db upgrade --database postgresql://user@host/scaling
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.database import Database
    from results.migrations import upgrade as migrate
    from scaling_search.cli.output import console, print_json

    target = Database(database)
    try:
        before, after = migrate(target)
    finally:
        target.close()
    if json:
        print_json({"database": str(target), "before": before, "revision": after})
        return
    done = "already has" if before == after else "now has"
    console().print(f"{target} {done} schema {after}", markup=False, soft_wrap=True)
