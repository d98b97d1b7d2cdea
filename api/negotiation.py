"""Which representation a client wants."""

from __future__ import annotations

from collections.abc import Sequence

from api.media_types import preferred
from api.problems import Finding, ProblemError, shortened


def chosen(accept: str | None, offered: Sequence[str]) -> str:
    """The offered media type that an Accept header likes best; of equals, the first offered.

    Raises:
        ProblemError: 406, none of them is acceptable.
    """
    best = preferred(accept, offered)
    if best is not None:
        return best
    finding = Finding(
        place="header",
        field="accept",
        value=shortened(accept),
        rule=f"this comes as {', '.join(offered)}",
        remedy="ask for one of them",
    )
    raise ProblemError(406, f"accept is {accept!r}: {finding.rule}", [finding])
