"""`scaling-search transfers`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options


def transfers(
    drawing: options.Drawing,
    results: options.Results,
    output: options.Output,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[TRANSFER]", help="Show this one; without it, list all."),
    ] = None,
    runs: Annotated[
        bool, typer.Option("--runs", help="Every run of it, with --json its curve too.")
    ] = False,
) -> None:
    """List transfers, or show one.

    It says where starting from trained weights pays. `scaling-search transfer` makes them.

    Examples:
      scaling-search transfers
      scaling-search transfers 1 --json | jq '.cells[] | {weights, dataset, method, accuracy}'
      scaling-search transfers 1 -o transfer.html
    """
    from results.values.json import to_json
    from scaling_search.cli.figures import FigureFile
    from scaling_search.cli.views.transfer import show_runs, show_transfer, show_transfers
    from search_spaces.errors import InputError

    if number is None and (runs or drawing.output is not None):
        option = "--runs" if runs else f"--output {drawing.output}"
        raise InputError(
            f"{option}: say of which transfer, for example `scaling-search transfers 1`"
        )
    file = None
    if drawing.output is not None:
        file = FigureFile.at(drawing.output, f"transfer-{number}", drawing)
    with results.connect() as records:
        rows = records.transfers() if number is None else [records.transfer(number)]
        trained = records.transfer_runs(rows[0].id) if runs else []
    documents = [to_json(row) for row in rows]
    if file is not None:
        from results.figures import transfer

        file.write(transfer(rows[0].cells, complete=rows[0].complete), "transfer")
    elif number is None:
        output.present({"transfers": documents}, lambda out: show_transfers(out, rows))
    elif runs:
        listed = {"runs": [to_json(run) for run in trained]}
        output.present(documents[0] | listed, lambda out: show_runs(out, trained))
    else:
        output.present(documents[0], lambda out: show_transfer(out, rows[0]))
