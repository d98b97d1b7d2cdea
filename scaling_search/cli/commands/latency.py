"""`scaling-search latency`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import DatabaseOption, FamilyBaselineOption, JsonOption, QuietOption


def latency(
    sweep: Annotated[
        str | None,
        typer.Argument(
            metavar="[SWEEP]",
            help="A sweep, whose candidates are measured beside their accuracy, or published; by "
            "default the family of the best stored coefficients, else of the published ones.",
            autocompletion=completion.sweeps,
        ),
    ] = None,
    family: Annotated[
        bool, typer.Option("--family", help="The family of the sweep, not its candidates.")
    ] = False,
    members: Annotated[
        int, typer.Option("--members", metavar="N", help="Of a family: 4 takes b0 to b3.")
    ] = 4,
    coefficients: Annotated[
        str | None,
        typer.Option("--coefficients", metavar="α,β,γ", help="The family that these imply."),
    ] = None,
    resolution: Annotated[
        int | None,
        typer.Option("--resolution", metavar="PX", help="Base resolution of the family."),
    ] = None,
    baseline: FamilyBaselineOption = None,
    backends: Annotated[
        list[str] | None,
        typer.Option(
            "--backend",
            metavar="NAME",
            help="torch (the default), onnxruntime or onnxruntime-int8; repeatable. The last two "
            "need the extra `edge`.",
            autocompletion=completion.backends,
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option("--threads", metavar="N", help="CPU threads of a run.")
    ] = 1,
    batch: Annotated[int, typer.Option("--batch", metavar="N", help="Images of a run.")] = 1,
    runs: Annotated[
        int, typer.Option("--runs", metavar="N", help="Runs of every network that count.")
    ] = 30,
    warm_up: Annotated[
        int, typer.Option("--warm-up", metavar="N", help="Runs before them that do not.")
    ] = 3,
    memory: Annotated[
        bool,
        typer.Option(help="Also the peak memory, each network in a process of its own."),
    ] = True,
    quiet: QuietOption = False,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how long networks take on this machine, because FLOPs are not speed.

    Networks take turns, run by run, so that a machine that slows down does so for all of them.
    What was measured is stored, for the figure accuracy-latency of `plot` and the dashboard.

    \b
    Examples:
      scaling-search latency 3
      scaling-search latency published --members 8 --threads 2
      scaling-search latency --backend torch --backend onnxruntime --backend onnxruntime-int8
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli import edge
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import edge as view
    from scaling_search.cli.views.progress import Display
    from scaling_search.uses.edge.measurement import measure_networks

    of_sweep = sweep if sweep is not None and sweep.isdigit() and not family else None
    networks = (
        edge.candidates(database, of_sweep)
        if of_sweep is not None
        else edge.members(
            database,
            sweep,
            coefficients=coefficients,
            baseline=baseline,
            resolution_px=resolution,
            members=members,
        )
    )
    found = []
    with Display(quiet=quiet or json).saying() as told:
        for backend in backends or ["torch"]:
            found += measure_networks(
                [(one.label, one.spec) for one in networks],
                backend=backend,
                threads=threads,
                batch=batch,
                runs=runs,
                warm_up=warm_up,
                memory=memory,
                told=told,
            )
    with Store.open(database) as store:
        store.put_edge_measurements(found, sweep_id=None if of_sweep is None else int(of_sweep))
        stored = edge.stored(store, found)
    accuracies = {one.spec.key: one.accuracy for one in networks}
    if json:
        print_json(view.document(stored, accuracies))
    else:
        view.show(console(), stored, accuracies)
