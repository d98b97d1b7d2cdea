"""A private, quiet Ray that ends with the sweep, or a running cluster."""

from __future__ import annotations

import logging
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scaling_search.tune.cluster import check_answer
from search_spaces.errors import InputError, WorkError

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # else a worker's death is printed to stdout, where data goes
    "RAY_TRAIN_V2_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",  # relative paths mean what they mean to the user
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_TQDM_PATCH_PRINT": "0",  # else Ray replaces the print of the whole process
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # the database is the record
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # ctrl-C is the driver's to handle
    "TUNE_GLOBAL_CHECKPOINT_S": "86400",  # no snapshots: a resumed sweep is read from the database
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
    "TUNE_WARN_THRESHOLD_S": "60",
}

OBJECT_STORE_BYTES = 128 * 2**20
"""Specs and reports are small; images are mapped from files, not passed through Ray."""


def quieten() -> None:
    """Set up Ray and Tune by the environment; some of it they read when they are imported."""
    os.environ.update(_QUIET)


def check_address(address: str) -> None:
    """Refuse an address that cannot work.

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
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError(f"ray address {address!r} must be host:port, for example 10.0.0.1:6379")


def _installed_only() -> Any:
    """A job whose workers import what is installed, and nothing from the driver's working folder.

    Ray puts that folder first among those that workers import from, unless a job brings one of its
    own: a user's file that is called like a library would be run in its place.
    """
    from ray.job_config import JobConfig

    class InstalledOnly(JobConfig):
        def _runtime_env_has_working_dir(self) -> bool:
            return True

    return InstalledOnly()


@contextmanager
def ray_session(*, address: str | None, cpus: int, gpus: float) -> Iterator[None]:
    """Ray for the length of a sweep.

    Args:
        address: `host:port` of a running cluster, or None for a private one on this machine.
        cpus: CPUs of a private one; a cluster has its own.
        gpus: GPUs of a private one.

    Raises:
        InputError: the address has the wrong form.
        WorkError: the cluster cannot be reached, or a private one not be started.
    """
    quieten()
    if address is not None:
        check_address(address)
    import ray

    if ray.is_initialized():  # of a notebook or a test suite: used, and left running
        yield
        return
    if address is not None:
        check_answer(address)
    elif "RAY_AUTH_MODE" not in os.environ:
        # Ray guards a new cluster by a token; without one it would leave one in the home folder.
        # Where the mode is set, an earlier Ray of this process has a token already, or the user
        # wants none; Ray reads its token once for all.
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    private: dict[str, Any] = {
        "num_cpus": cpus,
        "num_gpus": math.ceil(gpus),
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
    }
    try:
        ray.init(
            address=address or "local",
            logging_level=logging.CRITICAL,
            log_to_driver=False,
            job_config=_installed_only(),
            **({} if address else private),
        )
    except (OSError, RuntimeError, ValueError) as error:
        where = f"the Ray cluster at {address} cannot be joined" if address else "Ray cannot start"
        raise WorkError(f"{where}: {error}") from None
    try:
        yield
    finally:
        ray.shutdown()
