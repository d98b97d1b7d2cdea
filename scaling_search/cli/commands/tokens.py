"""`scaling-search tokens`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import DatabaseOption, JsonOption

tokens = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The token's name, for people to tell apart.")
]


@tokens.callback()
def group() -> None:
    """Make, list and revoke tokens, which say who may use the service.

    On a loopback address the service needs none. Only their hashes are stored.

    \b
    Example:
      scaling-search tokens create laptop --scope submit
    """  # noqa: D301 - \b keeps the lines of the examples apart


@tokens.command()
def create(
    name: NameArgument,
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="read: every GET; submit: also plan, submit, cancel and resume; admin: also "
            "delete.",
            autocompletion=completion.scopes,
        ),
    ] = "read",
    days: Annotated[
        float | None,
        typer.Option("--days", metavar="N", help="Days until it expires; by default it does not."),
    ] = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token and print it: the only time that it is shown.

    \b
    Example:
      scaling-search tokens create laptop --scope submit --days 90
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli.output import print_json, remark
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    wanted = view.parse_scope(scope)
    seconds = None if days is None else view.seconds(days)
    with Store.open(service_database(database)) as store:
        made = store.create_token(name, wanted, ttl_seconds=seconds)
    if json:
        print_json(view.token_document(made.token) | {"token": made.secret})
        return
    remark(f"{view.describe(made.token)}; it is shown this once:")
    typer.echo(made.secret)


@tokens.command(name="list")
def listing(database: DatabaseOption = None, json: JsonOption = False) -> None:
    """List tokens, expired and revoked ones too.

    \b
    Example:
      scaling-search tokens list
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    with Store.open(service_database(database)) as store:
        found = store.tokens()
    if json:
        print_json({"tokens": [view.token_document(token) for token in found]})
    else:
        view.show_tokens(console(), found)


@tokens.command()
def revoke(name: NameArgument, database: DatabaseOption = None, json: JsonOption = False) -> None:
    """End a token, and the browser sessions that it opened, within seconds.

    \b
    Example:
      scaling-search tokens revoke laptop
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    with Store.open(service_database(database)) as store:
        ended = store.revoke_token(name)
    if json:
        print_json(view.token_document(ended))
    else:
        console().print(f"token {name} is revoked", markup=False)
