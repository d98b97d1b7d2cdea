"""Seeds of trials: a list of them, or how many."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

MAX_SEEDS = 100


def _counted(seeds: Any) -> Any:
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        if not 1 <= seeds <= MAX_SEEDS:
            raise ValueError(f"{seeds} seeds given: give 1 to {MAX_SEEDS}")
        return tuple(range(seeds))
    return seeds


def _distinct(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if not 1 <= len(seeds) <= MAX_SEEDS:
        raise ValueError(f"{len(seeds)} seeds given: give 1 to {MAX_SEEDS}")
    if len(set(seeds)) < len(seeds) or min(seeds) < 0 or max(seeds) >= 2**31:
        raise ValueError(f"{list(seeds)}: seeds must be distinct, from 0 to 2³¹ − 1")
    return seeds


Seeds = Annotated[tuple[int, ...], BeforeValidator(_counted), AfterValidator(_distinct)]
"""Distinct seeds; a number stands for that many, from 0."""
