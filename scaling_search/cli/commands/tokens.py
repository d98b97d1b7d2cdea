"""`scaling-search tokens`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import argument, expand, option, option_group

tokens = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@tokens.callback()
@expand
def group() -> None:
    """Make, list and revoke tokens of the service.

    A token says who may use the service; on a loopback address none is needed. Only hashes of
    tokens are stored.

    Example:
      scaling-search tokens create laptop --scope submit
    """


@option_group()
class TokenOptions:
    """A new token."""

    name: str = argument("NAME", "Name of the token, for people.")
    scope: str = option(
        "--scope",
        "SCOPE",
        "read: every GET; submit: also plan, submit, cancel and resume; admin: also delete.",
        default="read",
        complete=completion.scopes,
    )
    days: float | None = option("--days", "N", "Days until it expires; by default it does not.")


@tokens.command()
@expand
def create(token: TokenOptions, stored: options.Database, output: options.Output) -> None:
    """Make a token and print it this once.

    Example:
      scaling-search tokens create laptop --scope submit --days 90
    """
    from scaling_search.cli.output import print_json, remark
    from scaling_search.cli.service import service_store
    from scaling_search.cli.views import tokens as view

    wanted = view.parse_scope(token.scope)
    seconds = None if token.days is None else view.seconds(token.days)
    with service_store(stored.database) as store:
        made = store.create_token(token.name, wanted, ttl_seconds=seconds)
    if output.json:
        print_json(view.token_document(made.token) | {"token": made.secret})
        return
    remark(f"{view.describe(made.token)}; it is shown this once:")
    typer.echo(made.secret)


@tokens.command(name="list")
@expand
def listing(stored: options.Database, output: options.Output) -> None:
    """List tokens, expired and revoked ones too.

    Example:
      scaling-search tokens list
    """
    from scaling_search.cli.service import service_store
    from scaling_search.cli.views import tokens as view

    with service_store(stored.database) as store:
        found = store.tokens()
    output.present(
        {"tokens": [view.token_document(token) for token in found]},
        lambda out: view.show_tokens(out, found),
    )


@tokens.command()
@expand
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the token, for people.")],
    stored: options.Database,
    output: options.Output,
) -> None:
    """Revoke a token and the browser sessions that it opened.

    It takes effect within seconds.

    Example:
      scaling-search tokens revoke laptop
    """
    from scaling_search.cli.service import service_store
    from scaling_search.cli.views import tokens as view

    with service_store(stored.database) as store:
        ended = store.revoke_token(name)
    output.present_line(view.token_document(ended), f"token {name} is revoked")
