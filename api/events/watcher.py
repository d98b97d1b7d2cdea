"""One who listens: a bounded queue that admits when it has fallen behind."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

QUEUE_LENGTH: Final = 256


@dataclass(frozen=True)
class Told:
    """An event ready to be sent, written once for all who watch."""

    seq: int
    data: bytes


class Watcher:
    """Takes what the poller tells, and gives it to one stream.

    A stream that does not keep up loses nothing: its queue is emptied, and `next` says so by
    returning None, whereupon the stream reads from the database what it missed.
    """

    def __init__(self) -> None:
        self._queue: deque[Told] = deque()
        self._news = asyncio.Event()
        self._lagging = False
        self.over = False

    def tell(self, event: Told) -> None:
        """Queue an event."""
        if len(self._queue) >= QUEUE_LENGTH:
            self._queue.clear()
            self._lagging = True
        elif not self._lagging:
            self._queue.append(event)
        self._news.set()

    def end(self) -> None:
        """Let the stream end: there is nothing more to come."""
        self.over = True
        self._news.set()

    async def next(self) -> Told | None:
        """The next event; None if the stream fell behind, or if it is `over`."""
        while not self._queue:
            if self._lagging or self.over:
                self._lagging = False
                return None
            self._news.clear()
            await self._news.wait()
        return self._queue.popleft()
