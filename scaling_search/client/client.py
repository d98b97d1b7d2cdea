"""`Client`: a service's sweeps as records."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from scaling_search.client.catalog import CatalogPart
from scaling_search.client.changes import ChangePart
from scaling_search.client.coefficients import CoefficientsPart
from scaling_search.client.connection import Connection
from scaling_search.client.sweeps import SweepPart
from scaling_search.client.transfers import TransferPart
from scaling_search.client.validations import ValidationPart


class Client(SweepPart, CoefficientsPart, CatalogPart, ChangePart, ValidationPart, TransferPart):
    """A service, asked over HTTP; a `results.reader.Reader`, as a `Store` is.

    Its methods give the same records as the store's methods of the same names, and
    `results.frames` takes it as it takes a store. What is left out of the records is what the
    service does not tell: the key under which a sweep was submitted, and of the evidence in lists
    of coefficients everything but `seeds` and `why`.

    Reading is tried again for some seconds where the service is away or busy; so is submitting,
    which cannot happen twice. Threads may share a client.

    Args:
        url: the service's address, such as http://127.0.0.1:8321.
        token: what it lets us in by; by default what SCALING_SEARCH_TOKEN holds, if anything.
        timeout_seconds: how long an answer may take.

    Raises, like every method:
        InputError: what is asked is wrong (4xx), in the service's words: `NotFoundError` for 404,
            `ConflictError` for 409.
        WorkError: the service failed (5xx), does not answer, or is none.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout_seconds: float = 30.0
    ) -> None:
        super().__init__(Connection(url, token, timeout_seconds))

    def __repr__(self) -> str:
        return f"Client({self.location!r})"

    @property
    def location(self) -> str:
        """The service's address."""
        return self._connection.place

    def close(self) -> None:
        """Close every connection; the client can no longer be used."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
