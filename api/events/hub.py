"""The poller of events, and the streams that it feeds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog
from anyio.to_thread import run_sync
from prometheus_client import Gauge
from sse_starlette import ServerSentEvent

from api.events.watcher import EncodedEvent, Watcher
from api.problems import refused
from results.store import Store
from results.values import Event
from results.values.json import adapter
from search_spaces.errors import InputError, WorkError

_BATCH: Final = 500
_CHECK_DELETED_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 2.0
"""Between attempts while the database is unavailable."""
_LONGEST_SECONDS: Final = 3600.0
"""Then a client has to reconnect and to authenticate again."""

_log = structlog.get_logger("api")


@dataclass
class _Channel:
    """Watchers of one sweep; `seq` is the last event that they received."""

    seq: int
    watchers: set[Watcher] = field(default_factory=set)


class Hub:
    """Follows the events of all sweeps that have watchers.

    A stream first reads past events from the database, then gets new ones from the poller. Events
    of a sweep are numbered without gaps, so a stream notices when it has to read the database
    again. All code runs in the event loop; only database queries run in threads.
    """

    def __init__(
        self, store: Store, *, poll_seconds: float, max_watchers: int, watching: Gauge
    ) -> None:
        self._store = store
        self._poll_seconds = poll_seconds
        self._max_watchers = max_watchers
        self._watching = watching
        self._channels: dict[int, _Channel] = {}
        self._count = 0
        self._has_watchers = asyncio.Event()

    async def follow(self, sweep_id: int, after: int) -> AsyncIterator[bytes]:
        """The events of a sweep after a `seq`, as server-sent events.

        The stream ends when the sweep is deleted, and after `_LONGEST_SECONDS`.
        """
        seq = after
        watcher = Watcher()
        with self._counted(watcher):
            while not watcher.over:
                async for stored in self._stored(sweep_id, seq):
                    seq = stored.seq
                    yield encoded(stored)
                with self._joined(sweep_id, watcher, seq) as channel:
                    if channel.seq > seq:  # others received it since it was read
                        continue
                    while (event := await watcher.next()) is not None:
                        if event.seq > seq + 1:
                            break
                        if event.seq == seq + 1:
                            seq = event.seq
                            yield event.data

    def check_room(self) -> None:
        """Raise a 429 if no further stream may open."""
        if self._count < self._max_watchers:
            return
        raise refused(
            429,
            "request",
            "",
            f"at most {self._max_watchers} event streams may be open",
            "close one, or raise SCALING_SEARCH_MAX_WATCHERS",
            headers={"Retry-After": "30"},
        )

    async def run(self) -> None:
        """Poll until cancelled; then end all streams."""
        checked = time.monotonic()
        try:
            while True:
                await self._has_watchers.wait()
                more = await self._with_patience(self._poll)
                if time.monotonic() - checked > _CHECK_DELETED_SECONDS:
                    await self._with_patience(self._end_deleted)
                    checked = time.monotonic()
                if not more:
                    await asyncio.sleep(self._poll_seconds)
        finally:
            for channel in self._channels.values():
                for watcher in channel.watchers:
                    watcher.end()

    async def _stored(self, sweep_id: int, seq: int) -> AsyncIterator[Event]:
        """Stored events, read in batches."""
        while True:
            read = partial(self._store.events, sweep_id, after=seq, limit=_BATCH)
            events = await run_sync(read)
            for event in events:
                yield event
            if len(events) < _BATCH:
                return
            seq = events[-1].seq

    async def _poll(self) -> bool:
        """Pass new events to the watchers; True if there may be more."""
        positions = {sweep_id: channel.seq for sweep_id, channel in self._channels.items()}
        read = partial(self._store.events_since, positions, limit=_BATCH)
        events = await run_sync(read)
        for event in events:
            channel = self._channels.get(event.sweep)
            if channel is None or event.seq != channel.seq + 1:
                continue  # everyone left, or somebody who read further joined meanwhile
            channel.seq = event.seq
            data = EncodedEvent(event.seq, encoded(event))
            for watcher in channel.watchers:
                watcher.put(data)
        return len(events) == _BATCH

    async def _end_deleted(self) -> bool:
        """End the streams of deleted sweeps."""
        existing = await run_sync(self._store.sweep_states)
        for sweep_id in self._channels.keys() - existing.keys():
            for watcher in self._channels[sweep_id].watchers:
                watcher.end()
        return False

    @contextmanager
    def _counted(self, watcher: Watcher) -> Iterator[None]:
        ending = asyncio.get_running_loop().call_later(_LONGEST_SECONDS, watcher.end)
        self._count += 1
        self._watching.set(self._count)
        try:
            yield
        finally:
            ending.cancel()
            self._count -= 1
            self._watching.set(self._count)

    @contextmanager
    def _joined(self, sweep_id: int, watcher: Watcher, seq: int) -> Iterator[_Channel]:
        channel = self._channels.setdefault(sweep_id, _Channel(seq))
        channel.watchers.add(watcher)
        self._has_watchers.set()
        try:
            yield channel
        finally:
            channel.watchers.discard(watcher)
            if not channel.watchers:
                self._channels.pop(sweep_id, None)
            if not self._channels:
                self._has_watchers.clear()

    async def _with_patience(self, query: Callable[[], Awaitable[bool]]) -> bool:
        """Query the database; while it is unavailable, wait and report nothing new."""
        try:
            return await query()
        except (InputError, WorkError) as error:
            _log.warning("events cannot be read", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
            return False


def encoded(event: Event) -> bytes:
    """A server-sent event; its id is the `seq` that a reconnecting client repeats."""
    text = adapter(Event).dump_json(event).decode()
    return ServerSentEvent(data=text, event=event.kind, id=str(event.seq), sep="\n").encode()
