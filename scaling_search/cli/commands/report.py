"""`scaling-search report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli.options import (
    DatabaseOption,
    ForceOption,
    ServerOption,
    SweepArgument,
    ThemeOption,
)


def report(
    sweep: SweepArgument,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE|FOLDER", help="By default sweep-N.html in this folder."
        ),
    ] = None,
    theme: ThemeOption = "auto",
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write a sweep as one HTML file: verdict, all figures, tables, provenance.

    The file needs no network and no server: it holds its figures and what draws them, about 5 MB.

    \b
    Examples:
      scaling-search report 3
      scaling-search report 3 -o report.html --force
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import exports, pictures
    from scaling_search.cli.output import remark
    from scaling_search.cli.records import open_records

    pictures.check_theme(theme)
    name = f"sweep-{sweep}.html"
    target = Path(name) if output is None else exports.place(output, name)
    if target is not None:
        exports.check_target(target, force=force)
    with open_records(server, database) as records:
        from results.reports import report_page
        from results.views import SweepView

        page = report_page(SweepView(records, sweep), theme=theme)  # type: ignore[arg-type]
    exports.write(page.encode(), target)
    if target is not None:
        remark(f"written to {target}")
