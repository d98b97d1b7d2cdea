"""`scaling-search extend`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    ServerOption,
    StrategyOption,
    SweepArgument,
    WorkersOption,
)

if TYPE_CHECKING:
    from search_spaces.specs.extension import Extension


def extend(
    sweep: SweepArgument,
    seeds: Annotated[
        int | None, typer.Option("--seeds", metavar="N", help="So many seeds in all.")
    ] = None,
    divisions: Annotated[
        int | None,
        typer.Option(
            "--divisions", metavar="N", help="Search these divisions of the triangle besides."
        ),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option(
            "--images", metavar="N", help="A longer budget of every trial: makes a new sweep."
        ),
    ] = None,
    strategy: StrategyOption = None,
    confirmation_seeds: Annotated[
        int | None,
        typer.Option(
            "--confirmation-seeds", metavar="N", help="Fresh seeds of the leader, in all."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Anything else of the extension; repeatable. For example strategy.pilot_seeds=3 "
            "or lattice.directions=[[0,0.5,0.5]].",
        ),
    ] = None,
    baseline: CodeOption = None,
    workers: WorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RayOption = None,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Go on with a finished sweep: more seeds, a finer search, another strategy, a longer budget.

    What is compared must have been trained alike. More seeds, further candidates and another
    strategy leave the protocol as it is: they are added to the sweep, and all its trials count on.
    The budget is part of the protocol: a longer one makes a new sweep over the same plan, in which
    no trial of the shorter one counts, and the two are never compared.

    With --server the extended sweep waits in the service's queue.

    \b
    Examples:
      scaling-search extend 3 --seeds 6
      scaling-search extend 3 --strategy contenders --seeds 20
      scaling-search extend 3 --divisions 8
      scaling-search extend 3 --images 100000
    """  # noqa: D301 - \b keeps the lines of the examples apart
    extension = _extension(seeds, divisions, images, strategy, confirmation_seeds, settings or [])
    if server:
        _submit(server, sweep, extension, json)
        return
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps.extending import extend_sweep

    display = Display(quiet=quiet)
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with stoppable(), Store.open(database) as store:
        spec = inputs.stored_spec(store.sweep(sweep))
        with display.preparing() as progress:
            data = inputs.data_of(spec, progress)
        with display.measuring() as counted:
            found = extend_sweep(store, sweep, extension, data, counted)
        training.say(f"sweep {found.sweep_id}: {found.why}", quiet)
        training.train(store, found.sweep_id, data, how, display)
        report(store, found.sweep_id, json)


def _extension(
    seeds: int | None,
    divisions: int | None,
    images: int | None,
    strategy: str | None,
    confirmation_seeds: int | None,
    settings: list[str],
) -> Extension:
    from scaling_search.cli.overrides import merged, parse_overrides
    from search_spaces.specs.extension import Extension
    from search_spaces.specs.reading import parse

    given: dict[str, Any] = {
        "seeds": seeds,
        "lattice": None if divisions is None else {"divisions": divisions},
        "images": images,
        "strategy": None if strategy is None else {"name": strategy},
        "confirmation_seeds": confirmation_seeds,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    return parse(Extension, merged(parse_overrides(settings), changes), "the extension")


def _submit(server: str, sweep: int, extension: Extension, json: bool) -> None:
    """Let the service extend it."""
    from scaling_search.cli.documents import SweepRecord
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.ending import show_next
    from scaling_search.cli.views.sweep import show_heading
    from scaling_search.client import Client

    with Client(server) as client:
        record = SweepRecord.read(client, client.extend(sweep, extension).sweep.id)
    if json:
        print_json(record.to_dict())
        return
    out = console()
    show_heading(out, record)
    show_next(out, record)
