"""The constraint of a search: what a network may cost, as a multiple of the baseline's cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from search_spaces.coefficients import Coefficients
from search_spaces.human import plural
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.latency import Timing

Quantity = Literal["flops", "params", "activations", "latency"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

NAMES: dict[Quantity, str] = {
    "flops": "FLOPs", "params": "parameters", "activations": "activations",
    "latency": "latency",
}  # fmt: skip
"""As they are called in sentences."""

DEFAULT_RATIO = 2.0
SMALLEST, LARGEST = 0.001, 1000.0
FASTEST, SLOWEST = 0.05, 20.0
"""Multiples of the baseline's latency: networks far beyond them would have to be run."""


def amount_of(quantity: Quantity, complexity: Complexity) -> int:
    """What a network has of a quantity that is counted."""
    value: int = getattr(complexity, quantity)
    return value


def matched_cost(
    quantity: Quantity, target_ratio: float, measured_ratio: float, residual: float | None
) -> tuple[Quantity, float]:
    """What a network costs × the baseline, of what its search is matched on, and what that is.

    Args:
        quantity: what the search is matched on.
        target_ratio: the multiple of the baseline's that is aimed at.
        measured_ratio: of the network's FLOPs.
        residual: distance of its ratio from the target; None where the target does not apply to
            it, so that its FLOPs tell.
    """
    if quantity == "flops" or residual is None:
        return "flops", measured_ratio
    return quantity, target_ratio + residual


class Limits(BaseModel):
    """What a candidate may cost at most beside the target, as multiples of the baseline's cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flops: float | None = Field(None, gt=0, le=LARGEST, description="Multiple of its FLOPs.")
    params: float | None = Field(None, gt=0, le=LARGEST, description="Multiple of its parameters.")
    activations: float | None = Field(
        None, gt=0, le=LARGEST, description="Multiple of its activations."
    )
    latency: float | None = Field(
        None, gt=0, le=SLOWEST, description="Multiple of its latency, measured as `timing` says."
    )

    def allow(self, ratio: Callable[[Quantity], float]) -> bool:
        """Whether a network exceeds none of the limits.

        Args:
            ratio: the network's cost relative to the baseline's. Latency is asked for last,
                because it has to be measured.
        """
        limits = ((quantity, getattr(self, quantity)) for quantity in QUANTITIES)
        return all(limit is None or ratio(quantity) <= limit + 1e-9 for quantity, limit in limits)


class Target(BaseModel):
    """The constraint: FLOPs, or another cost, near a multiple of the baseline's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flops_ratio: float | None = Field(
        DEFAULT_RATIO,
        ge=SMALLEST,
        le=LARGEST,
        description="Multiple of the baseline's FLOPs; below 1 searches for smaller networks.",
    )
    params_ratio: float | None = Field(
        None,
        ge=SMALLEST,
        le=LARGEST,
        description="In place of flops_ratio: multiple of the baseline's parameters.",
    )
    activations_ratio: float | None = Field(
        None,
        ge=SMALLEST,
        le=LARGEST,
        description="In place of flops_ratio: multiple of the baseline's activations, what "
        "convolutions and linear layers write.",
    )
    latency_ratio: float | None = Field(
        None,
        ge=FASTEST,
        le=SLOWEST,
        description="In place of flops_ratio: multiple of the baseline's median latency on the "
        "machine that plans.",
    )
    by: Literal["measured", "nominal"] = Field(
        "measured",
        description="measured: the cost of the realised network, as fvcore counts it; "
        "nominal: αβ²γ², the paper's rule for FLOPs, which ignores rounding.",
    )
    tolerance: float = Field(
        0.05,
        ge=0,
        allow_inf_nan=False,
        description="Largest |ratio − target| of a candidate that may win.",
    )
    at_most: Limits | None = Field(
        None, description="Further limits beside the target; networks above one are left out."
    )
    timing: Timing | None = Field(
        None, description="How latency is measured, where it is aimed at or limited."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_given(cls, values: Any) -> Any:
        others = ("params_ratio", "activations_ratio", "latency_ratio")
        if not isinstance(values, dict) or "flops_ratio" in values:
            return values
        if any(values.get(name) is not None for name in others):
            return {"flops_ratio": None, **values}
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Target:
        given = [name for name in QUANTITIES if getattr(self, f"{name}_ratio") is not None]
        if len(given) != 1:
            raise ValueError(
                f"target has {', '.join(f'{name}_ratio' for name in given) or 'no ratio'}: a "
                "search aims at exactly one of flops_ratio, params_ratio, activations_ratio and "
                "latency_ratio; put further limits under at_most"
            )
        if abs(self.ratio - 1) < 1e-6:
            raise ValueError(
                f"{self.quantity}_ratio is 1: that is the baseline itself, so nothing is to be "
                "found; use for example 2, or 0.5 for smaller networks"
            )
        if self.by == "nominal" and self.quantity != "flops":
            raise ValueError(
                f"by is nominal: αβ²γ² is a rule for FLOPs, not for {NAMES[self.quantity]}; use "
                "measured"
            )
        if self.timing is not None and not self.timed:
            raise ValueError(
                "timing says how latency is measured, and none is aimed at or limited: give "
                "latency_ratio, or at_most.latency, or leave timing out"
            )
        return self

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A constraint keeps the identity that it had before other quantities could be named.
        given: dict[str, Any] = serialise(self)
        return {key: value for key, value in given.items() if value is not None}

    @property
    def quantity(self) -> Quantity:
        """What is aimed at."""
        return next(name for name in QUANTITIES if getattr(self, f"{name}_ratio") is not None)

    @property
    def timed(self) -> bool:
        """Whether networks have to be run to know whether they satisfy it."""
        return self.latency_ratio is not None or (
            self.at_most is not None and self.at_most.latency is not None
        )

    @property
    def how_timed(self) -> Timing:
        """How latency is measured."""
        return self.timing or Timing()

    def on(self, machine: str) -> Target:
        """The same, with the machine written down whose latencies count; else as it is."""
        if not self.timed or self.how_timed.machine is not None:
            return self
        return self.model_copy(
            update={"timing": self.how_timed.model_copy(update={"machine": machine})}
        )

    @property
    def ratio(self) -> float:
        """The multiple of the baseline's that is aimed at."""
        value: float = getattr(self, f"{self.quantity}_ratio")
        return value

    def describe(self) -> str:
        """In words: `2 ± 0.05 × the baseline's FLOPs, measured`, and the limits beside it."""
        cost = NAMES[self.quantity]
        said = f"{self.ratio:g} ± {self.tolerance:g} × the baseline's {cost}, {self.by}"
        for quantity in QUANTITIES if self.at_most else ():
            if limit := getattr(self.at_most, quantity):
                said += f", at most {limit:g} × its {NAMES[quantity]}"
        if self.timed:
            how = self.how_timed
            said += (
                f"; latency by {how.backend}, {plural(how.threads, 'thread')}, "
                f"{plural(how.batch, 'image')} a run"
            )
        return said

    @property
    def sign(self) -> int:
        """1 where larger networks are sought; −1 for smaller ones, at (α⁻¹, β⁻¹, γ⁻¹)."""
        return 1 if self.ratio > 1 else -1

    def nominal(self, coefficients: Coefficients) -> float:
        """The FLOPs ratio that coefficients stand for under this target, ignoring rounding."""
        return coefficients.nominal_flops_ratio**self.sign

    def holds(self, ratio: float) -> bool:
        """Whether a network with this ratio (of the kind `by` names) satisfies the constraint."""
        return abs(ratio - self.ratio) <= self.tolerance + 1e-9
