"""`scaling-search resume`."""

from __future__ import annotations

from scaling_search.cli import options


def resume(
    sweep: options.SweepNumber,
    execution: options.Execution,
    results: options.Results,
    output: options.Progress,
    baseline: options.UserClasses = None,
) -> None:
    """Continue an interrupted, cancelled or incomplete sweep.

    Only what is missing is trained: finished trials are not repeated, failed ones are tried again,
    also in a sweep that came to an outcome without them (state `incomplete`); the verdict and the
    family follow. A trial that diverged is a result: the same seed would diverge again. A sweep
    that failed as a whole continues in the same way. The images and their split must be those that
    the sweep began with; they are prepared again where the cache no longer holds them.

    With --server the sweep goes back to the end of the service's queue, and a runner there trains
    it; the runner decides how many trials run at once, and on which devices.

    Examples:
      scaling-search resume 3
      scaling-search resume 3 --workers 8
      scaling-search resume 3 --server http://host:8321

    Exit codes: 0 done (whatever the verdict), 1 failed, cancelled or incomplete (trials failed), 2
    wrong input, 130 ctrl-C or SIGTERM.
    """
    from search_spaces.errors import InputError

    if results.server:
        if baseline or execution != options.Execution():
            raise InputError(
                "--baseline, --workers, --cpus-per-trial, --gpus-per-trial, --attempts and "
                "--ray-address are for training here: leave them out with --server, where the "
                "runner decides"
            )
        from scaling_search.client import Client

        with Client(results.server) as client:
            state = client.requeue(sweep)
        output.present_line(
            {"id": sweep, "state": str(state)},
            f"sweep {sweep} is {state}: `scaling-search watch {sweep}` follows it",
        )
        return
    from results.states import SweepState
    from scaling_search.cli import inputs, training

    display, how = output.display(), training.execution(execution)
    with training.stoppable(), results.open() as store:
        stored = store.sweep(sweep)
        if stored.state is SweepState.FINISHED:
            raise InputError(
                f"sweep {sweep} is finished: nothing of it is missing; `scaling-search show "
                f"{sweep}` shows what it found, `scaling-search run` starts a new one"
            )
        data = inputs.prepared(inputs.stored_spec(stored).data, display)
        display.note(f"sweep {sweep}: {store.progress([sweep])[sweep]}")
        training.train(store, sweep, data, how, output)
