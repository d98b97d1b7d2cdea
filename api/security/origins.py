"""From where a request comes: against DNS rebinding and requests that other sites make.

A page of another site can make a browser send requests here. Names that rebind to a loopback
address show in the Host header; writes from another origin show in Origin or Sec-Fetch-Site.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers

from api.problems import Finding, ProblemError, shortened
from api.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def check_host(headers: Headers, settings: Settings) -> None:
    """Raise a 403 unless the host that the request names is one of ours."""
    allowed = settings.hosts
    if allowed is None:
        return
    host = headers.get("host", "")
    if _name(host) not in allowed:
        raise _refused(
            "host",
            host,
            f"this service answers to {', '.join(sorted(allowed))} only",
            "ask by such a name, or name others in SCALING_SEARCH_ALLOWED_HOSTS",
        )


def check_origin(method: str, headers: Headers, settings: Settings) -> None:
    """Raise a 403 if a browser sends a write on behalf of another site."""
    if method in SAFE_METHODS:
        return
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None:
        own = origin.partition("://")[2].lower() == headers.get("host", "").lower()
        if own or origin.lower() in settings.allowed_origins:
            return
        raise _refused(
            "origin",
            origin,
            "pages of another site may not write here",
            "name the site in SCALING_SEARCH_ALLOWED_ORIGINS if it may",
        )
    if site not in ("none", "same-origin"):
        raise _refused("sec-fetch-site", site, "pages of another site may not write here", None)


def _name(host: str) -> str:
    """The host without its port, lower case; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _refused(header: str, value: str, rule: str, remedy: str | None) -> ProblemError:
    finding = Finding(
        place="header", field=header, value=shortened(value), rule=rule, remedy=remedy
    )
    return ProblemError(403, f"{header} is {value!r}: {rule}", [finding])
