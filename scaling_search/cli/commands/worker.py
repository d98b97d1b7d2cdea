"""`scaling-search worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options
from scaling_search.cli.parameters import option, option_group


@option_group(options.TRAINING)
class RunnerOptions(options.Execution):
    """How a runner trains the sweeps that it takes from the queue."""

    slots: int = option("--slots", "N", "Sweeps that the runner trains at once.", default=1)
    workers: int | None = option(
        "--workers",
        "N",
        "Trials at once per sweep. By default the machine is divided among the slots.",
    )
    ray_address: str | None = option(
        "--ray-address",
        "HOST:PORT",
        "A running Ray cluster, of which this machine is a node; without it the runner starts a "
        "private Ray. While the cluster is away, sweeps wait.",
    )
    lease: float = option(
        "--lease",
        "SECONDS",
        "Time after a runner's last sign of life when another one may take its sweep.",
        default=60.0,
    )


def worker(
    runner: RunnerOptions,
    stored: options.Database,
    follow_parent: Annotated[bool, typer.Option("--follow-parent", hidden=True)] = False,
) -> None:
    """Run a runner, which trains submitted sweeps.

    `scaling-search serve` starts one automatically; start more on other machines, with a PostgreSQL
    database that all of them share. Sweeps are taken in order of submission. A runner that dies or
    freezes loses nothing: after --lease seconds another takes its sweep and trains what is missing.
    Ctrl-C or SIGTERM gives sweeps back to the queue. The images of a data set must be where they
    were registered (`scaling-search datasets add`), on this machine too.

    Examples:
      scaling-search worker --database postgresql://user@host/scaling
      scaling-search worker --ray-address 10.0.0.1:6379 --workers 16 --slots 2
    """
    if follow_parent:
        from scaling_search.sweeps.runner.lifeline import follow_parent as follow

        follow()
    import structlog

    from api.logs import configure
    from scaling_search.cli.service import service_database, settings_with
    from scaling_search.cli.training import execution
    from scaling_search.sweeps import runner as runners
    from scaling_search.sweeps.runner.process import run_runner

    options = runners.RunnerOptions(
        execution=execution(runner, sweeps=runner.slots),
        slots=runner.slots,
        lease_seconds=runner.lease,
    )
    configure(settings_with(database_url=stored.database))
    logger = structlog.get_logger("runner")

    def log(text: str, sweep: int | None) -> None:
        logger.info("runner", what=text, **({} if sweep is None else {"sweep": sweep}))

    run_runner(service_database(stored.database), options, log)
