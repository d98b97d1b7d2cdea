"""`scaling-search export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli.options import DatabaseOption, ForceOption, ServerOption, SweepArgument


def export(
    sweep: SweepArgument,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="json or yaml: the whole sweep; csv or parquet: its trials. By default as the "
            "file's name ends, or json.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="By default stdout."),
    ] = None,
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a sweep to a file: all of it, or a table of its trials.

    JSON and YAML hold spec, candidates, trials, outcome and family; CSV and Parquet have one row a
    trial, with its candidate's coefficients and complexity.

    \b
    Examples:
      scaling-search export 3 -o sweep-3.json
      scaling-search export 3 --format csv > trials.csv
      scaling-search export 3 -o trials.parquet
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import exports
    from scaling_search.cli.records import open_records

    target = None if output is None or str(output) == "-" else output
    chosen = exports.choose_format(kind, target)
    if target is not None:
        exports.check_target(target, force=force)
    with open_records(server, database) as records:
        content = exports.render(records, sweep, chosen)
    exports.write(content, target)
