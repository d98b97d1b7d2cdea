"""`scaling-search serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    AttemptsOption,
    CpusOption,
    DatabaseOption,
    GpusOption,
    LeaseOption,
    RunnerRayOption,
    RunnerWorkersOption,
    SlotsOption,
)


def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Address to listen on; by default loopback"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", help="Port to listen on; by default 8321."),
    ] = None,
    no_runner: Annotated[
        bool,
        typer.Option("--no-runner", help="Only answer; `scaling-search worker` trains elsewhere."),
    ] = False,
    slots: SlotsOption = 1,
    workers: RunnerWorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RunnerRayOption = None,
    lease: LeaseOption = 60.0,
    database: DatabaseOption = None,
) -> None:
    """Start the service: an HTTP API, and a runner that trains what is submitted.

    It listens on loopback, where no token is needed; for another address make one first
    (`scaling-search tokens create`). `scaling-search settings` lists everything that can be set.
    `digits` can be used by submitted sweeps, and what `scaling-search datasets add` registers.
    Ctrl-C ends it; a sweep that is being trained goes back to the queue and loses nothing.

    \b
    Examples:
      scaling-search serve
      scaling-search serve --host 0.0.0.0 --no-runner --database postgresql://user@host/scaling
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from api.app import open_store
    from api.server import serve as listen
    from results.urls import ENVIRONMENT_VARIABLE
    from scaling_search.cli.failures import WRONG_INPUT
    from scaling_search.cli.output import remark
    from scaling_search.cli.process import stoppable
    from scaling_search.cli.service import RunnerBeside, ending, settings_with
    from scaling_search.sweeps.registration import register_built_ins
    from scaling_search.sweeps.runner import RunnerOptions
    from scaling_search.tune.execution import Execution

    settings = settings_with(host=host, port=port, database_url=database)
    beside = None
    if not no_runner:
        how = Execution(
            workers=1 if workers is None else workers,
            cpus_per_trial=cpus_per_trial,
            gpus_per_trial=gpus_per_trial,
            attempts=attempts,
            ray_address=ray_address,
        )
        RunnerOptions(execution=how, slots=slots, lease_seconds=lease)  # refuses what is wrong now
        words = [f"--slots={slots}", f"--cpus-per-trial={cpus_per_trial}"]
        words += [f"--gpus-per-trial={gpus_per_trial}", f"--attempts={attempts}"]
        words += [f"--lease={lease}"]
        words += [] if workers is None else [f"--workers={workers}"]
        words += [] if ray_address is None else [f"--ray-address={ray_address}"]
        url = settings.database_url
        beside = RunnerBeside(
            words, {} if url is None else {ENVIRONMENT_VARIABLE: url.get_secret_value()}, remark
        )
    with open_store(settings) as store:
        register_built_ins(store)
        location = store.location

    def listening(url: str) -> None:
        typer.echo(f"listening on {url}")
        remark(f"results in {location}; ctrl-C ends the service")
        if beside is not None:
            beside.start()

    with stoppable(), ending(beside):
        listen(settings, listening=listening)
    if beside is not None and beside.refused:
        raise typer.Exit(WRONG_INPUT)
