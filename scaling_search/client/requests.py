"""The base of a client's methods."""

from __future__ import annotations

from collections.abc import Iterable

from scaling_search.client.connection import Connection


class Requests:
    """Requests about one kind of value; all kinds share a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


def several(values: Iterable[str] | None) -> list[str] | None:
    """A filter that takes any of some values; None: no filter."""
    return None if values is None else [str(value) for value in values]
