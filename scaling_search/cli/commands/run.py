"""`scaling-search run`."""

from __future__ import annotations

from scaling_search.cli import options


def run(
    images: options.Images,
    search: options.Search,
    execution: options.Execution,
    stored: options.Database,
    output: options.Progress,
    space: options.Space = "quickstart",
) -> None:
    """Search coefficients: plan, train, select, derive b0 to b7.

    Candidates are trained on a short budget: every one with every seed, or as `--strategy` decides.
    The leader is expected to have the highest validation accuracy at equal FLOPs (or at equal
    values of another quantity of the target). The verdict says whether the evidence suffices:
    `chosen` (it loses at most δ against the best, with stated confidence), `equivalent` (some
    rivals are as good) or `inconclusive` (and what would settle it). Everything is stored as it
    happens: ctrl-C loses nothing, `scaling-search resume` continues.

    Examples:
      scaling-search run
      scaling-search run small-images --dataset ~/photos --seeds 5
      scaling-search run small-images --strategy contenders --seeds 12
      scaling-search run my-space.yaml --images 50000 --workers 4 --json > sweep.json

    Exit codes: 0 done (whatever the verdict), 1 failed, cancelled, incomplete (trials failed) or
    all trials diverged, 2 wrong input, 130 ctrl-C or SIGTERM.
    """
    from scaling_search.cli import inputs, planning, training
    from scaling_search.cli.output import console
    from scaling_search.cli.views import plan as view

    display, database = output.display(), stored.database
    spec = inputs.read_sweep(space, search, images, database)
    how = training.execution(execution)
    with training.stoppable(), stored.open() as store:
        data = inputs.prepared(spec.data, display)
        made = planning.plan_of(spec, data, database, display)
        if not output.json:
            cost = planning.cost_of(spec, made, data, database, workers=how.workers)
            out = console()
            view.show_planned(out, spec, made, data, cost)
            view.show_forecast(out, planning.forecast(spec, made, data, database, cost), spec)
        training.train_plan(store, spec, made, data, how, output)
