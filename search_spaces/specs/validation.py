"""A check of the proxy itself: one sample of candidates at several budgets and learning rates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from search_spaces.errors import InputError
from search_spaces.specs.space import Lattice
from search_spaces.specs.sweep import SweepSpec

MIN_RATES = 4
RATE_FACTORS = (0.25, 0.5, 1.0, 2.0)
"""Of the recipe's learning rate, where none are named."""

BUDGET_FACTORS = (0.25, 1.0, 10.0)
"""Of the recipe's budget, where none are named; the last is the one that the others stand for."""

_THIRD = 1 / 3
SAMPLE: tuple[tuple[float, float, float], ...] = (
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 1),
    (_THIRD, _THIRD, 1 - 2 * _THIRD),
    (0.5, 0.5, 0),
    (0.5, 0, 0.5),
    (0, 0.5, 0.5),
)
"""Corners, centre and middles of the edges of the triangle, as shares."""


@dataclass(frozen=True)
class Variant:
    """The proxy at one budget and learning rate: a protocol, and the sweep that trains it."""

    images: int
    learning_rate: float
    sweep: SweepSpec


class ValidationSpec(BaseModel):
    """Everything that decides what a validation of the proxy finds.

    `sweep` is the search whose proxy is in doubt; where it looks is replaced by a sample of the
    triangle, so that a validation's sweep at the search's own budget and rate has the protocol of
    the search itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sweep: SweepSpec = Field(description="Space, proxy, data, seeds and rule of the search.")
    budgets: tuple[int, ...] = Field(
        (), description="Training images a trial, rising; the last is what the others stand for."
    )
    learning_rates: tuple[float, ...] = Field(
        (), description="At least four, the recipe's own among them."
    )
    long_rates: Literal["shared", "all"] = Field(
        "shared", description="Whether the longest budget is trained at every rate too."
    )
    directions: tuple[tuple[float, float, float], ...] = Field(
        SAMPLE, description="The sample: shares of depth, width and resolution."
    )

    @field_validator("sweep")
    @classmethod
    def _seeds(cls, sweep: SweepSpec) -> SweepSpec:
        if len(sweep.seeds) < 2:
            raise InputError(
                f"a validation with seeds {list(sweep.seeds)} cannot tell noise from disagreement: "
                "give at least two seeds, better three or more (--seeds 3)"
            )
        return sweep

    @field_validator("budgets")
    @classmethod
    def _rising(cls, budgets: tuple[int, ...]) -> tuple[int, ...]:
        if budgets and (len(budgets) < 2 or any(b <= a for a, b in pairwise(budgets))):
            raise InputError(
                f"budgets are {_listed(budgets)} images: give at least two, each larger than the "
                "one before it, the last one the budget that you would train for (for example "
                "6400,25600,256000)"
            )
        return budgets

    @field_validator("learning_rates")
    @classmethod
    def _enough(cls, rates: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        if not rates:
            return rates
        if not all(rate > 0 and math.isfinite(rate) for rate in rates):
            raise InputError(f"learning rates are {_listed(rates)}: each must be above 0")
        distinct = tuple(sorted(set(rates)))
        if len(distinct) < MIN_RATES:
            raise InputError(
                f"learning rates are {_listed(distinct)}: {len(distinct)} cannot show where each "
                f"candidate's best one lies; give at least {MIN_RATES}, for example each twice the "
                "one before it"
            )
        return distinct

    @model_validator(mode="after")
    def _complete(self) -> ValidationSpec:
        shared = self.shared_rate
        if self.learning_rates and shared not in self.learning_rates:
            raise InputError(
                f"learning rates are {_listed(self.learning_rates)}: the recipe's own, {shared:g}, "
                "must be among them, because it is what all candidates share in a search; add it, "
                "or change it with --set proxy.learning_rate=…"
            )
        Lattice(directions=self.directions)
        list(self.variants())  # raises where a budget cannot be trained
        return self

    @property
    def shared_rate(self) -> float:
        """The rate that all candidates of a search share."""
        return self.sweep.proxy.learning_rate

    @property
    def trained_budgets(self) -> tuple[int, ...]:
        """Images of each budget, rising: those asked for, or multiples of the recipe's."""
        if self.budgets:
            return self.budgets
        own = self.sweep.proxy.total_images
        return tuple(int(own * factor) for factor in BUDGET_FACTORS)

    @property
    def trained_rates(self) -> tuple[float, ...]:
        """Learning rates, rising: those asked for, or multiples of the recipe's."""
        return self.learning_rates or tuple(self.shared_rate * factor for factor in RATE_FACTORS)

    def rates_at(self, images: int) -> tuple[float, ...]:
        """The learning rates at which a budget is trained."""
        if images == self.trained_budgets[-1] and self.long_rates == "shared":
            return (self.shared_rate,)
        return self.trained_rates

    def variants(self) -> Iterator[Variant]:
        """Every budget and rate, cheapest budget first and the shared rate before others."""
        for images in self.trained_budgets:
            for rate in sorted(
                self.rates_at(images), key=lambda rate: (rate != self.shared_rate, rate)
            ):
                yield Variant(images, rate, self._sweep(images, rate))

    def _sweep(self, images: int, rate: float) -> SweepSpec:
        own = self.sweep
        space = own.space.model_copy(
            update={
                "axes": None,
                "compare": None,
                "lattice": Lattice(directions=self.directions),
                "references": ("baseline",),
            }
        )
        budget = {"images": images, "steps": None, "learning_rate": rate}
        if images == own.proxy.total_images:  # said as the search says it: the same protocol
            budget = {"learning_rate": rate}
        proxy = type(own.proxy).model_validate(own.proxy.model_dump() | budget)
        name = f"{own.name}: {images:,} images at {rate:g}"[:100]
        changes = {"name": name, "space": space, "proxy": proxy}
        return own.whole_grid().model_copy(update=changes)


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
