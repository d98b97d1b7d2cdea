"""Ways of scaling that are compared at equal FLOPs: one dimension alone, or several together."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pydantic import Field, field_validator, model_validator

from search_spaces.coefficients import PUBLISHED, Coefficients, Shares
from search_spaces.human import exactly
from search_spaces.models import StrictModel, Triple

_MARK = " φ="


@dataclass(frozen=True)
class Aim:
    """A method of a comparison at an exponent φ."""

    method: str
    phi: float

    @property
    def role(self) -> str:
        """The role of its candidate: `depth only φ=1`."""
        return f"{self.method}{_MARK}{exactly(self.phi)}"

    @classmethod
    def of_role(cls, role: str) -> Aim | None:
        """The aim that a role names; None for roles of other plans."""
        method, mark, phi = role.rpartition(_MARK)
        return cls(method, float(phi)) if mark else None


class Method(StrictModel):
    """A named direction of scaling, given by its shares or by its coefficients."""

    name: str = Field(
        min_length=1,
        max_length=40,
        pattern=r"^[^,+φ_]+$",
        description="Name in tables and figures.",
    )
    shares: Triple | None = Field(
        None, description="Shares of depth, width and resolution, summing to 1."
    )
    coefficients: Triple | None = Field(
        None, description="α, β, γ, each at least 1; only their direction matters."
    )

    @model_validator(mode="after")
    def _one_given(self) -> Method:
        if (self.shares is None) == (self.coefficients is None):
            raise ValueError(f"method {self.name!r}: give exactly one of shares and coefficients")
        _ = self.direction
        return self

    @property
    def direction(self) -> Shares:
        """Its direction on the triangle."""
        if self.shares is not None:
            return Shares(*self.shares)
        assert self.coefficients is not None
        return Coefficients(*self.coefficients).shares()


ONE_DIMENSION = (
    Method(name="depth only", shares=(1, 0, 0)),
    Method(name="width only", shares=(0, 1, 0)),
    Method(name="resolution only", shares=(0, 0, 1)),
)
COMPOUND = Method(name="compound", coefficients=tuple(PUBLISHED))
FAST = Method(name="fast", shares=(0.1, 0.8, 0.1))
"""d1_w8_r1 of Fast and Accurate Model Scaling (arXiv 2103.06877, section 4)."""


class Comparison(StrictModel):
    """Ways of scaling, each brought to the same FLOPs: the target's multiple to the power of φ."""

    methods: tuple[Method, ...] = Field(
        (*ONE_DIMENSION, COMPOUND),
        min_length=1,
        max_length=24,
        description="Ways of scaling; by default each dimension alone, and the published one.",
    )
    phis: tuple[float, ...] = Field(
        (1.0, 2.0),
        min_length=1,
        max_length=24,
        description="Exponents φ: networks have flops_ratio^φ × the baseline's FLOPs, so negative "
        "ones give smaller networks.",
    )

    @field_validator("methods")
    @classmethod
    def _names_differ(cls, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        names = [method.name for method in methods]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"methods {', '.join(twice)} are named twice: rename one of them")
        return methods

    @field_validator("phis")
    @classmethod
    def _usable(cls, phis: tuple[float, ...]) -> tuple[float, ...]:
        for phi in phis:
            if not math.isfinite(phi) or abs(phi) < 0.05 or abs(phi) > 10:
                raise ValueError(
                    f"phi is {phi:g}: it must be between 0.05 and 10, or between −10 and −0.05 for "
                    "smaller networks; 0 is the baseline, which is always included"
                )
        if len(set(phis)) < len(phis):
            raise ValueError(f"{list(phis)}: give each phi once")
        return tuple(sorted(phis))
