"""The rule that decides which trials of a sweep keep their weights."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_BEST = re.compile(r"best:([1-9]\d{0,5})")


def _check(rule: str) -> str:
    if rule not in ("none", "all") and not _BEST.fullmatch(rule):
        raise ValueError(
            f"{rule!r}: none, all, or best:K for the K most accurate trials, such as best:3"
        )
    return rule


CheckpointRule = Annotated[
    str,
    AfterValidator(_check),
    Field(
        description="Trials whose weights are kept: none, all, or best:K (the K most accurate). "
        "Not part of the protocol.",
        json_schema_extra={"pattern": r"^(none|all|best:[1-9]\d{0,5})$"},
    ),
]


def most_kept(rule: str) -> int | None:
    """Largest number of trials whose weights are kept; None: all."""
    best = _BEST.fullmatch(rule)
    if best:
        return int(best[1])
    return None if rule == "all" else 0
