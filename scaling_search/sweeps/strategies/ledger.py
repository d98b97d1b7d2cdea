"""What a strategy sees of a sweep, and what it decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

from scaling_search.evidence import Evidence
from search_spaces.specs.sweep import FRESH

Pick = tuple[int, int]
"""A trial: (index of a candidate, seed)."""

TrialStatus = Literal["open", "finished", "stopped", "lost"]
"""`open` is waiting or running; `stopped` ended early by a race, `lost` diverged or failed."""


@dataclass(frozen=True)
class Arm:
    """A candidate as a strategy sees it; `shares` are (depth, width, resolution)."""

    index: int
    eligible: bool
    roles: tuple[str, ...]
    shares: tuple[float, float, float] | None


@dataclass(frozen=True)
class Ledger:
    """A sweep so far.

    Args:
        arms: the candidates, by index.
        trials: the status of each trial, in the order in which they were added.
        evidence: what finished trials showed, one entry per candidate, by index.
        images: training images that the search has used or that its open trials will.
    """

    arms: tuple[Arm, ...]
    trials: Mapping[Pick, TrialStatus]
    evidence: tuple[Evidence, ...]
    images: int = 0

    @cached_property
    def eligible(self) -> tuple[int, ...]:
        """Candidates that can win."""
        return tuple(arm.index for arm in self.arms if arm.eligible)

    @cached_property
    def references(self) -> tuple[int, ...]:
        """Those that cannot."""
        return tuple(arm.index for arm in self.arms if not arm.eligible)

    @cached_property
    def statuses(self) -> Mapping[int, Mapping[int, TrialStatus]]:
        """By candidate and seed."""
        statuses: dict[int, dict[int, TrialStatus]] = {arm.index: {} for arm in self.arms}
        for (index, seed), status in self.trials.items():
            statuses[index][seed] = status
        return statuses

    @cached_property
    def is_open(self) -> bool:
        """Whether any trial is not over."""
        return "open" in self.trials.values()

    def is_out(self, index: int) -> bool:
        """Whether a candidate lost a trial or was stopped, so that it gets no further seeds."""
        return not {"lost", "stopped"}.isdisjoint(
            status for (one, _), status in self.searched.items() if one == index
        )

    @cached_property
    def searched(self) -> Mapping[Pick, TrialStatus]:
        """The trials of the search: those with fresh seeds confirm what it found."""
        return {pick: status for pick, status in self.trials.items() if pick[1] < FRESH}

    def missing(self, indices: Iterator[int] | tuple[int, ...], seed: int) -> tuple[Pick, ...]:
        """Trials of these candidates with a seed that were never added."""
        return tuple((index, seed) for index in indices if (index, seed) not in self.trials)


@dataclass(frozen=True)
class Decision:
    """Why trials are added or candidates dropped; becomes an event.

    `key` is its name within the sweep: a decision that is recomputed is recorded once. `dropped`
    maps a candidate's index to the reason.
    """

    key: str
    why: str
    kept: tuple[int, ...] = ()
    dropped: Mapping[int, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "key": self.key,
            "why": self.why,
            "kept": list(self.kept),
            "dropped": [{"index": index, "why": why} for index, why in self.dropped.items()],
        }


@dataclass(frozen=True)
class Step:
    """What to do now: train `trials` (none: wait for open ones), or stop if `over`."""

    trials: tuple[Pick, ...] = ()
    decision: Decision | None = None
    over: bool = False


class Strategy(Protocol):
    """Decides what to train next."""

    def step(self, ledger: Ledger) -> Step:
        """The next step; called whenever a worker is free and no trial waits for it."""
        ...


WAIT = Step()
OVER = Step(over=True)
