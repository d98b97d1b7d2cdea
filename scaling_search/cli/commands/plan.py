"""`scaling-search plan`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import (
    DatabaseOption,
    DatasetOption,
    ImagesOption,
    JsonOption,
    OwnBaselineOption,
    SeedsOption,
    SetOption,
    StrategyOption,
    StrictOption,
)


def plan(
    space: Annotated[
        str,
        typer.Argument(
            metavar="SPACE",
            help="A preset (quickstart, small-images, paper) or a YAML file.",
            autocompletion=completion.presets,
        ),
    ],
    dataset: DatasetOption = None,
    baseline: OwnBaselineOption = None,
    seeds: SeedsOption = None,
    images: ImagesOption = None,
    strategy: StrategyOption = None,
    settings: SetOption = None,
    strict: StrictOption = False,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure", help="Confirm FLOPs and parameters with fvcore (once per network, ever)."
        ),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List every candidate.")] = False,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a search would train, without training anything.

    A search space says which compound coefficients to try: α multiplies a network's depth, β its
    width, γ its input resolution, and FLOPs grow by about α·β²·γ². Depth is rounded to whole
    blocks, width to multiples of 8 channels, resolution to pixels, so that many triples are one
    and the same network. The plan merges those, counts their FLOPs, and keeps those near the
    target, with the unscaled baseline and the published coefficients (1.2, 1.1, 1.15) beside them
    as references.

    Training is costed as `run` would do it: a strategy other than `grid` trains at most what is
    said. Without --dataset the classes and channels are those of the images that the file names, or
    the baseline's own.

    \b
    Examples:
      scaling-search plan quickstart
      scaling-search plan small-images --dataset ~/photos --set space.target.tolerance=0.05
      scaling-search plan small-images --strategy contenders --seeds 12
      scaling-search plan my-space.yaml --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import inputs
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import plan as view
    from scaling_search.cli.views.progress import Display

    display = Display(quiet=json)
    spec = inputs.read_sweep(
        space,
        settings or (),
        dataset=dataset,
        images=images,
        seeds=seeds,
        strategy=strategy,
        strict=strict,
        baseline=baseline,
        database=database,
    )
    data = None
    if "data" in spec.model_fields_set:
        with display.preparing() as progress:
            data = inputs.data_of(spec, progress)
    with display.planning() as tell:
        made = inputs.plan_of(spec, data, database, tell)
    spec.check_plan(len(made.candidates), sum(one.eligible for one in made.candidates))
    cost = inputs.cost_of(
        spec, made, data, inputs.default_workers(1, 0), inputs.known_rate(database)
    )
    told = inputs.foretold(database, spec, made, data, cost) if data else None
    measured = None
    if measure:
        from results.store import Store
        from scaling_search.sweeps import confirm

        with Store.open(database) as store, display.measuring() as counted:
            measured = confirm(store, [(c.spec, c.complexity) for c in made.candidates], counted)
    notes = inputs.upsampled(made, data) if data else {}
    if json:
        print_json(view.plan_document(made, spec, cost, data, notes, measured, told))
        return
    out = console()
    view.show_counts(out, made)
    if data:
        view.show_data(out, data)
    view.show_triangle(out, made)
    view.show_candidates(out, made, everything=everything)
    if measured is not None:
        out.print("FLOPs and parameters confirmed by fvcore", markup=False)
    view.show_warnings(out, made.warnings)
    if data:
        caution = view.upsampling(notes, len(made.candidates), data.detail_px)
        view.show_notes(out, [*data.notes, *([caution] if caution else [])])
    view.show_cost(out, cost, spec, made)
    view.show_forecast(out, told, spec)
