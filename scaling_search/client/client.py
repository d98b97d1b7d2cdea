"""`Client`: the values of a service."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from scaling_search.client.catalog import CatalogRequests
from scaling_search.client.coefficients import CoefficientsRequests
from scaling_search.client.connection import Connection
from scaling_search.client.submission import SubmissionRequests
from scaling_search.client.sweeps import SweepRequests
from scaling_search.client.transfers import TransferRequests
from scaling_search.client.validations import ValidationRequests


class Client(
    SweepRequests,
    CoefficientsRequests,
    CatalogRequests,
    SubmissionRequests,
    ValidationRequests,
    TransferRequests,
):
    """A service over HTTP; a `results.reader.Reader`, as a `Store` is.

    Its methods return the same values as the store's methods of the same names, and
    `results.frames` takes it in place of a store. The service does not reveal the key under which
    a sweep was submitted.

    Requests are repeated for some seconds while the service is away or busy: those that read, and
    submissions, which cannot happen twice. Threads may share a client.

    Args:
        url: the service's address, such as http://127.0.0.1:8321.
        token: the token to send; by default that of SCALING_SEARCH_TOKEN, if it is set.
        timeout_seconds: time that an answer may take.

    Raises, like every method:
        InputError: the request is wrong (4xx); the message is the service's. `NotFoundError` for
            404, `ConflictError` for 409.
        WorkError: the service failed (5xx) or does not answer, or another program answers.
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
