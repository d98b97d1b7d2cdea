"""A sweep's events as they happen, over connections that may break."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import httpx
from httpx_sse import SSEError, connect_sse
from pydantic import ValidationError

from results.errors import DatabaseUnavailableError
from results.values import Event
from results.values.json import from_json
from scaling_search.client.connection import Connection
from scaling_search.client.failures import failure, strange, unreachable

_SILENCE_SECONDS: Final = 60.0
"""The service says something every 15 seconds; longer silence means a dead connection."""

_MOST_FAILURES: Final = 20
_LONGEST_PAUSE_SECONDS: Final = 30.0


class Stream:
    """Follows one sweep: reconnects where a connection ends, from the last event seen."""

    def __init__(self, connection: Connection, sweep_id: int, after: int) -> None:
        self._connection = connection
        self._path = f"/v1/sweeps/{sweep_id}/events"
        self._seq = after
        self._pause_seconds = 2.0
        self._failures = 0
        self._connected = False

    def events(self) -> Iterator[Event | None]:
        """Every event, in order and once, without end; None where time has passed without any.

        Raises:
            NotFoundError: there is no such sweep, or it has been deleted.
            InputError: the service refuses.
            WorkError: there is no service, or it stays away.
        """
        while True:
            try:
                yield from self._connection_events()
            except httpx.TransportError as error:
                self._failed(unreachable(error, self._connection.place))
            except DatabaseUnavailableError as error:
                self._failed(error)
            time.sleep(min(_LONGEST_PAUSE_SECONDS, self._pause_seconds * 1.5**self._failures))

    def _failed(self, error: Exception) -> None:
        """Try again, unless there never was a connection, or for too long none."""
        self._failures += 1
        if not self._connected or self._failures > _MOST_FAILURES:
            raise error from None

    def _connection_events(self) -> Iterator[Event | None]:
        http, place = self._connection.http, self._connection.place
        timeout = httpx.Timeout(http.timeout.connect, read=_SILENCE_SECONDS)
        headers = {"Last-Event-ID": str(self._seq)}
        with connect_sse(http, "GET", self._path, headers=headers, timeout=timeout) as source:
            response = source.response
            if not response.is_success:
                response.read()
                raise failure(response, place)
            self._connected = True
            try:
                for message in source.iter_sse():
                    self._failures = 0
                    if message.retry is not None:
                        self._pause_seconds = message.retry / 1000
                    if not message.data:
                        yield None
                        continue
                    event = from_json(Event, message.data)
                    self._seq = event.seq
                    yield event
            except (SSEError, ValidationError):
                raise strange(response, place) from None
