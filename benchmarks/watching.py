"""A program run to its end, with the CPU seconds that it and its descendants took."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from dataclasses import dataclass

import psutil

_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Ended:
    """What became of a program; what a process used after the last look at it is missed."""

    stdout: str
    stderr: str
    code: int
    started: float
    seconds: float
    cpu_seconds: float


def run_program(command: list[str], env: dict[str, str]) -> Ended:
    """Run a program, looking at its process tree twice a second.

    CPU time is what a run costs whatever else the machine does meanwhile; wall time is not.
    """
    used: dict[int, float] = {}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.time()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=env, text=True)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for one in [root, *root.children(recursive=True)]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        times = one.cpu_times()
                        used[one.pid] = times.user + times.system
            time.sleep(_LOOK_SECONDS)
        seconds = time.time() - started
        out.seek(0)
        err.seek(0)
        texts = out.read(), err.read()
    return Ended(*texts, process.returncode, started, seconds, sum(used.values()))
