"""`scaling-search compare`."""

from __future__ import annotations

from typing import Annotated

from scaling_search.cli import options
from scaling_search.cli.parameters import Without, flag, option, option_group


@option_group()
class ComparisonOptions:
    """The ways of scaling that are compared."""

    methods: tuple[str, ...] = option(
        "--method",
        "METHOD",
        "depth, width, resolution, compound (the published coefficients), fast (shares d.1 w.8 "
        "r.1), NAME=α,β,γ or NAME=d.2w.5r.3; repeatable. By default the first four.",
        default=(),
    )
    phis: str | None = option(
        "--phis",
        "φ,φ,…",
        "φ aims at 2^φ × the baseline's FLOPs (2: the space's flops_ratio); negative ones at "
        "smaller networks. By default 1,2.",
    )
    dry_run: bool = flag("--plan", "Show the networks and their cost; train nothing.")


def compare(
    comparison: ComparisonOptions,
    images: options.Images,
    search: Annotated[options.Search, Without("strategy")],
    execution: options.Execution,
    stored: options.Database,
    output: options.Progress,
    space: options.Space = "small-images",
) -> None:
    """Compare ways of scaling at equal FLOPs.

    Every method (one dimension alone, or several together) gives for every φ the network nearest
    2^φ × the baseline's measured FLOPs. Each is trained with every seed on the same images. Where
    rounding leaves a difference in FLOPs, it is stated, and the gains are corrected by the
    logarithm of FLOPs. This is figure 3 and 8 of the EfficientNet paper on your own images;
    `scaling-search plot methods SWEEP` draws it.

    SPACE gives the baseline, its form, and the budget per trial; its search is replaced. A
    comparison is a sweep: it is stored as it goes, `show` shows it, `resume` continues it, and with
    --keep-checkpoints all `cam` shows where its networks look.

    Examples:
      scaling-search compare --dataset ~/photos --phis 1,2,3
      scaling-search compare --dataset ~/photos --method depth --method ours=1.3,1.1,1.1
      scaling-search compare my-space.yaml --phis=-2,-1,1 --plan
    """
    from scaling_search.cli import inputs, planning, training
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.parsing import parse_comparison
    from scaling_search.cli.views import plan as view
    from scaling_search.cli.views.progress import Display

    display = Display(quiet=output.quiet or (output.json and comparison.dry_run))
    database = stored.database
    compared = parse_comparison(comparison.methods, comparison.phis)
    spec = inputs.read_sweep(space, search, images, database, compare=compared)
    how = training.execution(execution)
    data = inputs.prepared(spec.data, display)
    made = planning.plan_of(spec, data, database, display)
    cost = planning.cost_of(spec, made, data, database, workers=how.workers)
    if not output.json:
        view.show_planned(console(), spec, made, data, cost)
    elif comparison.dry_run:
        notes = planning.upsampled(made, data)
        print_json(view.plan_document(made, spec, cost, data, notes, None))
    if comparison.dry_run:
        return
    with training.stoppable(), stored.open() as store:
        training.train_plan(store, spec, made, data, how, output)
