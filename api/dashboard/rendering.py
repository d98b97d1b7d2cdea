"""Renders templates as pages: escaped, with formatted numbers, and with our own scripts only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import Scope

from api.dashboard.assets import address
from api.dashboard.sparkline import sparkline
from api.media_types import preferred
from search_spaces.human import amount, duration, exactly, percent, plural, points, size, triple
from search_spaces.specs.target import NAMES

_SAME_ORIGIN: Final = (
    "default-src 'none'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_PLAIN: Final = f"{_SAME_ORIGIN}; script-src 'self'; style-src 'self'"
_DRAWS: Final = (
    f"{_SAME_ORIGIN}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "worker-src blob:"
)
"""Plotly compiles its WebGL drawing functions, and styles what it draws in place."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("api.dashboard"), PackageLoader("results.tables")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ago": ago,
        "amount": amount,
        "cost": NAMES.__getitem__,
        "count": lambda value: f"{value:,}",
        "duration": duration,
        "exactly": exactly,
        "name": lambda name: name.rstrip("/").rpartition("/")[2] or name,
        "percent": percent,
        "plural": plural,
        "points": points,
        "size": size,
        "sparkline": sparkline,
        "triple": triple,
        "utc": utc,
    }
    return environment


def wants_page(scope: Scope) -> bool:
    """Whether the client prefers HTML, as browsers do."""
    accept = Headers(scope=scope).get("accept")
    return preferred(accept, ("application/json", "text/html")) == "text/html"


def page(
    scope: Scope,
    template: str,
    *,
    status: int = 200,
    draws: bool = False,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page.

    Args:
        scope: of the request.
        template: its name without suffix.
        status: of the answer.
        draws: whether the page uses Plotly.
        headers: additional headers.
        values: variables of the template.
    """
    service = getattr(scope["app"].state, "service", None)
    text = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            asset=address,
            path=scope["path"],
            draws=draws,
            principal=scope.get("state", {}).get("principal"),
            tokens_needed=service is not None and service.settings.tokens_needed,
            **values,
        )
    )
    fixed = {
        "Content-Security-Policy": _DRAWS if draws else _PLAIN,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Cookie",
    }
    return HTMLResponse(text, status, {**fixed, **(headers or {})})


def utc(moment: datetime | None) -> str:
    """2026-11-22 10:04 UTC, or – where there is none."""
    return "–" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(moment: datetime | None) -> str:
    """4 min ago; the day once it is more than a week."""
    if moment is None:
        return "–"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for unit, length, most in (("min", 60, 60), ("h", 3600, 48), ("days", 86400, 7)):
        if seconds < most * length:
            return f"{int(seconds / length)} {unit} ago"
    return f"{moment.astimezone(UTC):%Y-%m-%d}"
