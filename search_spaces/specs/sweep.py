"""The specification of a sweep: space, proxy, data, seeds, strategy and rule of decision."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

from pydantic import Field, model_validator

from search_spaces.baselines import get_baseline
from search_spaces.errors import InputError
from search_spaces.models import StrictModel
from search_spaces.specs.checkpoints import CheckpointRule
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.reading import parse, read_yaml
from search_spaces.specs.seeds import MAX_SEEDS, Seeds
from search_spaces.specs.space import DEFAULT_BASELINE, SearchSpace
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.target import QUANTITIES

FRESH = 2**31
"""The first seed of confirmation trials, which no selection uses."""

_CONFIRMING = 3
"""Default number of confirmation seeds of strategies that choose what to train."""


class SelectionRule(StrictModel):
    """When evidence is enough for a conclusion."""

    regret: float = Field(
        0.005, gt=0, lt=1, description="δ: accuracy that a choice may lose against the true best."
    )
    confidence: float = Field(
        0.95, gt=0.5, lt=1, description="Probability required for a conclusion."
    )


class SweepSpec(StrictModel):
    """Everything that decides the result of a sweep, but not how fast it runs."""

    name: str = Field(
        "sweep", min_length=1, max_length=100, description="Name shown in tables and figures."
    )
    description: str = Field("", description="Purpose of the sweep, in your words.")
    space: SearchSpace = Field(description="Baseline, constraint, and where to look.")
    proxy: ProxySpec = Field(description="Budget and recipe of every trial.")
    data: DataSpec = Field(DataSpec(), description="Images and their splits.")
    seeds: Seeds = Field(
        (0, 1, 2),
        description="Seeds of a candidate's trials: a list, or their number (0, 1, …). `grid` "
        "trains all of them, other strategies as many as they need, in this order.",
    )
    strategy: StrategySpec = Field(StrategySpec(), description="How trials are chosen.")
    confirmation_seeds: int | None = Field(
        None,
        ge=0,
        le=MAX_SEEDS,
        description="Number of fresh seeds with which the leader, the baseline and the published "
        "coefficients are trained after the search. No selection uses these trials, so their "
        "accuracy is free of the winner's curse. Absent: 3, or 0 with `grid`.",
    )
    selection: SelectionRule = Field(
        SelectionRule(), description="When evidence is enough for a conclusion."
    )
    keep_checkpoints: CheckpointRule = "none"

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
        """This sweep with every candidate trained with every seed, and without confirmation."""
        return self.model_copy(update={"strategy": StrategySpec(), "confirmation_seeds": 0})

    @property
    def confirmation(self) -> tuple[int, ...]:
        """The seeds of confirmation trials."""
        count = self.confirmation_seeds
        if count is None:
            count = 0 if self.strategy.name == "grid" else _CONFIRMING
        return tuple(range(FRESH, FRESH + count))

    @property
    def certain_seeds(self) -> tuple[int, ...]:
        """Seeds with which every candidate is trained whatever the results are."""
        strategy = self.strategy
        if strategy.max_images is not None or strategy.samples:
            return ()
        counts = {"grid": len(self.seeds), "contenders": strategy.pilot_seeds}
        return self.seeds[: counts.get(strategy.name, 1)]

    def most_trials(self, candidates: int, eligible: int) -> int:
        """The largest number of trials; confirmation counts the leader and three references.

        Args:
            candidates: networks of the plan, references included.
            eligible: those that can win.
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
        """Training images of the search before results decide what else is trained.

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
        """Refuse a strategy that cannot work with this number of candidates.

        Args:
            candidates: networks of the plan, references included.
            eligible: those that can win.

        Raises:
            InputError: it has more trials than the plan, or its budget does not last for its start.
        """
        strategy = self.strategy
        available = eligible * len(self.seeds)
        if strategy.trials is not None and strategy.trials > available:
            raise InputError(
                f"strategy.trials is {strategy.trials}: {eligible} candidates with "
                f"{len(self.seeds)} seeds each are only {available} trials; lower it, or give more "
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
        """Identity of what two comparable results have in common: 12 hexadecimal digits.

        It covers data (by content), split, baseline (for a user's own also its code), form, base
        resolution, rounding, constraint, budget and recipe; not where the space looks, nor the
        seeds.

        Args:
            fingerprint: of the images.
        """
        left_out = {"axes", "lattice", "compare", "references"}
        space = self.space.model_dump(mode="json", exclude=left_out)
        # The fingerprint covers the images and their used bits, however they were read.
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
    """A mapping; empty for anything else, which validation reports later."""
    return value if isinstance(value, dict) else {}


def _replace_target(data: dict[str, Any], changes: dict[str, Any]) -> None:
    """Remove the target of a file if the changes give another one."""
    ratios = {f"{quantity}_ratio" for quantity in QUANTITIES}
    changed = _mapping(_mapping(changes.get("space")).get("target"))
    target = _mapping(_mapping(data.get("space")).get("target"))
    if ratios & changed.keys():
        for ratio in ratios - changed.keys():
            target.pop(ratio, None)


def load_sweep(source: str, changes: dict[str, Any] | None = None) -> SweepSpec:
    """A sweep from a preset or a YAML file, with some of its keys changed.

    Args:
        source: a preset's name or a file's path.
        changes: a nested mapping laid over the file's, for example {"proxy": {"images": 5000}}.
            Another baseline removes the file's form, rounding and resolution, another target the
            file's target.

    Raises:
        InputError: the file cannot be read, or values are invalid; one message names them all.
    """
    origin, data = read_yaml(source)
    changes = changes or {}
    proxy = _mapping(changes.get("proxy"))
    if isinstance(data.get("proxy"), dict):
        for given, other in (("images", "steps"), ("steps", "images")):
            if given in proxy and other not in proxy:
                data["proxy"].pop(other, None)
    _replace_target(data, changes)
    space, baseline = data.get("space"), _mapping(changes.get("space")).get("baseline")
    if isinstance(space, dict) and baseline not in (None, space.get("baseline", DEFAULT_BASELINE)):
        for key in ("form", "rounding", "resolution_px"):  # they belong to the file's network
            space.pop(key, None)
    return parse(SweepSpec, _merged(data, changes), origin)
