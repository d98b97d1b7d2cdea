"""A validation of the proxy: a sample of candidates at several budgets and learning rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pydantic import Field, field_validator, model_validator

from search_spaces.errors import InputError
from search_spaces.models import StrictModel, Triple
from search_spaces.specs.proxy import LearningRates
from search_spaces.specs.space import Lattice
from search_spaces.specs.sweep import SweepSpec

MIN_RATES = 4
RATE_FACTORS = (0.25, 0.5, 1.0, 2.0)
"""Default learning rates, relative to the recipe's."""

BUDGET_FACTORS = (0.25, 1.0, 10.0)
"""Default budgets, relative to the recipe's; the others are proxies of the last one."""

_THIRD = 1 / 3
SAMPLE: tuple[Triple, ...] = (
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
    """The proxy at one budget and learning rate, and the sweep that trains it."""

    images: int
    learning_rate: float
    sweep: SweepSpec


class ValidationSpec(StrictModel):
    """Everything that decides the result of a validation of the proxy.

    `sweep` is the search whose proxy is validated. Its candidates are replaced by a sample of the
    triangle, so that the validation's sweep at the search's own budget and rate has the protocol
    of the search itself.
    """

    sweep: SweepSpec = Field(
        description="The search: space, proxy, data, seeds and rule of decision."
    )
    budgets: tuple[int, ...] = Field(
        (), description="Training images per trial, rising; the others are proxies of the last one."
    )
    learning_rates: LearningRates = Field(
        (), description="At least four learning rates, including the recipe's."
    )
    long_rates: Literal["shared", "all"] = Field(
        "shared", description="Rates of the longest budget: the recipe's (shared), or all."
    )
    directions: tuple[Triple, ...] = Field(
        SAMPLE, description="Sample of the triangle: shares of depth, width and resolution."
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
    def _enough(cls, rates: tuple[float, ...]) -> tuple[float, ...]:
        if 0 < len(rates) < MIN_RATES:
            raise InputError(
                f"learning rates are {_listed(rates)}: {len(rates)} cannot show where each "
                f"candidate's best one lies; give at least {MIN_RATES}, for example each twice the "
                "one before it"
            )
        return rates

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
        """Images of each budget, rising: those given, or multiples of the recipe's."""
        if self.budgets:
            return self.budgets
        images = self.sweep.proxy.total_images
        return tuple(int(images * factor) for factor in BUDGET_FACTORS)

    @property
    def trained_rates(self) -> tuple[float, ...]:
        """Learning rates, rising: those given, or multiples of the recipe's."""
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
        sweep = self.sweep
        space = sweep.space.model_copy(
            update={
                "axes": None,
                "compare": None,
                "lattice": Lattice(directions=self.directions),
                "references": ("baseline",),
            }
        )
        budget = {"images": images, "steps": None, "learning_rate": rate}
        if images == sweep.proxy.total_images:  # given as in the search: the same protocol
            budget = {"learning_rate": rate}
        proxy = type(sweep.proxy).model_validate(sweep.proxy.model_dump() | budget)
        name = f"{sweep.name}: {images:,} images at {rate:g}"[:100]
        changes = {"name": name, "space": space, "proxy": proxy}
        return sweep.whole_grid().model_copy(update=changes)


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
