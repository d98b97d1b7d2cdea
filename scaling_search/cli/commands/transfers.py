"""`scaling-search transfers`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    DatabaseOption,
    ForceOption,
    JsonOption,
    ServerOption,
    ThemeOption,
)


def transfers(
    number: Annotated[
        int | None,
        typer.Argument(metavar="[TRANSFER]", help="Show this one; without it, list all."),
    ] = None,
    runs: Annotated[
        bool, typer.Option("--runs", help="Every run of it, with --json its curve too.")
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="Draw it to a file: .html, .json (Plotly's), .png, .svg or .pdf.",
        ),
    ] = None,
    theme: ThemeOption = "auto",
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List transfers, or show one: where does it pay to start from trained weights?

    `scaling-search transfer` makes them.

    \b
    Examples:
      scaling-search transfers
      scaling-search transfers 1 --json | jq '.cells[] | {weights, dataset, method, accuracy}'
      scaling-search transfers 1 -o transfer.html
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.values.json import to_json
    from scaling_search.cli import exports, pictures
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import open_records
    from scaling_search.cli.views.transfer import show_runs, show_transfer, show_transfers
    from search_spaces.errors import InputError

    if number is None and (runs or output is not None):
        option = "--runs" if runs else f"--output {output}"
        raise InputError(
            f"{option}: say of which transfer, for example `scaling-search transfers 1`"
        )
    if output is not None:
        pictures.check_theme(theme)
        target, chosen = pictures.target(output, f"transfer-{number}", force=force)
    with open_records(server, database) as records:
        rows = records.transfers() if number is None else [records.transfer(number)]
        trained = records.transfer_runs(rows[0].id) if runs else []
    if output is not None:
        from results.figures import transfer

        drawn = transfer(rows[0].cells, complete=rows[0].complete)
        exports.write(pictures.render(drawn, "transfer", chosen, theme), target)
        return
    if number is None:
        if json:
            print_json({"transfers": [to_json(row) for row in rows]})
        else:
            show_transfers(console(), rows)
    elif json:
        of_it = {"runs": [to_json(run) for run in trained]} if runs else {}
        print_json(to_json(rows[0]) | of_it)
    elif runs:
        show_runs(console(), trained)
    else:
        show_transfer(console(), rows[0])
