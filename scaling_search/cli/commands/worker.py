"""`scaling-search worker`."""

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


def worker(
    slots: SlotsOption = 1,
    workers: RunnerWorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RunnerRayOption = None,
    lease: LeaseOption = 60.0,
    database: DatabaseOption = None,
    follow_parent: Annotated[bool, typer.Option("--follow-parent", hidden=True)] = False,
) -> None:
    """Run a runner: it takes submitted sweeps from the queue and trains them.

    `scaling-search serve` starts one by itself; start more on other machines, with a PostgreSQL
    database that all of them share. Sweeps are taken first come first served. A runner that dies or
    freezes loses nothing: after --lease seconds another takes its sweep and trains what is missing.
    Ctrl-C or SIGTERM gives sweeps back to the queue. The images of a data set must be where they
    were registered (`scaling-search datasets add`), on this machine too.

    \b
    Examples:
      scaling-search worker --database postgresql://user@host/scaling
      scaling-search worker --ray-address 10.0.0.1:6379 --workers 16 --slots 2
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if follow_parent:
        from scaling_search.sweeps.runner.lifeline import follow_parent as follow

        follow()
    import structlog

    from api.logs import configure
    from scaling_search.cli.process import execution
    from scaling_search.cli.service import service_database, settings_with
    from scaling_search.sweeps.runner import RunnerOptions
    from scaling_search.sweeps.runner.process import run_runner

    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address, sweeps=slots)
    options = RunnerOptions(execution=how, slots=slots, lease_seconds=lease)
    configure(settings_with(database_url=database))
    logger = structlog.get_logger("runner")

    def say(text: str, sweep: int | None) -> None:
        logger.info("runner", what=text, **({} if sweep is None else {"sweep": sweep}))

    run_runner(service_database(database), options, say)
