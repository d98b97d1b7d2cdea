"""The outcome of a sweep: who leads, how sure that is, and what it rests on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer, model_validator

from results.states import CONCLUSIVE, Verdict
from results.values.methods import MethodComparison
from results.values.triangle import TriangleSurface
from search_spaces.coefficients import Coefficients, Shares
from search_spaces.families.intervals import Ends, Intervals

CandidateStanding = Literal["leader", "equivalent", "worse", "undecided", "reference", "incomplete"]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A candidate beside the leader; accuracies, gains and regrets are fractions."""

    index: int
    """Index in the plan."""
    standing: CandidateStanding
    """`equivalent`: as good as the leader; `worse`: not; `undecided`: not known; `reference`: it
    misses the constraint, so it cannot win; `incomplete`: it lost a trial or finished none."""
    accuracy: float | None = None
    """Mean over its trials."""
    seed_sd: float | None = None
    """Spread of its trials; None from one seed."""
    gain: float | None = None
    """The leader's accuracy minus its own at matched cost."""
    low: float | None = None
    """Ends of the interval of `gain`: joint for all that can win, its own for a `reference`."""
    high: float | None = None
    seeds: int = 0
    """Trials behind `accuracy`."""
    probability_best: float | None = None
    """Probability that no other candidate is better; None if it cannot win."""
    probability_within: float | None = None
    """Probability that it loses at most δ against the best; None if it cannot win."""
    expected_regret: float | None = None
    """Accuracy that it is expected to lose against the best; None if it cannot win."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """The leader's accuracy minus that of candidate `over`, with an interval of its own."""

    over: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Settling:
    """What would settle an inconclusive verdict with 80% probability.

    `seeds` of every candidate in all, if accuracies are as the trials so far suggest; or validation
    `images`, where no number of seeds would do on the present ones. Few trials say this roughly:
    the figures change as trials come in.
    """

    seeds: int | None = None
    images: int | None = None


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """The leader from fresh seeds alone, which having been selected cannot flatter."""

    seeds: int
    accuracy: float
    low: float
    """Ends of the interval of `accuracy`, at the rule's confidence."""
    high: float
    gains: dict[str, Gain]
    """Named as those of the outcome, at the same cost."""


@dataclass(frozen=True, kw_only=True)
class LeadingCoefficients:
    """The class of coefficients that the leader stands for."""

    coefficients: Coefficients
    """The triple that represents the class."""
    intervals: Intervals
    """Lowest and highest value of each coefficient that realises the leader's network."""
    normalised: Coefficients
    """The triple of the same direction with αβ²γ² = 2."""
    shares: Shares | None = None
    """How the leader spends a doubling of FLOPs."""
    region_shares: dict[str, tuple[float, float]] | None = None
    """Lowest and highest share of each dimension in the region; None without a region."""
    ends_at_b7: Ends | None = None
    """What the ends of the intervals would mean for b7; None in outcomes of early versions."""


@dataclass(frozen=True, kw_only=True)
class NarrowedCoefficients:
    """What a follow-up at φ = 2 leaves of a leader's class of coefficients."""

    sweep: int
    """The follow-up."""
    verdict: Verdict
    networks: int
    """Distinct networks at φ = 2 in the class."""
    trained: int
    """Networks of them that were trained."""
    left: int
    """Trained networks that are not shown to be worse."""
    before: Intervals
    intervals: Intervals
    """Intervals of the networks that are left."""
    coefficients: Coefficients | None
    """Coefficients of the best network, if the verdict is conclusive."""
    ends_at_b7: Ends
    why: tuple[str, ...] = ()


_LEADING = tuple(one.name for one in fields(LeadingCoefficients))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a sweep concluded, with the grounds; a sweep that compares methods has no verdict.

    In JSON the fields of `leading` stand beside the others, `chosen` holds the leader's
    coefficients if the verdict is conclusive, and `leading`, `methods`, `identified`, `surface`
    and `verdict` are left out where they are None. Figures that outcomes of earlier versions lack
    get their defaults.
    """

    verdict: Verdict | None
    leader: int | None = None
    """Index of the leading candidate."""
    region: tuple[int, ...] = ()
    """Indices of the leader and of those that are as good, if the verdict is `equivalent`."""
    why: tuple[str, ...] = ()
    """The grounds, a sentence each."""
    seeds: int | None = None
    """Trials of the leader."""
    images: int | None = None
    """Validation images."""
    chance: float | None = None
    """Accuracy of always naming the validation split's largest class."""
    flops_ratio: float | None = None
    """Cost at which candidates were compared, as a multiple of the baseline's FLOPs, or of what
    the search is matched on."""
    certainty: float | None = None
    """Probability that the leader loses at most δ against the true best."""
    regret_bound: float | None = None
    """Accuracy that the leader loses at most against the true best, at the rule's confidence."""
    between_candidates_sd: float | None = None
    """Spread of the means of the candidates that can win."""
    seed_sd: float | None = None
    """Pooled spread between seeds of one candidate."""
    settling: Settling | None = None
    """None where nothing has to be settled."""
    gains: dict[str, Gain] = field(default_factory=dict)
    """Over `baseline` (at its own cost) and `published` (at matched cost)."""
    confirmation: Confirmation | None = None
    """None until the leader was trained with fresh seeds."""
    comparisons: tuple[Comparison, ...] = ()
    """Every candidate, in the order of the plan."""
    identified: NarrowedCoefficients | None = None
    """What this sweep leaves of another's coefficients, if it was run for that (`identify`)."""
    leading: LeadingCoefficients | None = None
    """The leader's coefficients; None without a leader."""
    methods: MethodComparison | None = None
    """Ways of scaling, if that is what the sweep compares."""
    surface: TriangleSurface | None = None
    """The model of the verdict over the triangle; None in outcomes of earlier versions."""

    @property
    def conclusive(self) -> bool:
        """Whether the verdict is `chosen` or `equivalent`."""
        return self.verdict in CONCLUSIVE

    @property
    def chosen(self) -> Coefficients | None:
        """The leader's coefficients, if the verdict is conclusive."""
        return self.leading.coefficients if self.leading and self.conclusive else None

    def withheld(self, reason: str) -> Outcome:
        """The same figures without a conclusion, for a reason that they cannot show."""
        why = (reason, *self.why)
        return dataclasses.replace(self, verdict=Verdict.INCONCLUSIVE, region=(), why=why)

    @model_serializer(mode="wrap")
    def _flatten(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        leading = values.pop("leading")
        for name in ("identified", "methods", "surface", "verdict"):
            if values[name] is None:
                del values[name]
        chosen = leading["coefficients"] if self.chosen else None
        return values | (leading or {}) | {"chosen": chosen}

    @model_validator(mode="before")
    @classmethod
    def _nest(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        leading = {name: values[name] for name in _LEADING if name in values}
        nested = leading if {"coefficients", "intervals", "normalised"} <= leading.keys() else None
        return {"verdict": None, "leading": nested} | values
