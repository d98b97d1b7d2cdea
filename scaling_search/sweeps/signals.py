"""Signals and cancellation while Ray runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818 - requested, so no error
    """The sweep stopped before its end, on request (ctrl-C, SIGTERM, a cancellation).

    What it trained is stored.
    """


class Watch:
    """Reasons to stop.

    `cancelled`: the sweep was asked to stop. `interrupted`: this process was. `problem`: storing
    failed (lease lost, disk full, database away), so that nothing more could be recorded.
    """

    def __init__(self) -> None:
        self.cancelled = False
        self.interrupted = False
        self.problem: Exception | None = None

    def should_stop(self) -> bool:
        """Whether there is a reason to stop."""
        return self.cancelled or self.interrupted or self.problem is not None

    def check(self) -> None:
        """Raise if there is a reason to stop.

        Raises:
            Interrupted: the sweep was cancelled.
            KeyboardInterrupt: this process was interrupted.
            Exception: the problem, if there is one.
        """
        if self.problem is not None:
            raise self.problem
        if self.cancelled:
            raise Interrupted("the sweep was cancelled")
        if self.interrupted:
            raise KeyboardInterrupt

    @contextmanager
    def catching_signals(self) -> Iterator[None]:
        """Take ctrl-C and SIGTERM as a request to stop, while the block runs.

        An exception out of a signal handler would leave Tune without telling its workers, which
        would go on training on a Ray that outlives the sweep. A second signal does what it always
        did. Python allows handlers only in the main thread; elsewhere signals never arrive.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in _SIGNALS}

        def restore() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        def stop(number: int, frame: FrameType | None) -> None:
            self.interrupted = True
            restore()

        for number in _SIGNALS:
            signal.signal(number, stop)
        try:
            yield
        finally:
            restore()
