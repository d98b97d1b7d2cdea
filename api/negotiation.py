"""The media type of an answer, by the Accept header."""

from __future__ import annotations

from collections.abc import Sequence

from api.media_types import preferred
from api.problems import refused


def chosen(accept: str | None, offered: Sequence[str]) -> str:
    """The offered media type that an Accept header likes best; of equals, the first offered.

    Raises:
        ProblemError: 406, none of them is acceptable.
    """
    best = preferred(accept, offered)
    if best is not None:
        return best
    rule = f"available as {', '.join(offered)}"
    detail = f"accept is {accept!r}: {rule}"
    raise refused(
        406, "header", "accept", rule, "request one of these", value=accept, detail=detail
    )
