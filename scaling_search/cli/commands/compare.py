"""`scaling-search compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    AttemptsOption,
    CpusOption,
    DatabaseOption,
    DatasetOption,
    GpusOption,
    ImagesOption,
    JsonOption,
    KeepOption,
    NameOption,
    OwnBaselineOption,
    QuietOption,
    RayOption,
    SeedsOption,
    SetOption,
    SkipCorruptOption,
    SpaceArgument,
    StrictOption,
    WorkersOption,
)


def compare(
    space: SpaceArgument = "small-images",
    methods: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            metavar="METHOD",
            help="depth, width, resolution, compound (the published coefficients), fast (shares "
            "d.1 w.8 r.1), NAME=α,β,γ or NAME=d.2w.5r.3; repeatable. By default the first four.",
        ),
    ] = None,
    phis: Annotated[
        str | None,
        typer.Option(
            "--phis",
            metavar="φ,φ,…",
            help="φ aims at 2^φ × the baseline's FLOPs (2: the space's flops_ratio); negative "
            "ones at smaller networks. By default 1,2.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--plan", help="Show the networks and what they cost; train nothing.")
    ] = False,
    dataset: DatasetOption = None,
    baseline: OwnBaselineOption = None,
    seeds: SeedsOption = None,
    images: ImagesOption = None,
    settings: SetOption = None,
    name: NameOption = None,
    skip_corrupt: SkipCorruptOption = False,
    strict: StrictOption = False,
    keep_checkpoints: KeepOption = None,
    workers: WorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RayOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Compare ways of scaling at equal FLOPs: one dimension alone, or several together.

    Every method is taken to the network nearest 2^φ × the baseline's measured FLOPs, for every φ,
    and trained with every seed on the same images. What FLOPs still differ by rounding is stated,
    and taken off the gains by the logarithm of FLOPs. This is figure 3 and 8 of the EfficientNet
    paper on your own images; `scaling-search plot methods SWEEP` draws it.

    SPACE gives the baseline, its form, and the budget of each trial; where it looks is replaced. A
    comparison is a sweep: it is stored as it goes, `show` shows it, `resume` goes on with it, and
    with --keep-checkpoints all `cam` shows where its networks look.

    \b
    Examples:
      scaling-search compare --dataset ~/photos --phis 1,2,3
      scaling-search compare --dataset ~/photos --method depth --method ours=1.3,1.1,1.1
      scaling-search compare my-space.yaml --phis=-2,-1,1 --plan
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.methods import comparison_changes
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views import plan as view
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps import create_sweep

    display = Display(quiet=quiet or (json and dry_run))
    spec = inputs.read_sweep(
        space,
        settings or (),
        dataset=dataset,
        images=images,
        seeds=seeds,
        name=name,
        skip_corrupt=skip_corrupt,
        strict=strict,
        baseline=baseline,
        keep_checkpoints=keep_checkpoints,
        compare=comparison_changes(methods, phis),
        database=database,
    )
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with display.preparing() as progress:
        data = inputs.data_of(spec, progress)
    with display.planning() as tell:
        made = inputs.plan_of(spec, data, database, tell)
    cost = inputs.cost_of(spec, made, data, how.workers, inputs.known_rate(database))
    if json and dry_run:
        notes = inputs.upsampled(made, data)
        print_json(view.plan_document(made, spec, cost, data, notes, None))
    if not json:
        out = console()
        view.show_counts(out, made)
        view.show_data(out, data)
        view.show_candidates(out, made)
        view.show_warnings(out, made.warnings)
        view.show_cost(out, cost, spec, made)
    if dry_run:
        return
    with stoppable(), Store.open(database) as store:
        with display.measuring() as counted:
            sweep_id = create_sweep(store, spec, data, made, counted)
        training.say(f"sweep {sweep_id} in {store.location}", quiet)
        training.train(store, sweep_id, data, how, display)
        report(store, sweep_id, json)
