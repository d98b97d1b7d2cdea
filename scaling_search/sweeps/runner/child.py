"""The runner's view of the process that drives a sweep."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Final

import psutil

from results.store.driver_log import KEPT_LINES
from results.values import Lease
from scaling_search.sweeps.runner.lifeline import end_child, start_child
from scaling_search.tune.execution import Execution

MODULE: Final = "scaling_search.sweeps.runner.driver"
CANCEL: Final = "cancel"
TRY_AGAIN: Final = 75
"""Exit status of a driver that could not reach the database (EX_TEMPFAIL)."""


class Driver:
    """A child process that drives one sweep under a lease.

    Args:
        lease: the runner's.
        process: with its stdin as lifeline, and its stdout and stderr in one pipe.
    """

    def __init__(self, lease: Lease, process: subprocess.Popen[str]) -> None:
        self.lease = lease
        self.deadline: float | None = None
        """When it is killed (monotonic clock), because it was asked to end, or gave the sweep
        back."""
        self.put_back = False
        """Whether the sweep goes back to the queue if this ends without recording a state."""
        self._process = process
        self._cancelled = False
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._reader = threading.Thread(target=self._read, name="driver-log", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.rstrip("\n"))

    def take_lines(self) -> list[str]:
        """Lines that it wrote since the last call."""
        taken = []
        while self._lines:
            taken.append(self._lines.popleft())
        return taken

    def put_lines_back(self, lines: list[str]) -> None:
        """Keep lines that could not be stored for the next time."""
        self._lines.extendleft(reversed(lines))

    @property
    def exit_status(self) -> int | None:
        """None while it runs; a negative number is the signal that ended it."""
        return self._process.poll()

    @property
    def responsive(self) -> bool:
        """Whether it runs, and is not stopped by a signal or a debugger."""
        try:
            return psutil.Process(self._process.pid).status() not in (
                psutil.STATUS_STOPPED,
                psutil.STATUS_TRACING_STOP,
                psutil.STATUS_ZOMBIE,
            )
        except psutil.NoSuchProcess:
            return False

    def cancel(self, grace_seconds: float) -> None:
        """Ask it once to stop the sweep for good."""
        if self._cancelled:
            return
        self._cancelled = True
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(CANCEL + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it has ended by itself
        self.end_within(grace_seconds)

    def stop(self, grace_seconds: float) -> None:
        """Ask it to give the sweep back to the queue."""
        self.put_back = True
        self._process.send_signal(signal.SIGTERM)
        self.end_within(grace_seconds)

    def end_within(self, seconds: float) -> None:
        """Set the deadline, unless an earlier one is set."""
        until = time.monotonic() + seconds
        self.deadline = until if self.deadline is None else min(self.deadline, until)

    @property
    def overdue(self) -> bool:
        """Whether its deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def kill(self) -> None:
        """End it at once."""
        end_child(self._process)

    def close(self) -> None:
        """Free what belonged to a process that has ended; its last lines can be taken."""
        self._reader.join(2)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()


def start_driver(
    lease: Lease, execution: Execution, ray_address: str, environment: Mapping[str, str]
) -> Driver:
    """Start the process that drives a sweep.

    Args:
        lease: under which it writes.
        execution: resources of its trials.
        ray_address: the Ray that they run on.
        environment: variables to add to its environment, the database's URL among them.
    """
    job = {
        "sweep_id": lease.sweep_id,
        "owner": lease.owner,
        "epoch": lease.epoch,
        "execution": dataclasses.asdict(execution) | {"ray_address": ray_address},
    }
    process = start_child(
        MODULE,
        [json.dumps(job)],
        {**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Driver(lease, process)
