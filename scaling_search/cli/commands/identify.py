"""`scaling-search identify`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    DatabaseOptions,
    ExecutionOptions,
    Json,
    Quiet,
    SweepNumber,
    UserClasses,
)


def identify(
    sweep: SweepNumber,
    execution: ExecutionOptions,
    stored: DatabaseOptions,
    networks: Annotated[
        int,
        typer.Option("--networks", metavar="N", help="Train at most this many, spread out."),
    ] = 6,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", help="Trials per candidate, seeds 0 to N − 1."),
    ] = None,
    baseline: UserClasses = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Narrow the leader's coefficients by training at φ = 2.

    The leader of a sweep is a class of coefficients: triples that round to one network at φ = 1,
    and to different ones later. This trains the distinct networks at φ = 2 (each along its own
    direction, at equal FLOPs) by the recipe of the sweep, in a sweep of its own. Networks that are
    worse exclude their triples; `show` and `best` of the first sweep then give the narrowed
    intervals, and the networks of their ends at b7. `resume` continues one that was stopped.

    Examples:
      scaling-search identify 3
      scaling-search identify 3 --networks 4 --seeds 5
    """
    from scaling_search.cli import training
    from scaling_search.cli.views.progress import Display
    from scaling_search.data.prepare import prepare
    from scaling_search.sweeps.identification import create_identification, question
    from search_spaces.human import plural

    display, how = Display(quiet=quiet), training.execution(execution)
    with training.stoppable(), stored.open() as store:
        asked = question(store, sweep, networks=networks, seeds=seeds)
        with display.preparing() as progress:
            data = prepare(asked.spec.data, progress=progress)
        with display.measuring() as counted:
            number = create_identification(store, asked, data, counted)
        display.note(
            f"sweep {number} in {store.location}: {len(asked.chosen)} of "
            f"{plural(len(asked.groups), 'network')} at φ = 2"
        )
        training.train(store, number, data, how, display, json=json)
