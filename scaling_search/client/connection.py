"""Requests to a service: address, token, retries, errors, pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, Self

import httpx
from httpx_retries import Retry, RetryTransport
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from results.values.json import Value, adapter, from_json
from scaling_search.client.failures import failure, strange, unreachable
from search_spaces.errors import InputError

TOKEN_VARIABLE: Final = "SCALING_SEARCH_TOKEN"
_ROWS_AT_ONCE: Final = 1000

_RETRY: Final = Retry(
    total=3,
    backoff_factor=0.2,
    max_backoff_wait=10.0,
    total_timeout=20.0,
    status_forcelist=(502, 503, 504),
    allowed_methods=("GET",),
)
"""Only requests that change nothing are repeated, unless a request gives another policy."""

ALSO_POST: Final = Retry(
    total=3,
    backoff_factor=0.2,
    max_backoff_wait=10.0,
    total_timeout=20.0,
    status_forcelist=(502, 503, 504),
    allowed_methods=("GET", "POST"),
)
"""For requests that bring an idempotency key."""

Params = Mapping[str, Any]


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True)

    items: list[dict[str, Any]]
    next: str | None = Field()


class Connection:
    """HTTP requests to one service. Threads may share it.

    Args:
        url: its address, such as http://127.0.0.1:8321.
        token: the token to send; by default that of SCALING_SEARCH_TOKEN, if it is set.
        timeout_seconds: time that an answer may take.

    Raises:
        InputError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str | None, timeout_seconds: float) -> None:
        base = _address(url)
        secret = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        self.place = str(base).rstrip("/")
        self.http = httpx.Client(
            base_url=base,
            headers=_identity(secret),
            timeout=timeout_seconds,
            transport=RetryTransport(retry=_RETRY),
        )

    def close(self) -> None:
        """Close every connection."""
        self.http.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        retry: Retry | None = None,
    ) -> httpx.Response:
        """An answer of 2xx.

        Raises:
            InputError: 4xx, with the server's words.
            WorkError: 5xx, or no answer of a service.
        """
        try:
            response = self.http.request(
                method,
                path,
                params=_given(params),
                json=json,
                headers=headers,
                extensions={"retry": retry or _RETRY},
            )
        except httpx.RequestError as error:
            raise unreachable(error, self.place) from None
        if not response.is_success:
            raise failure(response, self.place)
        return response

    def read(self, kind: type[Value], response: httpx.Response) -> Value:
        """The value that an answer holds; `WorkError` if it holds none."""
        try:
            return from_json(kind, response.content)
        except ValidationError:
            raise strange(response, self.place) from None

    def get(self, kind: type[Value], path: str, params: Params | None = None) -> Value:
        """The value at a path."""
        return self.read(kind, self.request("GET", path, params=params))

    def rows(
        self, kind: type[Value], path: str, params: Params, limit: int | None = None
    ) -> Iterator[Value]:
        """The rows of a list, fetched page by page as they are consumed."""
        if any(value == [] for value in params.values()):
            return iter(())  # any of no values: nothing matches
        return islice(self._rows(kind, path, params, limit), limit)

    def _rows(
        self, kind: type[Value], path: str, params: Params, limit: int | None
    ) -> Iterator[Value]:
        size = _ROWS_AT_ONCE if limit is None else max(1, min(limit, _ROWS_AT_ONCE))
        cursor: str | None = None
        while True:
            query = {**params, "limit": size, "cursor": cursor}
            response = self.request("GET", path, params=query)
            page = self.read(_Page, response)
            try:
                yield from map(adapter(kind).validate_python, page.items)
            except ValidationError:
                raise strange(response, self.place) from None
            if page.next is None:
                return
            cursor = page.next

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _address(url: str) -> httpx.URL:
    try:
        base = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise InputError(
            f"server is {url!r}: {error}; write for example http://host:8321"
        ) from None
    if base.userinfo:
        raise InputError(
            "the server's address holds a name or password: leave them out, and put a token into "
            f"{TOKEN_VARIABLE}"
        )
    if base.scheme not in ("http", "https") or not base.host or base.query or base.fragment:
        raise InputError(
            f"server is {url!r}: it must be the address of a service; write for example "
            "http://host:8321"
        )
    return base


def _identity(secret: str) -> dict[str, str]:
    if not secret:
        return {}
    if not re.fullmatch(r"[!-~]+", secret):
        raise InputError(
            "the token has spaces, line breaks or letters that no token has (it is not shown "
            f"here): copy it again, or unset {TOKEN_VARIABLE}"
        )
    return {"Authorization": f"Bearer {secret}"}


def _given(params: Params | None) -> dict[str, Any]:
    """Parameters that have a value; several of one name as a list."""
    return {name: value for name, value in (params or {}).items() if value is not None}
