"""`scaling-search resume`."""

from __future__ import annotations

from scaling_search.cli.options import (
    AttemptsOption,
    CpusOption,
    DatabaseOption,
    GpusOption,
    JsonOption,
    QuietOption,
    RayOption,
    SweepArgument,
    WorkersOption,
)


def resume(
    sweep: SweepArgument,
    workers: WorkersOption = None,
    cpus_per_trial: CpusOption = 1,
    gpus_per_trial: GpusOption = 0.0,
    attempts: AttemptsOption = 2,
    ray_address: RayOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Go on with a sweep that was interrupted, killed or cancelled.

    Exactly what is missing is trained: finished trials are not repeated, failed ones are tried
    again. A sweep that failed as a whole goes on in the same way. The images must be those that
    the sweep began with; they are prepared again where the cache no longer holds them.

    \b
    Examples:
      scaling-search resume 3
      scaling-search resume 3 --workers 8
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.states import SweepState
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.views.progress import Display
    from search_spaces.errors import InputError

    display = Display(quiet=quiet)
    how = training.execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with training.stoppable(), Store.open(database) as store:
        stored = store.sweep(sweep)
        if stored.state is SweepState.FINISHED:
            raise InputError(
                f"sweep {sweep} is finished: nothing of it is missing; `scaling-search show "
                f"{sweep}` shows what it found, `scaling-search run` starts a new one"
            )
        with display.preparing() as progress:
            data = inputs.data_of(inputs.stored_spec(stored), progress)
        done = store.progress([sweep])[sweep]
        training.say(f"sweep {sweep}: {done.done:,} of {done.total:,} trials are done", quiet)
        training.train(store, sweep, data, how, display)
        training.report(store, sweep, json)
