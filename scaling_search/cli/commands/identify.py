"""`scaling-search identify`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    AttemptsOption,
    CodeOption,
    CpusOption,
    DatabaseOption,
    GpusOption,
    JsonOption,
    QuietOption,
    RayOption,
    SeedsOption,
    SweepArgument,
    WorkersOption,
)


def identify(
    sweep: SweepArgument,
    networks: Annotated[
        int,
        typer.Option("--networks", metavar="N", help="Train at most so many of them, spread out."),
    ] = 6,
    seeds: SeedsOption = None,
    baseline: CodeOption = None,
    workers: WorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RayOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell apart the coefficients that a sweep's leader stands for, at φ = 2.

    The leader of a sweep is a class of coefficients: triples that round to one network at φ = 1,
    and part later. This trains the distinct networks that they are at φ = 2 (each along its own
    direction, at equal FLOPs) by the recipe of the sweep, in a sweep of its own. Networks that turn
    out worse rule out their triples; `show` and `best` of the first sweep then give the narrowed
    intervals, and what their ends would mean at b7. `resume` goes on with one that was stopped.

    \b
    Examples:
      scaling-search identify 3
      scaling-search identify 3 --networks 4 --seeds 5
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps.identification import create_identification, question
    from search_spaces.human import plural

    display = Display(quiet=quiet)
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with stoppable(), Store.open(database) as store:
        asked = question(store, sweep, networks=networks, seeds=seeds)
        with display.preparing() as progress:
            data = inputs.data_of(asked.spec, progress)
        with display.measuring() as counted:
            number = create_identification(store, asked, data, counted)
        training.say(
            f"sweep {number} in {store.location}: {len(asked.chosen)} of "
            f"{plural(len(asked.groups), 'network')} at φ = 2",
            quiet,
        )
        training.train(store, number, data, how, display)
        report(store, number, json)
