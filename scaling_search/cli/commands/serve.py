"""`scaling-search serve`."""

from __future__ import annotations

import typer

from scaling_search.cli import options
from scaling_search.cli.commands.worker import RunnerOptions
from scaling_search.cli.parameters import flag, option, option_group


@option_group()
class ServerOptions:
    """Where the service listens, and whether it trains."""

    host: str | None = option("--host", "ADDRESS", "Address to listen on; by default loopback.")
    port: int | None = option("--port", "N", "Port to listen on; by default 8321.")
    no_runner: bool = flag(
        "--no-runner", "Only answer requests; `scaling-search worker` trains elsewhere."
    )


def serve(server: ServerOptions, runner: RunnerOptions, stored: options.Database) -> None:
    """Start the service: an HTTP API and a runner.

    The runner trains submitted sweeps. The service listens on loopback, where no token is needed;
    for another address make one first (`scaling-search tokens create`). `scaling-search settings`
    lists all settings. Submitted sweeps can use `digits`, and what `scaling-search datasets add`
    registers. Ctrl-C ends the service; a sweep that is being trained goes back to the queue and
    loses nothing.

    Examples:
      scaling-search serve
      scaling-search serve --host 0.0.0.0 --no-runner --database postgresql://user@host/scaling
    """
    from api.app import open_store
    from api.server import serve as listen
    from results.urls import ENVIRONMENT_VARIABLE
    from scaling_search.cli.failures import WRONG_INPUT
    from scaling_search.cli.output import remark
    from scaling_search.cli.service import RunnerProcess, ending, settings_with, worker_arguments
    from scaling_search.cli.training import stoppable
    from scaling_search.sweeps.registration import register_built_ins

    settings = settings_with(host=server.host, port=server.port, database_url=stored.database)
    process = None
    if not server.no_runner:
        url = settings.database_url
        environment = {} if url is None else {ENVIRONMENT_VARIABLE: url.get_secret_value()}
        process = RunnerProcess(worker_arguments(runner), environment, remark)
    with open_store(settings) as store:
        register_built_ins(store)
        location = store.location

    def listening(url: str) -> None:
        typer.echo(f"listening on {url}")
        remark(f"results in {location}; ctrl-C ends the service")
        if process is not None:
            process.start()

    with stoppable(), ending(process):
        listen(settings, listening=listening)
    if process is not None and process.refused:
        raise typer.Exit(WRONG_INPUT)
