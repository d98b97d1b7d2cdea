"""A Ray to run on: a private, quiet one that ends with the sweep, or a cluster that is there."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager

from search_spaces.errors import InputError, WorkError

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_TRAIN_V2_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths mean what they mean to the user
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # the database is the record
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # ctrl-C is the driver's to handle
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",  # no snapshots: a resumed sweep is read from the database
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_WARN_THRESHOLD_S": "60",
}

OBJECT_STORE_BYTES = 128 * 2**20
"""Specs and reports are small; images are mapped from files, not passed through Ray."""


def check_address(address: str) -> None:
    """Refuse what cannot work, before anything is started.

    Raises:
        InputError: the address is not `host:port`.
    """
    if address.startswith("ray://"):
        raise InputError(
            f"ray address {address!r} is a Ray Client address: a driver has to run on a node of "
            "the cluster, because Tune's callbacks are not carried by Ray Client; start this "
            "command on a node and give host:port (usually :6379)"
        )
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(f"ray address {address!r} must be host:port, for example 10.0.0.1:6379")


@contextmanager
def ray_session(*, address: str | None, cpus: int, gpus: float) -> Iterator[None]:
    """Ray for the length of a sweep.

    Args:
        address: `host:port` of a running cluster, or None for a private one on this machine.
        cpus: CPUs that a private one has to give away; a cluster has its own.
        gpus: the same of GPUs.

    Raises:
        InputError: the address has the wrong form.
        WorkError: the cluster cannot be reached.
    """
    os.environ.update(_QUIET)
    import ray

    if ray.is_initialized():  # somebody else's, a notebook or a test suite: used, and left running
        yield
        return
    if address is None:
        ray.init(
            address="local",
            num_cpus=cpus,
            num_gpus=math.ceil(gpus),
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            logging_level=logging.CRITICAL,
            log_to_driver=False,
        )
    else:
        check_address(address)
        try:
            ray.init(address=address, logging_level=logging.CRITICAL, log_to_driver=False)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise WorkError(f"no Ray cluster answers at {address}: {error}") from None
    try:
        yield
    finally:
        ray.shutdown()
