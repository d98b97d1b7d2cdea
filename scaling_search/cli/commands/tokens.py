"""`scaling-search tokens`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import expand

tokens = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the token, for people.")]


@tokens.callback()
@expand
def group() -> None:
    """Make, list and revoke tokens of the service.

    A token says who may use the service; on a loopback address none is needed. Only hashes of
    tokens are stored.

    Example:
      scaling-search tokens create laptop --scope submit
    """


@tokens.command()
@expand
def create(
    name: NameArgument,
    stored: options.Database,
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
    json: options.Json = False,
) -> None:
    """Make a token and print it this once.

    Example:
      scaling-search tokens create laptop --scope submit --days 90
    """
    from results.store import Store
    from scaling_search.cli.output import print_json, remark
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    wanted = view.parse_scope(scope)
    seconds = None if days is None else view.seconds(days)
    with Store.open(service_database(stored.database)) as store:
        made = store.create_token(name, wanted, ttl_seconds=seconds)
    if json:
        print_json(view.token_document(made.token) | {"token": made.secret})
        return
    remark(f"{view.describe(made.token)}; it is shown this once:")
    typer.echo(made.secret)


@tokens.command(name="list")
@expand
def listing(stored: options.Database, json: options.Json = False) -> None:
    """List tokens, expired and revoked ones too.

    Example:
      scaling-search tokens list
    """
    from results.store import Store
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    with Store.open(service_database(stored.database)) as store:
        found = store.tokens()
    if json:
        print_json({"tokens": [view.token_document(token) for token in found]})
    else:
        view.show_tokens(console(), found)


@tokens.command()
@expand
def revoke(name: NameArgument, stored: options.Database, json: options.Json = False) -> None:
    """Revoke a token and the browser sessions that it opened.

    It takes effect within seconds.

    Example:
      scaling-search tokens revoke laptop
    """
    from results.store import Store
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import tokens as view

    with Store.open(service_database(stored.database)) as store:
        ended = store.revoke_token(name)
    if json:
        print_json(view.token_document(ended))
    else:
        console().print(f"token {name} is revoked", markup=False)
