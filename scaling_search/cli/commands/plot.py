"""`scaling-search plot`."""

from __future__ import annotations

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import argument, option, option_group


@option_group(options.OUTPUT)
class PlotOptions(options.Figure):
    """The figure, its sweeps and its file."""

    kind: str = argument("KIND", "Figure; see above.", complete=completion.figures)
    sweeps: tuple[int, ...] = argument(
        "SWEEP...",
        "Number of the sweep (`scaling-search sweeps`); several for `compare`.",
        complete=completion.sweeps,
    )
    output: str = option(
        "--output",
        "FILE|FOLDER",
        "File that ends in .html (interactive, self-contained), .json (Plotly's), .png, .svg or "
        ".pdf (these need the extra `images`, and Chrome or Chromium).",
        default=...,
        short="-o",
    )


def plot(figure: PlotOptions, results: options.Results) -> None:
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

    name = "-".join([figure.kind, *map(str, figure.sweeps)])
    file = figures.FigureFile.at(figure.output, name, figure)
    with results.connect() as records:
        drawn = figures.draw(records, figure.kind, figure.sweeps)
    file.write(drawn, figure.kind)
