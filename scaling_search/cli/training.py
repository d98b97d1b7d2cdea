"""Commands that train: signals, the machine's slots, and a sweep to its end."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from results.states import SweepState
from results.store import Store
from scaling_search.cli import options
from scaling_search.cli.failures import FAILED, INTERRUPTED, complain
from scaling_search.cli.planning import default_workers
from scaling_search.cli.views.ending import report
from scaling_search.data import PreparedDataset
from scaling_search.environment import cuda_devices
from scaling_search.sweeps import Interrupted, create_sweep, drive
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError, WorkError
from search_spaces.planning import Plan
from search_spaces.specs.sweep import SweepSpec


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt while the block runs, as ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def execution(options: options.Execution, *, sweeps: int = 1) -> Execution:
    """How to train, with the machine divided among so many sweeps unless workers are given.

    Raises:
        InputError: a number makes no sense, there is no CUDA device, or the address of the cluster
            has the wrong form.
    """
    gpus = options.gpus_per_trial
    if options.ray_address is not None:
        from scaling_search.tune.session import check_address

        check_address(options.ray_address)
    elif gpus > 0 and not cuda_devices():
        raise InputError(
            f"--gpus-per-trial is {gpus:g}: torch sees no CUDA device here; leave it out "
            "to train on the CPU, or install a build of torch for your device"
        )
    workers = options.workers
    if workers is None:
        workers = max(1, default_workers(options.cpus_per_trial, gpus) // max(1, sweeps))
    return options.execution(workers)


def train_plan(
    store: Store,
    spec: SweepSpec,
    plan: Plan,
    data: PreparedDataset,
    how: Execution,
    output: options.Progress,
) -> None:
    """Store a new sweep and train it; see `train`."""
    display = output.display()
    with display.measuring() as counted:
        sweep_id = create_sweep(store, spec, data, plan, counted)
    display.note(f"sweep {sweep_id} in {store.location}")
    train(store, sweep_id, data, how, output)


def train(
    store: Store, sweep_id: int, data: PreparedDataset, how: Execution, output: options.Progress
) -> None:
    """Drive a sweep to its end, and print what it found.

    Raises:
        typer.Exit: it was interrupted (130) or cancelled (1); stderr says how to go on.
        WorkError: it failed or is incomplete; what it trained is kept, and the message says how to
            go on.
    """
    try:
        with output.display().training() as view:
            drive(store, sweep_id, data, how, observe=view.observe, counted=view.counted)
    except (Interrupted, KeyboardInterrupt):
        cancelled = store.sweep(sweep_id).state is SweepState.CANCELLED
        done = store.progress([sweep_id])[sweep_id]
        complain(
            f"{done.done:,} of {done.total:,} trials of sweep {sweep_id} are done and stored"
            f"{''.join(f', {text}' for text in done.exceptions)}; go on with `scaling-search "
            f"resume {sweep_id}`",
            label="Cancelled" if cancelled else "Interrupted",
        )
        raise typer.Exit(FAILED if cancelled else INTERRUPTED) from None
    except WorkError as error:
        raise WorkError(
            f"{error}; what was trained is kept, `scaling-search resume {sweep_id}` goes on"
        ) from error
    report(store, sweep_id, output.json)


def refuse_changes(kind: str, number: int, *values: Any, allowed: Container[str] = ()) -> None:
    """Refuse options beside `--resume` that were settled when the work began.

    Args:
        kind: what is resumed, such as "transfer".
        number: its number.
        values: dataclasses of options.
        allowed: names of their fields that may be given.

    Raises:
        InputError: an option is given.
    """
    changed = [
        one.name
        for value in values
        for one in dataclasses.fields(value)
        if one.name not in allowed and getattr(value, one.name) != one.default
    ]
    if changed:
        raise InputError(
            f"--resume {number} goes on with what {kind} {number} began with, and "
            f"{', '.join(changed)} cannot be changed: leave them out, or begin a new one "
            "without --resume"
        )


@contextmanager
def resumable(command: str) -> Iterator[None]:
    """End the block's work with a message that names the command which goes on with it.

    Raises:
        typer.Exit: it was interrupted.
        WorkError: it failed.
    """
    goes_on = f"`scaling-search {command}` goes on"
    try:
        yield
    except (Interrupted, KeyboardInterrupt):
        complain(f"what was trained is stored; {goes_on}", label="Interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except WorkError as error:
        raise WorkError(f"{error}; what was trained is kept, {goes_on}") from error
