"""A search space: a baseline and its form, a constraint, and where to look."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from search_spaces.baselines import ProxyForm, get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Shares
from search_spaces.models import StrictModel, Triple
from search_spaces.networks.rounding import Rounding
from search_spaces.specs.methods import Comparison
from search_spaces.specs.target import Target

DEFAULT_BASELINE = "efficientnet_b0"
MAX_AXIS_POINTS = 2001
MAX_POINTS = 200_000_000
MAX_LATTICE_DIVISIONS = 60


class Axis(StrictModel):
    """An inclusive range of one coefficient: min, min + step, … up to and including max."""

    min: float = Field(1.0, description="First value; at least 1.")
    max: float = Field(description="Last value, included if the steps reach it.")
    step: float = Field(0.05, description="Distance between values; above 0.")

    @model_validator(mode="after")
    def _ranges(self) -> Axis:
        if not self.min >= 1 or not math.isfinite(self.min):
            raise ValueError(f"min is {self.min:g}: coefficients must be ≥ 1; start at 1")
        if not self.step > 0 or not math.isfinite(self.step):
            raise ValueError(f"step is {self.step:g}: a step must be above 0, for example 0.05")
        if not self.max >= self.min or not math.isfinite(self.max):
            raise ValueError(f"max is {self.max:g}: it must be at least min ({self.min:g})")
        if self.count > MAX_AXIS_POINTS:
            raise ValueError(
                f"step is {self.step:g}: that makes {self.count:,} values from {self.min:g} to "
                f"{self.max:g}, at most {MAX_AXIS_POINTS:,} make sense; use a larger step"
            )
        return self

    @property
    def count(self) -> int:
        """Number of values."""
        return int(min((self.max - self.min) / self.step + 1e-9, 1e12)) + 1

    def values(self) -> list[float]:
        """Every value, free of accumulated binary error."""
        return [round(self.min + index * self.step, 10) for index in range(self.count)]


class Axes(StrictModel):
    """A grid over α, β, γ; a coefficient without an axis stays at 1."""

    alpha: Axis = Axis(min=1, max=1)
    beta: Axis = Axis(min=1, max=1)
    gamma: Axis = Axis(min=1, max=1)

    @model_validator(mode="after")
    def _size(self) -> Axes:
        if self.points > MAX_POINTS:
            raise ValueError(
                f"the grid has {self.points:,} points: at most {MAX_POINTS:,} are enumerated; "
                "use larger steps"
            )
        return self

    @property
    def points(self) -> int:
        """Number of grid points."""
        return self.alpha.count * self.beta.count * self.gamma.count


class Lattice(StrictModel):
    """Directions on the triangle of shares: all multiples of 1 / divisions, and a list."""

    divisions: int | None = Field(
        None,
        ge=1,
        le=MAX_LATTICE_DIVISIONS,
        description="n gives (n + 1)(n + 2) / 2 directions, corners included.",
    )
    directions: tuple[Triple, ...] = Field(
        (), description="Further shares of depth, width and resolution, each summing to 1."
    )

    @model_validator(mode="after")
    def _some(self) -> Lattice:
        for direction in self.directions:
            Shares(*direction)
        if self.divisions is None and not self.directions:
            raise ValueError("lattice is empty: give divisions, or a list of directions")
        return self

    def shares(self) -> list[Shares]:
        """Every direction once: those listed, then those of the divisions, most depth first."""
        n = self.divisions
        shares = [Shares(*direction) for direction in self.directions]
        if n is not None:
            shares += [
                Shares(d / n, w / n, (n - d - w) / n)
                for d in range(n, -1, -1)
                for w in range(n - d, -1, -1)
            ]
        return list(dict.fromkeys(shares))


Reference = Literal["baseline", "published", "published_matched"]


class SearchSpace(StrictModel):
    """A baseline in a form at a base resolution, a constraint, and where to look."""

    baseline: str = Field(DEFAULT_BASELINE, description="Network that is scaled.")
    form: ProxyForm = Field(
        ProxyForm(), description="Smaller version of the baseline for a cheap proxy."
    )
    resolution_px: int | None = Field(
        None, ge=1, le=4096, description="Base resolution. Absent: the baseline's."
    )
    rounding: Rounding | None = Field(None, description="Rounding rules. Absent: the baseline's.")
    target: Target = Field(Target(), description="Cost that candidates must have.")
    axes: Axes | None = Field(None, description="A grid over α, β, γ.")
    lattice: Lattice | None = Field(None, description="Directions on the triangle of shares.")
    references: tuple[Reference, ...] = Field(
        ("baseline", "published", "published_matched"),
        description="Networks trained for comparison: the unscaled baseline, the published "
        "coefficients as they are, and their direction at the target's FLOPs.",
    )
    compare: Comparison | None = Field(
        None, description="Ways of scaling to compare at equal FLOPs, instead of a search."
    )

    @field_validator("baseline")
    @classmethod
    def _known(cls, name: str) -> str:
        get_baseline(name)
        return name

    @model_validator(mode="after")
    def _one_place(self) -> SearchSpace:
        if [self.axes, self.lattice, self.compare].count(None) != 2:
            raise ValueError(
                "give exactly one of axes, lattice and compare: they say where to look"
            )
        if self.compare is not None and (self.target.by, self.target.quantity) != (
            "measured",
            "flops",
        ):
            raise ValueError(
                "compare matches measured FLOPs: target.by must be measured, and the target a "
                "flops_ratio"
            )
        if self.compare is not None and self.target.timed:
            raise ValueError(
                "compare brings every method to the same FLOPs, so that no network is left out for "
                "its latency: remove at_most.latency; `scaling-search latency` measures the "
                "networks of a comparison"
            )
        _ = self.frame().base  # raises where form, resolution and baseline do not go together
        return self

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # As in a target: the protocols of versions without comparisons stay the same.
        given: dict[str, Any] = serialise(self)
        if given.get("compare") is None:
            given.pop("compare", None)
        return given

    def frame(self, *, in_channels: int | None = None, classes: int | None = None) -> Frame:
        """What stays fixed while coefficients vary, for images of these channels and classes."""
        return Frame.of(
            get_baseline(self.baseline),
            form=self.form,
            resolution_px=self.resolution_px,
            rounding=self.rounding,
            in_channels=in_channels,
            classes=classes,
        )
