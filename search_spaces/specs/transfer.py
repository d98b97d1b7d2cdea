"""What is to be transferred: from which weights, to which images, how, and how often."""

from __future__ import annotations

import math
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from search_spaces.errors import InputError, suggest
from search_spaces.networks.layers import Padding
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec

Method = Literal["linear_probe", "full", "gradual", "scratch"]
METHODS: tuple[Method, ...] = get_args(Method)

Keep = Literal["best", "all", "none"]
KEEP: tuple[Keep, ...] = get_args(Keep)

RATE_FACTORS = (0.25, 1.0, 4.0)
"""Learning rates that are tried where none are given, relative to the recipe's."""

PROBE_FACTORS = (0.25, 1.0, 4.0, 16.0, 64.0)
"""A linear probe takes higher ones, and costs next to nothing to try."""

MOST_SEEDS = 100

RECIPE = ProxySpec(
    images=12_800,
    reports=4,
    optimizer="adamw",
    learning_rate=0.004,
    weight_decay=0.02,
    zero_init_residual=True,
    norm_images=1024,
)
"""AdamW, 200 steps of 64 images: short, as transfer is meant to be."""


class WeightsSpec(BaseModel):
    """One file of weights, as it was when the transfer began."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What tables call it.")
    source: str = Field(description="The file, or hub:owner/name with an optional @revision.")
    network: dict[str, Any] | None = Field(
        None, description="The network that it is of; absent: as the file says, or is recognised."
    )
    library: str | None = Field(
        None, description="Whose names its tensors have; found from them when absent."
    )
    padding: Padding | None = Field(
        None, description="With which its convolutions were trained; absent: as the library does."
    )
    norm_eps: float | None = Field(
        None, gt=0, description="ε with which its norms were trained; absent: as the library does."
    )
    sha256: str = Field("", description="Of the file's bytes.")


class TransferSpec(BaseModel):
    """Weights × data sets × methods × seeds, all with one budget.

    For each weights, data set and method the learning rate is chosen on the validation split, with
    a seed of its own; then every seed is trained, and measured once on the test split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("transfer", min_length=1, max_length=100, description="For people.")
    weights: tuple[WeightsSpec, ...] = Field(description="From which weights.")
    data: tuple[DataSpec, ...] = Field(description="To which images.")
    methods: tuple[Method, ...] = Field(
        METHODS,
        description="linear_probe trains a classifier on frozen features; full trains everything; "
        "gradual lets stage after stage be trained, from the last; scratch starts at random.",
    )
    seeds: tuple[int, ...] = Field(
        (0, 1, 2),
        description="Each decides a run's classifier at the start, and its images' order.",
    )
    learning_rates: tuple[float, ...] = Field(
        (), description="Peak learning rates to choose from; one: nothing is chosen."
    )
    resolution_px: int | None = Field(
        None, ge=1, le=4096, description="Of the images; by default what the weights are for."
    )
    thaw: float = Field(
        0.5, gt=0, le=1, description="gradual: the share of the steps by which everything trains."
    )
    recipe: ProxySpec = Field(RECIPE, description="Budget and recipe of every run.")
    keep: Keep = Field(
        "best",
        description="Networks that are kept: the best one (on the validation split) of each "
        "weights and data set, all, or none.",
    )

    @field_validator("methods", mode="before")
    @classmethod
    def _known(cls, methods: Any) -> Any:
        for method in methods if isinstance(methods, (list, tuple)) else ():
            if method not in METHODS:
                raise ValueError(f"method {method!r} is unknown: {suggest(str(method), METHODS)}")
        return methods

    @field_validator("seeds", mode="before")
    @classmethod
    def _count(cls, seeds: Any) -> Any:
        if isinstance(seeds, int) and not isinstance(seeds, bool):
            if not 1 <= seeds <= MOST_SEEDS:
                raise ValueError(f"{seeds} seeds asked for: give 1 to {MOST_SEEDS}")
            return tuple(range(seeds))
        return seeds

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0 or max(seeds) >= 2**31:
            raise ValueError(f"{list(seeds)}: seeds must be distinct, from 0 to 2³¹ − 1")
        return seeds

    @field_validator("learning_rates")
    @classmethod
    def _rising(cls, rates: tuple[float, ...]) -> tuple[float, ...]:
        if not all(rate > 0 and math.isfinite(rate) for rate in rates):
            raise ValueError(f"{list(rates)}: each learning rate must be above 0")
        return tuple(sorted(set(rates)))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for what, values in (
            ("weights", [one.name for one in self.weights]),
            ("data", [one.name for one in self.data]),
            ("methods", self.methods),
        ):
            if not values:
                raise InputError(f"{what} is empty: give at least one")
            if len(set(values)) < len(values):
                twice = next(value for value in values if list(values).count(value) > 1)
                raise InputError(f"{what} names {twice!r} twice: give each one once")
        if len({one.test_fraction > 0 for one in self.data}) > 1:
            raise InputError(
                "test_fraction is 0 for some data sets only: accuracies of one table are all of "
                "test splits, or all of validation splits"
            )
        return self

    def rates(self, method: Method) -> tuple[float, ...]:
        """Learning rates to choose from, rising."""
        factors = PROBE_FACTORS if method == "linear_probe" else RATE_FACTORS
        own = self.recipe.learning_rate
        return self.learning_rates or tuple(own * factor for factor in factors)

    @property
    def rate_seed(self) -> int:
        """The seed with which learning rates are chosen: none whose result is told."""
        return max(self.seeds) + 1

    @property
    def runs(self) -> int:
        """How many trainings there are in all."""
        tried = [len(self.rates(method)) for method in self.methods]
        one = sum(len(self.seeds) + (count if count > 1 else 0) for count in tried)
        return len(self.weights) * len(self.data) * one

    def recipe_at(self, rate: float) -> ProxySpec:
        """The recipe with this learning rate."""
        return self.recipe.model_copy(update={"learning_rate": rate})
