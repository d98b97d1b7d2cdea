"""Errors from answers of the service, or from their absence."""

from __future__ import annotations

from typing import Any

import httpx

from results.errors import ConflictError, DatabaseUnavailableError, NotFoundError
from search_spaces.errors import InputError, WorkError

_PROBLEM = "application/problem+json"
_KINDS: dict[int, type[InputError | WorkError]] = {
    404: NotFoundError,
    409: ConflictError,
    503: DatabaseUnavailableError,
}


def failure(response: httpx.Response, place: str) -> InputError | WorkError:
    """The error of an answer of 4xx or 5xx; `place` is the service's address.

    `InputError` (`NotFoundError`, `ConflictError`) for 4xx, `WorkError`
    (`DatabaseUnavailableError`) for 5xx, and where another program answers.
    """
    problem = _problem(response)
    if problem is None:
        return strange(response, place)
    text = _words(problem)
    status = response.status_code
    if status in (401, 403):
        text += " (the client sends the token that SCALING_SEARCH_TOKEN holds)"
    if status >= 500:
        text = f"the service at {place}: {text} (request {problem.get('request_id') or 'unknown'})"
    return _KINDS.get(status, InputError if status < 500 else WorkError)(text)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    if response.status_code < 400 or _media_type(response) != _PROBLEM:
        return None
    try:
        problem = response.json()
    except ValueError:
        return None
    return problem if isinstance(problem, dict) and "detail" in problem else None


def _words(problem: dict[str, Any]) -> str:
    """The problem's sentence, and the remedies that it does not contain already."""
    text = str(problem["detail"])
    for finding in problem.get("errors", []):
        remedy = finding.get("remedy")
        if remedy and remedy not in text:
            text += f"; {remedy}"
    return text


def strange(response: httpx.Response, place: str) -> WorkError:
    """The error where another program answers, or another version of the service."""
    kind = _media_type(response) or "nothing"
    return WorkError(
        f"{place} answered {response.request.url.path} with status {response.status_code} and "
        f"{kind}, which no scaling-search service of this version does: check the address, and "
        "what may stand between (a proxy, a sign-in page)"
    )


def _media_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip()


def unreachable(error: httpx.RequestError, place: str) -> WorkError:
    """Nothing came back."""
    if isinstance(error, httpx.TimeoutException):
        return WorkError(
            f"the service at {place} did not answer in time: it is overloaded or the way to it is "
            "broken; the same command may succeed later"
        )
    if isinstance(error, httpx.ConnectError):
        return WorkError(
            f"no service answers at {place} ({error}): start one there with `scaling-search "
            "serve`, or name another address (--server, SCALING_SEARCH_SERVER)"
        )
    return WorkError(f"the connection to {place} broke ({error or type(error).__name__})")
