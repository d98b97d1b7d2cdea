"""A verdict with its grounds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["chosen", "equivalent", "inconclusive"]
Standing = Literal["leader", "equivalent", "worse", "undecided", "reference", "incomplete"]


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the leader; accuracies and gains are fractions, intervals are joint.

    `gain` is the leader's over it, `low` and `high` its interval. `reference` candidates cannot win
    (they miss the constraint), `incomplete` ones lost a trial.
    """

    index: int
    standing: Standing
    accuracy: float | None = None
    seed_sd: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outcome:
    """The verdict with its grounds.

    `leader` and `region` hold candidate indices; `region` are the leader and those that may be as
    good, when the verdict is `equivalent`. `between_candidates_sd` is the spread of the eligible
    candidates' means, `seed_sd` the pooled spread of one candidate's seeds.
    """

    verdict: Verdict
    leader: int | None
    region: tuple[int, ...]
    why: tuple[str, ...]
    seeds: int
    chance: float
    regret_bound: float | None
    between_candidates_sd: float | None
    seed_sd: float | None
    comparisons: tuple[Comparison, ...] = ()

    def withheld(self, reason: str) -> Outcome:
        """The same figures without a conclusion, for a reason that they cannot show."""
        return dataclasses.replace(self, verdict="inconclusive", region=(), why=(reason, *self.why))

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        values = dataclasses.asdict(self)
        lists = ("region", "why", "comparisons")
        return values | {name: list(values[name]) for name in lists}
