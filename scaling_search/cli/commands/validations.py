"""`scaling-search validations`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options


def validations(
    figure: options.Figure,
    results: options.Results,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[VALIDATION]", help="Show this one; without it, list all."),
    ] = None,
    output: options.FigureTarget = None,
    json: options.Json = False,
) -> None:
    """List validations of the short budget, or show one.

    `scaling-search validate-proxy` makes them. Their trials are those of ordinary sweeps, which
    `show` shows too.

    Examples:
      scaling-search validations
      scaling-search validations 1 --json | jq .recommended
      scaling-search validations 1 -o rates.html
    """
    from results.values.json import to_json
    from scaling_search.cli.figures import FigureFile
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.validation import show_validation, show_validations
    from search_spaces.errors import InputError

    if output is not None and number is None:
        raise InputError(
            f"--output {output}: say which validation to draw, for example "
            "`scaling-search validations 1 -o rates.html`"
        )
    file = None if output is None else FigureFile.at(output, f"validation-{number}", figure)
    with results.connect() as records:
        rows = records.validations() if number is None else [records.validation(number)]
    if file is not None:
        from results.figures import validation

        file.write(validation(rows[0].report), "validation")
    elif json:
        documents = [to_json(row) for row in rows]
        print_json({"validations": documents} if number is None else documents[0])
    elif number is None:
        show_validations(console(), rows)
    else:
        show_validation(console(), rows[0])
