"""`scaling-search report`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options


def report(
    sweep: options.SweepNumber,
    figures: options.Figure,
    results: options.Results,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE|FOLDER", help="By default sweep-N.html in this folder."
        ),
    ] = None,
) -> None:
    """Write a report: verdict, figures, tables, provenance.

    It is one HTML file that needs neither network nor server: it holds its figures and the program
    that draws them, about 5 MB.

    Examples:
      scaling-search report 3
      scaling-search report 3 -o report.html --force
    """
    from scaling_search.cli import exports
    from scaling_search.cli.figures import check_theme
    from scaling_search.cli.output import remark

    check_theme(figures.theme)
    name = f"sweep-{sweep}.html"
    target = exports.place(name if output is None else output, name, force=figures.force)
    with results.connect() as records:
        from results.reports import report_page
        from results.views import SweepView

        page = report_page(SweepView(records, sweep), theme=figures.theme)  # type: ignore[arg-type]
    exports.write(page.encode(), target)
    if target is not None:
        remark(f"written to {target}")
