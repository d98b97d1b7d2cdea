"""`scaling-search plot`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import FigureOptions, ResultsOptions


def plot(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="Figure; see above.", autocompletion=completion.figures
        ),
    ],
    sweeps: Annotated[
        list[int],
        typer.Argument(
            metavar="SWEEP...",
            help="Number of the sweep (`scaling-search sweeps`); several for `compare`.",
            autocompletion=completion.sweeps,
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="File that ends in .html (interactive, self-contained), .json (Plotly's), .png, "
            ".svg or .pdf (these need the extra `images`, and Chrome or Chromium).",
        ),
    ],
    figure: FigureOptions,
    results: ResultsOptions,
) -> None:
    """Draw a figure of a sweep to a file.

      triangle              accuracy over how a doubling of FLOPs is spent
      accuracy              accuracy against FLOPs, with the Pareto front
      accuracy-params       … against parameters
      accuracy-activations  … against activations
      accuracy-seconds      … against training time
      accuracy-latency      … against latency (`scaling-search latency` measures it)
      methods               depth, width and resolution alone, and compounds
      ratios                nominal and measured FLOPs: what rounding does
      parallel              coefficients, costs and accuracy side by side
      curves, losses        learning curves
      family                b0 to b7 beside the published family
      timeline              what the workers did when
      compare               several sweeps of one protocol

    Examples:
      scaling-search plot triangle 3 -o triangle.html
      scaling-search plot accuracy 3 -o accuracy.png --theme dark
      scaling-search plot compare 3 4 -o both.html
    """
    from scaling_search.cli import figures

    file = figures.FigureFile.at(output, "-".join([kind, *map(str, sweeps)]), figure)
    with results.connect() as records:
        drawn = figures.draw(records, kind, sweeps)
    file.write(drawn, kind)
