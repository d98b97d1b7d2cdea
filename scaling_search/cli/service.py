"""The service: its settings, its database, and its runner process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from api.settings import Settings, load
from results.store import Store
from scaling_search.cli.commands.worker import RunnerOptions
from scaling_search.cli.failures import DONE, WRONG_INPUT
from scaling_search.sweeps import runner
from scaling_search.sweeps.runner.lifeline import end_child, start_child

FOLLOW: Final = "--follow-parent"
_AGAIN_SECONDS: Final = 5.0


def settings_with(**given: Any) -> Settings:
    """The service's settings, with those of the command's options that were given.

    Raises:
        InputError: see `api.settings.load`.
    """
    return load(**{name: value for name, value in given.items() if value is not None})


def service_database(database: str | None) -> str | None:
    """The URL of the database that the service uses: as given, else as its settings say."""
    secret = settings_with(database_url=database).database_url
    return None if secret is None else secret.get_secret_value()


def service_store(database: str | None) -> Store:
    """The store in the database that the service uses."""
    return Store.open(service_database(database))


def worker_arguments(options: RunnerOptions) -> list[str]:
    """The arguments of `scaling-search worker` for these options.

    Raises:
        InputError: a number makes no sense.
    """
    execution = options.execution(1 if options.workers is None else options.workers)
    # Wrong values are refused here, before the service starts.
    runner.RunnerOptions(execution=execution, slots=options.slots, lease_seconds=options.lease)
    words = [
        f"--slots={options.slots}",
        f"--cpus-per-trial={options.cpus_per_trial}",
        f"--gpus-per-trial={options.gpus_per_trial}",
        f"--attempts={options.attempts}",
        f"--lease={options.lease}",
    ]
    words += [] if options.workers is None else [f"--workers={options.workers}"]
    words += [] if options.ray_address is None else [f"--ray-address={options.ray_address}"]
    return words


class RunnerProcess:
    """A runner as a child process of the service, restarted if it ends by itself.

    Args:
        arguments: those of `scaling-search worker`.
        environment: variables to add to its environment.
        say: called with a line for people.
    """

    def __init__(
        self, arguments: Sequence[str], environment: dict[str, str], say: Callable[[str], None]
    ) -> None:
        self._words = ["worker", *arguments, FOLLOW]
        self._environment, self._say = environment, say
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: Any = None
        # The kernel ends the child with the thread that started it, so that thread stays.
        self._thread = threading.Thread(target=self._keep, name="runner", daemon=True)
        self.refused = False

    def start(self) -> None:
        """Start it, and look after it from now on."""
        self._thread.start()

    def _keep(self) -> None:
        while True:
            with self._lock:
                if self._over.is_set():
                    return
                self._process = start_child("scaling_search.cli", self._words, self._environment)
            status = self._process.wait()
            if self._over.is_set():
                return
            if status == WRONG_INPUT:  # it said why, and would again
                self.refused = True
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if status != DONE:
                self._say(f"the runner ended with {status}; another is started")
            self._over.wait(_AGAIN_SECONDS)

    def stop(self) -> None:
        """End it; the sweeps that it drives go back to the queue. Interrupted, it is killed."""
        with self._lock:
            self._over.set()
            process = self._process
        if process is None:
            return
        try:
            process.terminate()
            self._thread.join()
        except BaseException:
            end_child(process)
            raise


@contextmanager
def ending(runner: RunnerProcess | None) -> Iterator[None]:
    """Stop the runner with the service, which a signal ends."""
    try:
        yield
    except KeyboardInterrupt:
        pass  # the way to end a service
    finally:
        if runner is not None:
            runner.stop()
