"""The specification of a transfer: weights, data sets, methods, seeds and recipe."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from search_spaces.errors import InputError, suggest
from search_spaces.models import StrictModel
from search_spaces.networks.layers import Padding
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import LearningRates, ProxySpec
from search_spaces.specs.seeds import Seeds

Method = Literal["linear_probe", "full", "gradual", "scratch"]
METHODS: tuple[Method, ...] = get_args(Method)

Keep = Literal["best", "all", "none"]

RATE_FACTORS = (0.25, 1.0, 4.0)
"""Default learning rates, relative to the recipe's."""

PROBE_FACTORS = (0.25, 1.0, 4.0, 16.0, 64.0)
"""Those of a linear probe, which needs higher ones and is cheap to train."""

RECIPE = ProxySpec(
    images=12_800,
    reports=4,
    optimizer="adamw",
    learning_rate=0.004,
    weight_decay=0.02,
    zero_init_residual=True,
    norm_images=1024,
)
"""AdamW, 200 steps of 64 images: transfers are short."""


class WeightsSpec(StrictModel):
    """One file of weights, as it was when the transfer began."""

    name: str = Field(min_length=1, description="Name in tables.")
    source: str = Field(description="The file, or hub:owner/name with an optional @revision.")
    network: dict[str, Any] | None = Field(
        None, description="Its network. Absent: as the file says, or recognised from its tensors."
    )
    library: str | None = Field(
        None, description="Library whose tensor names it has. Absent: recognised from the names."
    )
    padding: Padding | None = Field(
        None, description="Padding of the convolutions in training. Absent: the library's."
    )
    norm_eps: float | None = Field(
        None, gt=0, description="ε of the norms in training. Absent: the library's."
    )
    sha256: str = Field("", description="SHA-256 of the file.")


class TransferSpec(StrictModel):
    """Weights × data sets × methods × seeds, all with the same budget.

    For each weights, data set and method the learning rate is chosen on the validation split, with
    a separate seed; then every seed is trained, and evaluated once on the test split.
    """

    name: str = Field("transfer", min_length=1, max_length=100, description="Name in tables.")
    weights: tuple[WeightsSpec, ...] = Field(description="Weights to start from.")
    data: tuple[DataSpec, ...] = Field(description="Data sets to train on.")
    methods: tuple[Method, ...] = Field(
        METHODS,
        description="linear_probe trains a classifier on frozen features, full trains everything, "
        "gradual unfreezes one stage after another from the last, scratch starts from random "
        "weights.",
    )
    seeds: Seeds = Field(
        (0, 1, 2),
        description="Seeds of the runs: of the initial classifier and the order of images.",
    )
    learning_rates: LearningRates = Field(
        (), description="Peak learning rates to choose from; a single one is used as it is."
    )
    resolution_px: int | None = Field(
        None, ge=1, le=4096, description="Input resolution. Absent: that of the weights."
    )
    thaw: float = Field(
        0.5, gt=0, le=1, description="gradual: fraction of the steps until everything is trained."
    )
    recipe: ProxySpec = Field(RECIPE, description="Budget and recipe of every run.")
    keep: Keep = Field(
        "best",
        description="Networks to keep: the best one (on the validation split) of each weights "
        "and data set, all, or none.",
    )

    @field_validator("methods", mode="before")
    @classmethod
    def _known(cls, methods: Any) -> Any:
        for method in methods if isinstance(methods, (list, tuple)) else ():
            if method not in METHODS:
                raise ValueError(f"method {method!r} is unknown: {suggest(str(method), METHODS)}")
        return methods

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for key, values in (
            ("weights", [one.name for one in self.weights]),
            ("data", [one.name for one in self.data]),
            ("methods", self.methods),
        ):
            if not values:
                raise InputError(f"{key} is empty: give at least one")
            if len(set(values)) < len(values):
                twice = next(value for value in values if list(values).count(value) > 1)
                raise InputError(f"{key} names {twice!r} twice: give each one once")
        if len({one.test_fraction > 0 for one in self.data}) > 1:
            raise InputError(
                "test_fraction is 0 for some data sets only: accuracies of one table are all of "
                "test splits, or all of validation splits"
            )
        return self

    def rates(self, method: Method) -> tuple[float, ...]:
        """Learning rates to choose from, rising."""
        factors = PROBE_FACTORS if method == "linear_probe" else RATE_FACTORS
        rate = self.recipe.learning_rate
        return self.learning_rates or tuple(rate * factor for factor in factors)

    @property
    def rate_seed(self) -> int:
        """The seed with which learning rates are chosen; its results are not reported."""
        return max(self.seeds) + 1

    @property
    def runs(self) -> int:
        """The number of trainings in all."""
        tried = [len(self.rates(method)) for method in self.methods]
        one = sum(len(self.seeds) + (count if count > 1 else 0) for count in tried)
        return len(self.weights) * len(self.data) * one

    def recipe_at(self, rate: float) -> ProxySpec:
        """The recipe with this learning rate."""
        return self.recipe.model_copy(update={"learning_rate": rate})
