"""A verdict with its grounds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["chosen", "equivalent", "inconclusive"]
Standing = Literal["leader", "equivalent", "worse", "undecided", "reference", "incomplete"]


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the leader; accuracies, gains and regrets are fractions.

    `accuracy` and `seed_sd` are those of its trials. `gain` is the leader's over it at matched
    cost, `low` and `high` its interval: jointly for all that can win, its own for `reference`.
    `probability_best`, `probability_within` (of losing at most δ) and `expected_regret` are of the
    candidates that can win. `reference` candidates cannot (they miss the constraint), `incomplete`
    ones lost a trial.
    """

    index: int
    standing: Standing
    accuracy: float | None = None
    seed_sd: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    seeds: int = 0
    probability_best: float | None = None
    probability_within: float | None = None
    expected_regret: float | None = None


@dataclass(frozen=True)
class Gain:
    """The leader's accuracy minus that of candidate `over`, with its own interval."""

    over: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Settling:
    """What would, with probability `LIKELY`, settle an inconclusive verdict.

    `seeds` of every candidate in all, if their true accuracies are as believed of them now; or
    `images` for validation, where no number of seeds would do on the present ones. What is believed
    after few seeds is wide, so that the figures change as trials come in.
    """

    seeds: int | None = None
    images: int | None = None


@dataclass(frozen=True)
class Confirmation:
    """The leader from fresh seeds alone, so that having been selected does not flatter it.

    `low` and `high` are the ends of the interval of `accuracy`, at the confidence asked for.
    `gains` are named as those of the outcome, at the same cost.
    """

    seeds: int
    accuracy: float
    low: float
    high: float
    gains: dict[str, Gain]


@dataclass(frozen=True)
class Outcome:
    """The verdict with its grounds.

    `leader` and `region` hold candidate indices; `region` are the leader and those that are as
    good, when the verdict is `equivalent`. `seeds` are the leader's. `flops_ratio` is where
    candidates were compared, as a multiple of the baseline's FLOPs or what the sweep is matched on;
    `certainty` the probability that the leader loses at most δ against the true best,
    `regret_bound` what it loses at most with the confidence asked for.
    `gains` are over `baseline` (at its own cost) and over `published` (at matched cost).
    `between_candidates_sd` is the spread of the eligible candidates' means, `seed_sd` the pooled
    spread of one candidate's seeds. `confirmation` is there once the leader was trained with fresh
    seeds.
    """

    verdict: Verdict
    leader: int | None
    region: tuple[int, ...]
    why: tuple[str, ...]
    seeds: int
    images: int
    chance: float
    flops_ratio: float | None
    certainty: float | None
    regret_bound: float | None
    between_candidates_sd: float | None
    seed_sd: float | None
    settling: Settling | None = None
    gains: dict[str, Gain] = field(default_factory=dict)
    confirmation: Confirmation | None = None
    comparisons: tuple[Comparison, ...] = ()

    def withheld(self, reason: str) -> Outcome:
        """The same figures without a conclusion, for a reason that they cannot show."""
        return dataclasses.replace(self, verdict="inconclusive", region=(), why=(reason, *self.why))

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        values = dataclasses.asdict(self)
        lists = ("region", "why", "comparisons")
        return values | {name: list(values[name]) for name in lists}
