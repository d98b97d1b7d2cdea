"""`scaling-search export`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import (
    CodeOption,
    DatabaseOption,
    ForceOption,
    MemberOption,
    ServerOption,
    SweepArgument,
)


def export(
    sweep: SweepArgument,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="json or yaml: the whole sweep; csv or parquet: its trials; transformers, keras, "
            "efficientnet_pytorch, pycls, torchvision, timm or python: its family. By default as "
            "the file's name ends, or json.",
            autocompletion=completion.sweep_formats,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="By default stdout. In a folder each member of a family gets a file.",
        ),
    ] = None,
    member: MemberOption = None,
    baseline: CodeOption = None,
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a sweep to a file: all of it, a table of its trials, or its family's networks.

    JSON and YAML hold spec, candidates, trials, outcome and family; CSV and Parquet have one row a
    trial, with its candidate's coefficients and complexity. The other formats are files of
    libraries that build the networks, b0 to b7 (`family` has more options for them).

    \b
    Examples:
      scaling-search export 3 -o sweep-3.json
      scaling-search export 3 --format csv > trials.csv
      scaling-search export 3 -o trials.parquet
      scaling-search export 3 --format torchvision --member b2 -o b2.py
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import exports, networks
    from scaling_search.cli.records import open_records
    from search_spaces.errors import InputError
    from search_spaces.exports import FORMATS, PLAIN

    chosen = exports.choose_format(kind, output)
    if chosen in FORMATS and chosen not in PLAIN:
        networks.write_family_of(sweep, chosen, member, output, server, database, force=force)
        return
    if member is not None:
        raise InputError(
            f"--member {member} is given and {chosen} holds the whole sweep: leave it out, or add "
            "for example --format transformers"
        )
    target = exports.place(output, f"sweep-{sweep}.{chosen}")
    if target is not None:
        exports.check_target(target, force=force)
    with open_records(server, database) as records:
        content = exports.render(records, sweep, chosen)
    exports.write(content, target)
