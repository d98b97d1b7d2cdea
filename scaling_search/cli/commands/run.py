"""`scaling-search run`."""

from __future__ import annotations

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
    StrategyOption,
    StrictOption,
    WorkersOption,
)


def run(
    space: SpaceArgument = "quickstart",
    dataset: DatasetOption = None,
    baseline: OwnBaselineOption = None,
    seeds: SeedsOption = None,
    images: ImagesOption = None,
    strategy: StrategyOption = None,
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
    """Search for coefficients: plan, train, select, derive b0 to b7.

    Candidates are trained on a short budget: every one with every seed, or what `--strategy`
    decides on. The leader is expected to have the highest validation accuracy at matched FLOPs (or
    what else the target is about); the verdict says whether the evidence is enough: `chosen` (it
    loses at most δ against the best, with stated confidence), `equivalent` (some rivals are as
    good) or `inconclusive` (and what would settle it). Everything is stored as it happens: ctrl-C
    loses nothing, `scaling-search resume` goes on.

    \b
    Examples:
      scaling-search run
      scaling-search run small-images --dataset ~/photos --seeds 5
      scaling-search run small-images --strategy contenders --seeds 12
      scaling-search run my-space.yaml --images 50000 --workers 4 --json > sweep.json

    Exit codes: 0 done (whatever the verdict), 1 failed, cancelled, incomplete (trials failed) or
    all trials diverged, 2 wrong input, 130 ctrl-C or SIGTERM.
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.output import console
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views import plan as view
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps import create_sweep

    display = Display(quiet=quiet)
    spec = inputs.read_sweep(
        space,
        settings or (),
        dataset=dataset,
        images=images,
        seeds=seeds,
        strategy=strategy,
        name=name,
        skip_corrupt=skip_corrupt,
        strict=strict,
        baseline=baseline,
        keep_checkpoints=keep_checkpoints,
        database=database,
    )
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with stoppable(), Store.open(database) as store:
        with display.preparing() as progress:
            data = inputs.data_of(spec, progress)
        with display.planning() as tell:
            made = inputs.plan_of(spec, data, database, tell)
        if not json:
            out = console()
            view.show_counts(out, made)
            view.show_data(out, data)
            view.show_candidates(out, made)
            view.show_warnings(out, made.warnings)
            cost = inputs.cost_of(spec, made, data, how.workers, inputs.known_rate(database))
            view.show_cost(out, cost, spec, made)
            view.show_forecast(out, inputs.foretold(database, spec, made, data, cost), spec)
        with display.measuring() as counted:
            sweep_id = create_sweep(store, spec, data, made, counted)
        training.say(f"sweep {sweep_id} in {store.location}", quiet)
        training.train(store, sweep_id, data, how, display)
        report(store, sweep_id, json)
