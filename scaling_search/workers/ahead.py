"""A private Ray that starts, and imports, while its sweep is still being measured.

Starting Ray takes seconds, in which this process mostly waits, and its workers import torch and
numba for seconds more: time that measuring the candidates takes anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from scaling_search.execution import Execution
from scaling_search.workers.session import STARTING, opened_ray
from search_spaces.errors import InputError, WorkError


@contextmanager
def ray_ahead(execution: Execution) -> Iterator[None]:
    """Ray for all sweeps within, started in the background; a `ray_session` waits until it is up.

    What goes wrong with it is not raised here: a sweep then starts its own, and hears of the same.
    On an existing cluster nothing is started ahead, since others may wait for its cores.
    """
    if execution.ray_address is not None:
        yield
        return
    released = threading.Semaphore(0)
    STARTING.acquire()

    def hold() -> None:
        """Ray from start to end: its processes die with the thread that started them."""
        cpus = execution.workers * execution.cpus_per_trial
        gpus = execution.workers * execution.gpus_per_trial
        try:
            session = ExitStack()
            session.enter_context(opened_ray(address=None, cpus=cpus, gpus=gpus))
        except (InputError, WorkError):
            return
        finally:
            STARTING.release()
        with session:
            released.acquire()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        released.release()
        thread.join()
