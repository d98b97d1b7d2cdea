"""A whole sweep as one value: where to look, how to train, on what, how often, how to decide."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from search_spaces.baselines import get_baseline
from search_spaces.errors import InputError
from search_spaces.specs.checkpoints import CheckpointRule
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.reading import parse, read_yaml
from search_spaces.specs.space import DEFAULT_BASELINE, SearchSpace
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.target import QUANTITIES

MAX_SEEDS = 100

FRESH = 2**31
"""The first seed of confirmation: nothing is selected by it and those above."""

_CONFIRMING = 3
"""Confirmation seeds of a strategy that chooses what to train."""


class SelectionRule(BaseModel):
    """When evidence counts as a conclusion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regret: float = Field(
        0.005, gt=0, lt=1, description="δ: accuracy that a choice may lose against the true best."
    )
    confidence: float = Field(
        0.95, gt=0.5, lt=1, description="Probability that a conclusion needs."
    )


class SweepSpec(BaseModel):
    """Everything that decides a sweep's result; how fast it runs is decided elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        "sweep", min_length=1, max_length=100, description="For people to tell apart."
    )
    description: str = Field("", description="What it is for.")
    space: SearchSpace = Field(description="Where to look, under which constraint.")
    proxy: ProxySpec = Field(description="Budget and recipe of every trial.")
    data: DataSpec = Field(DataSpec(), description="Images, and how they are split.")
    seeds: tuple[int, ...] = Field(
        (0, 1, 2),
        description="Seeds of a candidate's trials: a list, or how many (from 0). `grid` trains "
        "all of them, other strategies as many as they need, in this order.",
    )
    strategy: StrategySpec = Field(StrategySpec(), description="How the budget is spent.")
    confirmation_seeds: int | None = Field(
        None,
        ge=0,
        le=MAX_SEEDS,
        description="After the search the leader, the baseline and the published coefficients are "
        "trained with so many fresh seeds, which no selection saw, for a figure without the "
        "winner's curse. Absent: 3, and none with `grid`.",
    )
    selection: SelectionRule = Field(SelectionRule(), description="When evidence is a conclusion.")
    keep_checkpoints: CheckpointRule = "none"

    @field_validator("seeds", mode="before")
    @classmethod
    def _count(cls, seeds: Any) -> Any:
        if isinstance(seeds, int) and not isinstance(seeds, bool):
            if not 1 <= seeds <= MAX_SEEDS:
                raise ValueError(f"{seeds} seeds asked for: give 1 to {MAX_SEEDS}")
            return tuple(range(seeds))
        return seeds

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if not seeds or len(seeds) > MAX_SEEDS:
            raise ValueError(f"{len(seeds)} seeds given: give 1 to {MAX_SEEDS}")
        if len(set(seeds)) < len(seeds) or min(seeds) < 0 or max(seeds) >= 2**31:
            raise ValueError(f"{list(seeds)}: seeds must be distinct, from 0 to 2³¹ − 1")
        return seeds

    @model_validator(mode="after")
    def _contradictions(self) -> Self:
        strategy = self.strategy
        if strategy.name == "contenders" and strategy.pilot_seeds > len(self.seeds):
            raise ValueError(
                f"strategy.pilot_seeds is {strategy.pilot_seeds}, but there are "
                f"{len(self.seeds)} seeds: contenders needs that many and some more; give for "
                "example 12 seeds, or lower pilot_seeds"
            )
        if strategy.races and strategy.first_rung >= self.proxy.reports:
            raise ValueError(
                f"strategy.first_rung is {strategy.first_rung} and proxy.reports is "
                f"{self.proxy.reports}: {strategy.name} can stop no trial before its end; raise "
                "proxy.reports, or lower first_rung"
            )
        images = self.proxy.total_images
        if strategy.max_images is not None and strategy.max_images < images:
            raise ValueError(
                f"strategy.max_images is {strategy.max_images:,}: a single trial trains on "
                f"{images:,} images; raise it, or lower proxy.images"
            )
        return self

    def whole_grid(self) -> Self:
        """This sweep with every candidate trained alike: what samples and follow-ups need."""
        return self.model_copy(update={"strategy": StrategySpec(), "confirmation_seeds": 0})

    @property
    def confirmation(self) -> tuple[int, ...]:
        """The fresh seeds."""
        count = self.confirmation_seeds
        if count is None:
            count = 0 if self.strategy.name == "grid" else _CONFIRMING
        return tuple(range(FRESH, FRESH + count))

    @property
    def certain_seeds(self) -> tuple[int, ...]:
        """Seeds with which every candidate is sure to be trained, whatever comes out."""
        strategy = self.strategy
        if strategy.max_images is not None or strategy.samples:
            return ()
        counts = {"grid": len(self.seeds), "contenders": strategy.pilot_seeds}
        return self.seeds[: counts.get(strategy.name, 1)]

    def most_trials(self, candidates: int, eligible: int) -> int:
        """Trials at most, with so many candidates, so many of which can win.

        Confirmation is counted with the leader and three references.
        """
        strategy = self.strategy
        if strategy.samples:
            search = candidates - eligible
            search += strategy.sampled_trials(candidates, eligible, len(self.seeds))
        else:
            search = candidates * len(self.seeds)
        if strategy.max_images is not None:
            search = min(search, strategy.max_images // self.proxy.total_images)
        return search + len(self.confirmation) * min(4, candidates)

    def first_images(self, candidates: int, eligible: int) -> int:
        """Training images of the search before any result decides what else is trained.

        Args:
            candidates: networks of the plan, references included.
            eligible: those that can win.
        """
        strategy, images = self.strategy, self.proxy.total_images
        references = candidates - eligible
        if strategy.name == "contenders":
            return candidates * strategy.pilot_seeds * images
        if strategy.samples:
            drawn = strategy.sampled_trials(candidates, eligible, len(self.seeds))
            return (references + min(strategy.startup_trials, drawn)) * images
        if strategy.races:
            raced = -(-images * strategy.first_rung // self.proxy.reports)
            return references * images + eligible * raced
        seeds = len(self.seeds)
        if strategy.max_images is not None:
            seeds = min(seeds, max(1, strategy.max_images // (candidates * images)))
        return candidates * seeds * images

    def check_plan(self, candidates: int, eligible: int) -> None:
        """Refuse a strategy that cannot work on a plan of so many candidates.

        Args:
            candidates: networks of the plan, references included.
            eligible: those that can win.

        Raises:
            InputError: it has more trials than there are, or its budget does not do for a start.
        """
        strategy = self.strategy
        there = eligible * len(self.seeds)
        if strategy.trials is not None and strategy.trials > there:
            raise InputError(
                f"strategy.trials is {strategy.trials}: {eligible} candidates with "
                f"{len(self.seeds)} seeds each are only {there} trials; lower it, or give more "
                "seeds"
            )
        least = self.first_images(candidates, eligible)
        if strategy.max_images is not None and strategy.max_images < least:
            raise InputError(
                f"strategy.max_images is {strategy.max_images:,}: {strategy.name} begins with "
                f"{least:,} training images on this plan of {candidates} candidates; raise it, or "
                "lower proxy.images or the number of candidates"
            )

    def protocol(self, fingerprint: str) -> str:
        """Identity of everything that must agree before two results may be compared.

        Data (by content), split, baseline (of the user's own the code too), form, base resolution,
        rounding, constraint, budget and recipe; not where the space looks, nor how many seeds. 12
        hexadecimal digits.
        """
        left_out = {"axes", "lattice", "compare", "references"}
        space = self.space.model_dump(mode="json", exclude=left_out)
        # The fingerprint says which images, and how many of their bits are used; how they were
        # found does not matter.
        apart = {"name", "skip_corrupt", "strict", "depth_bits", "layout"}
        data = self.data.model_dump(mode="json", exclude=apart)
        parts = [fingerprint, space, data, self.proxy.model_dump(mode="json")]
        if code := getattr(get_baseline(self.space.baseline), "source", ""):
            parts.append(code)
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` laid over `base`, mapping by mapping."""
    result = dict(base)
    for key, value in changes.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return result


def _mapping(value: Any) -> dict[str, Any]:
    """What has keys; anything else is told of when the whole is read."""
    return value if isinstance(value, dict) else {}


def _aim_elsewhere(data: dict[str, Any], changes: dict[str, Any]) -> None:
    """Take away what a file aims at where the changes name another quantity."""
    aims = {f"{quantity}_ratio" for quantity in QUANTITIES}
    changed = _mapping(_mapping(changes.get("space")).get("target"))
    target = _mapping(_mapping(data.get("space")).get("target"))
    if aims & changed.keys():
        for aim in aims - changed.keys():
            target.pop(aim, None)


def load_sweep(source: str, changes: dict[str, Any] | None = None) -> SweepSpec:
    """A sweep from a preset or a YAML file, with some of its keys changed.

    Args:
        source: a preset's name or a file's path.
        changes: a nested mapping laid over the file's, for example {"proxy": {"images": 5000}}.
            Another baseline takes the file's form, rounding and resolution away, another aim its
            aim.

    Raises:
        InputError: the file cannot be read or a value breaks a rule; all findings in one message.
    """
    origin, data = read_yaml(source)
    changes = changes or {}
    proxy = _mapping(changes.get("proxy"))
    if isinstance(data.get("proxy"), dict):
        for given, other in (("images", "steps"), ("steps", "images")):
            if given in proxy and other not in proxy:
                data["proxy"].pop(other, None)
    _aim_elsewhere(data, changes)
    space, wanted = data.get("space"), _mapping(changes.get("space")).get("baseline")
    if isinstance(space, dict) and wanted not in (None, space.get("baseline", DEFAULT_BASELINE)):
        for key in ("form", "rounding", "resolution_px"):  # they were chosen for the file's network
            space.pop(key, None)
    return parse(SweepSpec, _merged(data, changes), origin)
