"""`scaling-search validations`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options


def validations(
    drawing: options.Drawing,
    results: options.Results,
    output: options.Output,
    number: Annotated[
        int | None,
        typer.Argument(metavar="[VALIDATION]", help="Show this one; without it, list all."),
    ] = None,
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
    from scaling_search.cli.views.validation import show_validation, show_validations
    from search_spaces.errors import InputError

    if drawing.output is not None and number is None:
        raise InputError(
            f"--output {drawing.output}: say which validation to draw, for example "
            "`scaling-search validations 1 -o rates.html`"
        )
    file = None
    if drawing.output is not None:
        file = FigureFile.at(drawing.output, f"validation-{number}", drawing)
    with results.connect() as records:
        rows = records.validations() if number is None else [records.validation(number)]
    documents = [to_json(row) for row in rows]
    if file is not None:
        from results.figures import validation

        file.write(validation(rows[0].report), "validation")
    elif number is None:
        output.present({"validations": documents}, lambda out: show_validations(out, rows))
    else:
        output.present(documents[0], lambda out: show_validation(out, rows[0]))
