"""The one poller of a process, and the streams that it feeds."""

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

from api.events.watcher import Told, Watcher
from api.problems import refused
from results.documents.events import EventItem
from results.store import Store
from results.values import Event
from search_spaces.errors import InputError, WorkError

_BATCH: Final = 500
_LOOK_FOR_DELETED_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 2.0
"""Between attempts while the database is away."""
_LONGEST_SECONDS: Final = 3600.0
"""Then a client has to reconnect, and to show again who it is."""

_log = structlog.get_logger("api")


@dataclass
class _Channel:
    """Those who watch one sweep; `seq` is the last event that they were told."""

    seq: int
    watchers: set[Watcher] = field(default_factory=set)


class Hub:
    """Follows the events of every sweep that somebody watches.

    Streams begin in the database and go on with what the poller tells, in one sequence without gaps
    or repeats: events of a sweep are numbered without gaps, so that a stream knows when it has to
    read again. Everything here runs in the event loop; only the database is asked in threads.
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
        self._wanted = asyncio.Event()

    async def follow(self, sweep_id: int, after: int) -> AsyncIterator[bytes]:
        """The events of a sweep after a `seq`, as server-sent events, until nobody wants more.

        It ends when the sweep is deleted, and after `_LONGEST_SECONDS`.
        """
        seq = after
        watcher = Watcher()
        with self._counted(watcher):
            while not watcher.over:
                async for event in self._stored(sweep_id, seq):
                    seq = event.seq
                    yield written(event)
                with self._joined(sweep_id, watcher, seq) as channel:
                    if channel.seq > seq:  # told to others since it was read
                        continue
                    while (told := await watcher.next()) is not None:
                        if told.seq > seq + 1:
                            break
                        if told.seq == seq + 1:
                            seq = told.seq
                            yield told.data

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
        """Poll until cancelled; then all streams end."""
        looked = time.monotonic()
        try:
            while True:
                await self._wanted.wait()
                more = await self._patiently(self._poll)
                if time.monotonic() - looked > _LOOK_FOR_DELETED_SECONDS:
                    await self._patiently(self._end_deleted)
                    looked = time.monotonic()
                if not more:
                    await asyncio.sleep(self._poll_seconds)
        finally:
            for channel in self._channels.values():
                for watcher in channel.watchers:
                    watcher.end()

    async def _stored(self, sweep_id: int, seq: int) -> AsyncIterator[Event]:
        """Events that are stored, a batch at a time."""
        while True:
            read = partial(self._store.events, sweep_id, after=seq, limit=_BATCH)
            events = await run_sync(read)
            for event in events:
                yield event
            if len(events) < _BATCH:
                return
            seq = events[-1].seq

    async def _poll(self) -> bool:
        """Tell the watchers what is new; whether there may be more."""
        positions = {sweep_id: channel.seq for sweep_id, channel in self._channels.items()}
        read = partial(self._store.events_since, positions, limit=_BATCH)
        events = await run_sync(read)
        for event in events:
            channel = self._channels.get(event.sweep_id)
            if channel is None or event.seq != channel.seq + 1:
                continue  # everyone left, or somebody who read further joined meanwhile
            channel.seq = event.seq
            told = Told(event.seq, written(event))
            for watcher in channel.watchers:
                watcher.tell(told)
        return len(events) == _BATCH

    async def _end_deleted(self) -> bool:
        """End the streams of sweeps that are gone."""
        there = await run_sync(self._store.sweep_states)
        for sweep_id in self._channels.keys() - there.keys():
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
        self._wanted.set()
        try:
            yield channel
        finally:
            channel.watchers.discard(watcher)
            if not channel.watchers:
                self._channels.pop(sweep_id, None)
            if not self._channels:
                self._wanted.clear()

    async def _patiently(self, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Ask the database; while it is away, wait and go on as if there were no news."""
        try:
            return await ask()
        except (InputError, WorkError) as error:
            _log.warning("events cannot be read", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
            return False


def written(event: Event) -> bytes:
    """An event as it is sent: its `seq` is the id that a reconnecting client repeats."""
    text = EventItem.from_record(event).model_dump_json()
    return ServerSentEvent(data=text, event=event.kind, id=str(event.seq), sep="\n").encode()
