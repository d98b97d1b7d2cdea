"""A bounded queue of events for one stream, which reports when it overflowed."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

QUEUE_LENGTH: Final = 256


@dataclass(frozen=True)
class EncodedEvent:
    """An event ready to be sent, encoded once for all watchers."""

    seq: int
    data: bytes


class Watcher:
    """Passes events from the poller to one stream.

    A slow stream loses nothing: when its queue overflows the queue is emptied and `next` returns
    None; then the stream reads the missed events from the database.
    """

    def __init__(self) -> None:
        self._queue: deque[EncodedEvent] = deque()
        self._changed = asyncio.Event()
        self._lagging = False
        self.over = False

    def put(self, event: EncodedEvent) -> None:
        """Queue an event."""
        if len(self._queue) >= QUEUE_LENGTH:
            self._queue.clear()
            self._lagging = True
        elif not self._lagging:
            self._queue.append(event)
        self._changed.set()

    def end(self) -> None:
        """End the stream."""
        self.over = True
        self._changed.set()

    async def next(self) -> EncodedEvent | None:
        """The next event; None after an overflow, or if the stream is `over`."""
        while not self._queue:
            if self._lagging or self.over:
                self._lagging = False
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._queue.popleft()
