"""`scaling-search validations`."""

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


def validations(
    number: Annotated[
        int | None,
        typer.Argument(metavar="[VALIDATION]", help="Show this one; without it, list all."),
    ] = None,
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
    """List validations of proxies, or show one: is the short budget valid?

    `scaling-search validate-proxy` makes them. Their trials are those of ordinary sweeps, which
    `show` shows too.

    \b
    Examples:
      scaling-search validations
      scaling-search validations 1 --json | jq .recommended
      scaling-search validations 1 -o rates.html
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.values.json import to_json
    from scaling_search.cli import exports, pictures
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import open_records
    from scaling_search.cli.views.validation import show_validation, show_validations
    from search_spaces.errors import InputError

    if output is not None:
        if number is None:
            raise InputError(
                f"--output {output}: say which validation to draw, for example "
                "`scaling-search validations 1 -o rates.html`"
            )
        pictures.check_theme(theme)
        target, chosen = pictures.target(output, f"validation-{number}", force=force)
    with open_records(server, database) as records:
        rows = records.validations() if number is None else [records.validation(number)]
    if output is not None:
        from results.figures import validation

        drawn = validation(rows[0].report)
        exports.write(pictures.render(drawn, "validation", chosen, theme), target)
        return
    if number is None:
        if json:
            print_json({"validations": [to_json(row) for row in rows]})
        else:
            show_validations(console(), rows)
    elif json:
        print_json(to_json(rows[0]))
    else:
        show_validation(console(), rows[0])
