"""Child processes that end with their parent, however it ends, and receive its requests.

The parent holds the other end of the child's stdin: its end is the parent's, on every system. On
Linux the kernel is asked as well (PR_SET_PDEATHSIG), which also ends a child that cannot run just
then.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1


def start_child(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], **streams: Any
) -> subprocess.Popen[str]:
    """Start `python -m module` with its stdin as lifeline, in a process group of its own.

    Nothing of the working folder is imported (`-P`), whatever files lie there.
    A ctrl-C in the terminal reaches the parent alone, which decides what becomes of its children.
    The calling thread must outlive the child: to the kernel, the parent is that thread.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        **streams,
    )


def end_child(process: subprocess.Popen[str]) -> None:
    """Kill a child with all of its process group, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def follow_parent(
    receive: Callable[[str], None] = lambda line: None,
    orphaned: Callable[[], None] = lambda: os.kill(os.getpid(), signal.SIGKILL),
) -> None:
    """In a child: end with the parent.

    Args:
        receive: called, in a thread of its own, with each line that the parent writes.
        orphaned: called there when the parent is gone; by default this process is killed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def follow() -> None:
        for line in sys.stdin:
            receive(line.strip())
        orphaned()

    threading.Thread(target=follow, name="lifeline", daemon=True).start()
