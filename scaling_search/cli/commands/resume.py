"""`scaling-search resume`."""

from __future__ import annotations

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
    SweepArgument,
    WorkersOption,
)


def resume(
    sweep: SweepArgument,
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
    """Go on with a sweep that was interrupted, killed or cancelled, or that lost trials.

    Exactly what is missing is trained: finished trials are not repeated, failed ones are tried
    again, in a sweep that came to an outcome without them too (state `incomplete`); the verdict and
    the family follow. A trial that diverged is a result: the same seed would diverge again. A sweep
    that failed as a whole goes on in the same way. The images and their split must be those that
    the sweep began with; they are prepared again where the cache no longer holds them.

    With --server the sweep goes back to the end of the service's queue, and a runner there trains
    it; how many trials at once, and on which devices, is then the runner's business.

    \b
    Examples:
      scaling-search resume 3
      scaling-search resume 3 --workers 8
      scaling-search resume 3 --server http://host:8321

    Exit codes: 0 done (whatever the verdict), 1 failed, cancelled or incomplete (trials failed), 2
    wrong input, 130 ctrl-C or SIGTERM.
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if server:
        chosen = (workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
        as_usual = not baseline and chosen == (None, 1, 0.0, 2, None)
        _requeue(server, sweep, json, as_usual=as_usual)
        return
    from results.states import SweepState
    from results.store import Store
    from scaling_search.cli import inputs, training
    from scaling_search.cli.process import execution, stoppable
    from scaling_search.cli.views.ending import report
    from scaling_search.cli.views.progress import Display
    from search_spaces.errors import InputError

    display = Display(quiet=quiet)
    how = execution(workers, cpus_per_trial, gpus_per_trial, attempts, ray_address)
    with stoppable(), Store.open(database) as store:
        stored = store.sweep(sweep)
        if stored.state is SweepState.FINISHED:
            raise InputError(
                f"sweep {sweep} is finished: nothing of it is missing; `scaling-search show "
                f"{sweep}` shows what it found, `scaling-search run` starts a new one"
            )
        with display.preparing() as progress:
            data = inputs.data_of(inputs.stored_spec(stored), progress)
        done = store.progress([sweep])[sweep]
        training.say(f"sweep {sweep}: {done}", quiet)
        training.train(store, sweep, data, how, display)
        report(store, sweep, json)


def _requeue(server: str, sweep: int, json: bool, *, as_usual: bool) -> None:
    """Hand the sweep to the service's runners."""
    from scaling_search.cli.output import console, print_json
    from scaling_search.client import Client
    from search_spaces.errors import InputError

    if not as_usual:
        raise InputError(
            "--baseline, --workers, --cpus-per-trial, --gpus-per-trial, --attempts and "
            "--ray-address are for training here: leave them out with --server, where the runner "
            "decides"
        )
    with Client(server) as client:
        state = client.requeue(sweep)
    if json:
        print_json({"id": sweep, "state": str(state)})
        return
    console().print(
        f"sweep {sweep} is {state}: `scaling-search watch {sweep}` follows it", markup=False
    )
