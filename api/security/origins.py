"""Checks of Host and Origin: against DNS rebinding and requests that other sites make.

A page of another site can make a browser send requests here. Names that rebind to a loopback
address show in the Host header; writes from another origin show in Origin or Sec-Fetch-Site.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers

from api.problems import ProblemError, refused
from api.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def check_host(headers: Headers, settings: Settings) -> None:
    """Raise a 403 unless the host that the request names is one of ours."""
    allowed = settings.hosts
    if allowed is None:
        return
    host = headers.get("host", "")
    if _name(host) not in allowed:
        raise _forbidden(
            "host",
            host,
            f"this service accepts requests for {', '.join(sorted(allowed))} only",
            "use one of these names, or add others to SCALING_SEARCH_ALLOWED_HOSTS",
        )


def check_origin(method: str, headers: Headers, settings: Settings) -> None:
    """Raise a 403 if a browser sends a write on behalf of another site."""
    if method in SAFE_METHODS:
        return
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None:
        same = origin.partition("://")[2].lower() == headers.get("host", "").lower()
        if same or origin.lower() in settings.allowed_origins:
            return
        raise _forbidden(
            "origin",
            origin,
            "pages of other sites may not write here",
            "add the site to SCALING_SEARCH_ALLOWED_ORIGINS to allow it",
        )
    if site not in ("none", "same-origin"):
        raise _forbidden("sec-fetch-site", site, "pages of other sites may not write here", None)


def _name(host: str) -> str:
    """The host without its port, lower case; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _forbidden(header: str, value: str, rule: str, remedy: str | None) -> ProblemError:
    detail = f"{header} is {value!r}: {rule}"
    return refused(403, "header", header, rule, remedy, value=value, detail=detail)
