"""What commands that train ask of the machine and of the signals that reach them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from scaling_search.cli import inputs
from scaling_search.environment import cuda_devices
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt while the block runs, as ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def execution(
    workers: int | None,
    cpus_per_trial: int,
    gpus_per_trial: float,
    attempts: int,
    ray_address: str | None,
    *,
    sweeps: int = 1,
) -> Execution:
    """Where and how fast to train; by default the machine is shared out among so many sweeps.

    Raises:
        InputError: a number makes no sense, a device is asked for that is not there, or the
            address of the cluster has the wrong form.
    """
    if ray_address is not None:
        from scaling_search.tune.session import check_address

        check_address(ray_address)
    elif gpus_per_trial > 0 and not cuda_devices():
        raise InputError(
            f"--gpus-per-trial is {gpus_per_trial:g}: torch sees no CUDA device here; leave it out "
            "to train on the CPU, or install a build of torch for your device"
        )
    if workers is None:
        workers = max(1, inputs.default_workers(cpus_per_trial, gpus_per_trial) // max(1, sweeps))
    return Execution(
        workers=workers,
        cpus_per_trial=cpus_per_trial,
        gpus_per_trial=gpus_per_trial,
        attempts=attempts,
        ray_address=ray_address,
    )
