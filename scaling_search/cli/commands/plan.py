"""`scaling-search plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import Without, argument, flag, option_group

if TYPE_CHECKING:
    from rich.console import Console

    from scaling_search.data import PreparedDataset
    from search_spaces.planning import Plan


@option_group()
class PlanOptions:
    """The space, and what is shown of its plan."""

    space: str = argument(
        "SPACE",
        "A preset (quickstart, small-images, paper) or a YAML file.",
        complete=completion.presets,
    )
    measure: bool = flag(
        "--measure", "Confirm FLOPs and parameters with fvcore (once per network, ever)."
    )
    everything: bool = flag("--all", "List every candidate.")


def plan(
    wanted: PlanOptions,
    images: Annotated[options.Images, Without("skip_corrupt")],
    search: Annotated[options.Search, Without("name", "keep_checkpoints")],
    stored: options.Database,
    output: options.Output,
) -> None:
    """Show what a search would train, and its cost.

    Nothing is trained. A search space says which compound coefficients to try: α multiplies a
    network's depth, β its width, γ its input resolution, and FLOPs grow by about α·β²·γ². Depth is
    rounded to whole blocks, width to multiples of 8 channels, resolution to pixels, so that many
    triples give the same network. The plan merges those, counts their FLOPs, and keeps those near
    the target. The unscaled baseline and the published coefficients (1.2, 1.1, 1.15) are added as
    references.

    The cost is that of `run`; a strategy other than `grid` trains at most that much. Without
    --dataset, classes and channels are those of the images that the file names, or the baseline's
    own.

    Examples:
      scaling-search plan quickstart
      scaling-search plan small-images --dataset ~/photos --set space.target.tolerance=0.05
      scaling-search plan small-images --strategy contenders --seeds 12
      scaling-search plan my-space.yaml --json
    """
    from scaling_search.cli import inputs, planning
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import plan as view
    from scaling_search.cli.views.progress import Display

    display, database = Display(quiet=output.json), stored.database
    spec = inputs.read_sweep(wanted.space, search, images, database)
    named = "data" in spec.model_fields_set
    data = inputs.prepared(spec.data, display) if named else None
    made = planning.plan_of(spec, data, database, display)
    spec.check_plan(len(made.candidates), sum(one.eligible for one in made.candidates))
    cost = planning.cost_of(spec, made, data, database, workers=planning.default_workers(1, 0))
    forecast = planning.forecast(spec, made, data, database, cost) if data else None
    measured = None
    if wanted.measure:
        from scaling_search.sweeps import confirm

        with stored.open() as store, display.measuring() as counted:
            measured = confirm(store, [(c.spec, c.complexity) for c in made.candidates], counted)
    notes = planning.upsampled(made, data) if data else {}
    if output.json:
        print_json(view.plan_document(made, spec, cost, data, notes, measured, forecast))
        return
    out = console()
    _show_networks(out, made, data, everything=wanted.everything)
    if measured is not None:
        out.print("FLOPs and parameters confirmed by fvcore", markup=False)
    view.show_warnings(out, made.warnings)
    if data:
        caution = view.upsampling(notes, len(made.candidates), data.detail_px)
        view.show_notes(out, [*data.notes, *([caution] if caution else [])])
    view.show_cost(out, cost, spec, made)
    view.show_forecast(out, forecast, spec)


def _show_networks(
    out: Console, made: Plan, data: PreparedDataset | None, *, everything: bool
) -> None:
    from scaling_search.cli.views import plan as view

    view.show_counts(out, made)
    if data:
        view.show_data(out, data)
    view.show_triangle(out, made)
    view.show_candidates(out, made, everything=everything)
