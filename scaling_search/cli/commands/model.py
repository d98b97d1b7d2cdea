"""`scaling-search model`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import (
    DatabaseOption,
    FamilyBaselineOption,
    ForceOption,
    JsonOption,
    MultipleOption,
    NetworkFormatOption,
    OutputOption,
    ServerOption,
)


def model(
    flops: Annotated[
        str,
        typer.Option("--flops", metavar="N", help="Multiply-adds of one image: 1.5G, 400M or 4e8."),
    ],
    resolution: Annotated[
        int | None,
        typer.Option(
            "--resolution",
            metavar="PX",
            help="Hold the input at this size and scale depth and width alone; by default "
            "resolution grows too.",
        ),
    ] = None,
    classes: Annotated[
        int | None, typer.Option("--classes", metavar="N", help="By default the baseline's own.")
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="SWEEP",
            help="Use the coefficients of this sweep's leader, or published; by default the best "
            "stored ones, else the published ones.",
            autocompletion=completion.sweeps,
        ),
    ] = None,
    coefficients: Annotated[
        str | None,
        typer.Option("--coefficients", metavar="α,β,γ", help="For example 1.2,1.1,1.15."),
    ] = None,
    baseline: FamilyBaselineOption = None,
    multiple: MultipleOption = 1,
    kind: NetworkFormatOption = None,
    output: OutputOption = None,
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Find the network for a FLOPs budget, and how to build it.

    The coefficients give the direction; φ is solved so that the FLOPs come nearest the budget.
    Budgets below the baseline's work too (φ < 0). The last line is the Python that builds it.

    \b
    Examples:
      scaling-search model --flops 1.5G --resolution 224 --classes 37
      scaling-search model --flops 200M --coefficients 1.2,1.1,1.15
      scaling-search model --flops 2G --resolution-multiple 2 --format transformers -o config.json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import coefficients as sources
    from scaling_search.cli import networks
    from scaling_search.cli.human import parse_flops
    from scaling_search.cli.inputs import checking
    from scaling_search.cli.output import console
    from scaling_search.cli.views.model import model_document, show_model
    from search_spaces.baselines.frame import Frame
    from search_spaces.exports import Named
    from search_spaces.families.budget import model_for_budget

    budget = parse_flops(flops)
    form = networks.chosen(kind, json=json, output=output)
    source = sources.choose(
        database, server, sweep=sweep, coefficients=coefficients, baseline=baseline
    )
    with checking(source.baseline, database) as own:
        rounding = own.rounding.model_copy(update={"resolution_multiple": multiple})
        frame = Frame.of(own, classes=classes, rounding=rounding)
        made = model_for_budget(frame, source.coefficients, budget, resolution_px=resolution)
    if form is None:
        show_model(console(), source, made)
    else:
        document = model_document(source, made)
        networks.write(form, [Named("model", made)], document, output, single=True, force=force)
