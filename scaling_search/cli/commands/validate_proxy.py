"""`scaling-search validate-proxy`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    AttemptsOption,
    CpusOption,
    DatabaseOption,
    DatasetOption,
    GpusOption,
    JsonOption,
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


def validate_proxy(
    space: SpaceArgument = "quickstart",
    dataset: DatasetOption = None,
    budgets: Annotated[
        str | None,
        typer.Option(
            "--budgets",
            metavar="N,N,…",
            help="Training images a trial, rising; the last is the one that the others stand for. "
            "By default a quarter of the recipe's, the recipe's, and ten times as many.",
        ),
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            "--rates",
            metavar="X,X,…",
            help="Learning rates, at least four, the recipe's own among them. By default a "
            "quarter, half, all and twice of it.",
        ),
    ] = None,
    all_rates: Annotated[
        bool,
        typer.Option(
            "--all-rates", help="Train the longest budget at every rate too, not the recipe's only."
        ),
    ] = False,
    baseline: OwnBaselineOption = None,
    seeds: SeedsOption = None,
    settings: SetOption = None,
    name: NameOption = None,
    skip_corrupt: SkipCorruptOption = False,
    strict: StrictOption = False,
    resume: Annotated[
        int | None,
        typer.Option(
            "--resume", metavar="N", help="Go on with validation N (`scaling-search validations`)."
        ),
    ] = None,
    workers: WorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RayOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Is the short budget valid? Train a sample at several budgets and learning rates.

    The sample is the corners, the centre and the middles of the edges of the triangle, as far as
    they have networks of the search's FLOPs, and the baseline. What is reported: whether the shared
    learning rate ranks them as each one's own best rate does; how well each budget agrees with the
    longest, beside what perfect agreement would look like through the noise; what choosing at it
    would lose at the longest; what it costs; and the cheapest budget that is good enough. A search
    of the same protocol hears of it: where the shared rate turns out to choose wrongly, it
    concludes nothing.

    Every budget and rate is a sweep of its own, stored as it trains: ctrl-C loses nothing,
    --resume goes on.

    \b
    Examples:
      scaling-search validate-proxy small-images --dataset ~/photos --seeds 3
      scaling-search validate-proxy small-images --budgets 6400,25600,256000 \\
        --rates 0.00125,0.0025,0.005,0.01
      scaling-search validate-proxy --resume 1

    Exit codes: 0 done (whatever it found), 1 failed, cancelled or incomplete (trials failed), 2
    wrong input, 130 ctrl-C or SIGTERM.
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from results.values.json import to_json
    from scaling_search.cli import validating
    from scaling_search.cli.inputs import data_of
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views.progress import Display
    from scaling_search.cli.views.validation import show_validation

    display = Display(quiet=quiet)
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    asked = validating.Asked(
        space=space,
        settings=tuple(settings or ()),
        dataset=dataset,
        budgets=budgets,
        rates=rates,
        all_rates=all_rates,
        seeds=seeds,
        name=name,
        skip_corrupt=skip_corrupt,
        baseline=baseline,
        strict=strict,
    )
    with stoppable(), Store.open(database) as store:
        spec = asked.read(database) if resume is None else asked.resumed(store, resume)
        with display.preparing() as progress:
            data = data_of(spec.sweep, progress)
        number = validating.begin(store, spec, data, resume, quiet=quiet)
        validating.train(store, number, spec, data, how, display, quiet=quiet)
        found = store.validation(number)
        if json:
            print_json(to_json(found))
        else:
            show_validation(console(), found)
        validating.check_whole(store, number)
