"""The constraint of a search: a network's cost as a multiple of the baseline's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from search_spaces.coefficients import Coefficients
from search_spaces.human import plural
from search_spaces.models import StrictModel
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.latency import Timing

Quantity = Literal["flops", "params", "activations", "latency"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)

NAMES: dict[Quantity, str] = {
    "flops": "FLOPs", "params": "parameters", "activations": "activations",
    "latency": "latency",
}  # fmt: skip
"""Their names in sentences."""

DEFAULT_RATIO = 2.0
SMALLEST, LARGEST = 0.001, 1000.0
FASTEST, SLOWEST = 0.05, 20.0
"""Multiples of the baseline's latency; networks far beyond them would have to be run."""

_Ratio = Annotated[float, Field(ge=SMALLEST, le=LARGEST)]
_Limit = Annotated[float, Field(gt=0, le=LARGEST)]


def amount_of(quantity: Quantity, complexity: Complexity) -> int:
    """The amount of a counted quantity (not latency) that a network has."""
    value: int = getattr(complexity, quantity)
    return value


def matched_cost(
    quantity: Quantity, target_ratio: float, measured_ratio: float, residual: float | None
) -> tuple[Quantity, float]:
    """The quantity on which a network is compared, and its multiple of the baseline's.

    Args:
        quantity: the quantity that the search's target limits.
        target_ratio: the target, a multiple of the baseline's.
        measured_ratio: the multiple of the baseline's FLOPs that the network has.
        residual: distance of the network's ratio from the target; None where the target does not
            apply to it, so that its FLOPs count.
    """
    if quantity == "flops" or residual is None:
        return "flops", measured_ratio
    return quantity, target_ratio + residual


class Limits(StrictModel):
    """Largest costs of a candidate beside the target, as multiples of the baseline's."""

    flops: _Limit | None = Field(None, description="Multiple of the baseline's FLOPs.")
    params: _Limit | None = Field(None, description="Multiple of the baseline's parameters.")
    activations: _Limit | None = Field(None, description="Multiple of the baseline's activations.")
    latency: Annotated[float, Field(gt=0, le=SLOWEST)] | None = Field(
        None, description="Multiple of the baseline's latency, measured according to `timing`."
    )

    def allow(self, ratio: Callable[[Quantity], float]) -> bool:
        """Whether a network exceeds none of the limits.

        Args:
            ratio: the network's cost relative to the baseline's. Latency is asked for last,
                because it has to be measured.
        """
        limits = ((quantity, getattr(self, quantity)) for quantity in QUANTITIES)
        return all(limit is None or ratio(quantity) <= limit + 1e-9 for quantity, limit in limits)


class Target(StrictModel):
    """The constraint of a search: FLOPs, or another cost, near a multiple of the baseline's."""

    flops_ratio: _Ratio | None = Field(
        DEFAULT_RATIO,
        description="Multiple of the baseline's FLOPs; below 1 searches for smaller networks.",
    )
    params_ratio: _Ratio | None = Field(
        None, description="Instead of flops_ratio: multiple of the baseline's parameters."
    )
    activations_ratio: _Ratio | None = Field(
        None,
        description="Instead of flops_ratio: multiple of the baseline's activations (outputs of "
        "convolutions and linear layers).",
    )
    latency_ratio: Annotated[float, Field(ge=FASTEST, le=SLOWEST)] | None = Field(
        None,
        description="Instead of flops_ratio: multiple of the baseline's median latency on the "
        "machine that makes the plan.",
    )
    by: Literal["measured", "nominal"] = Field(
        "measured",
        description="measured: the cost of the network after rounding, as fvcore counts it. "
        "nominal: αβ²γ², the paper's rule for FLOPs, which ignores rounding.",
    )
    tolerance: float = Field(
        0.05,
        ge=0,
        allow_inf_nan=False,
        description="Largest |ratio − target| of a candidate that may win.",
    )
    at_most: Limits | None = Field(
        None, description="Further limits; networks above one of them are left out."
    )
    timing: Timing | None = Field(
        None, description="How latency is measured, if it is the target or limited."
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
                "search has exactly one of flops_ratio, params_ratio, activations_ratio and "
                "latency_ratio; put further limits under at_most"
            )
        if abs(self.ratio - 1) < 1e-6:
            raise ValueError(
                f"{self.quantity}_ratio is 1: that is the baseline itself, so there is nothing to "
                "find; use for example 2, or 0.5 for smaller networks"
            )
        if self.by == "nominal" and self.quantity != "flops":
            raise ValueError(
                f"by is nominal: αβ²γ² is a rule for FLOPs, not for {NAMES[self.quantity]}; use "
                "measured"
            )
        if self.timing is not None and not self.timed:
            raise ValueError(
                "timing is given, but latency is neither the target nor limited: give "
                "latency_ratio or at_most.latency, or leave timing out"
            )
        return self

    @model_serializer(mode="wrap")
    def _without_absent(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Absent keys are left out, so that the protocols of earlier versions stay the same.
        given: dict[str, Any] = serialise(self)
        return {key: value for key, value in given.items() if value is not None}

    @property
    def quantity(self) -> Quantity:
        """Quantity that the target limits."""
        return next(name for name in QUANTITIES if getattr(self, f"{name}_ratio") is not None)

    @property
    def timed(self) -> bool:
        """Whether networks have to be run to check the constraint."""
        return self.latency_ratio is not None or (
            self.at_most is not None and self.at_most.latency is not None
        )

    @property
    def how_timed(self) -> Timing:
        """How latency is measured."""
        return self.timing or Timing()

    def on(self, machine: str) -> Target:
        """This target with the name of the machine filled in, if latencies are to be measured."""
        if not self.timed or self.how_timed.machine is not None:
            return self
        return self.model_copy(
            update={"timing": self.how_timed.model_copy(update={"machine": machine})}
        )

    @property
    def ratio(self) -> float:
        """The target, as a multiple of the baseline's."""
        value: float = getattr(self, f"{self.quantity}_ratio")
        return value

    def describe(self) -> str:
        """In words: `2 ± 0.05 × the baseline's FLOPs, measured`, and the further limits."""
        cost = NAMES[self.quantity]
        text = f"{self.ratio:g} ± {self.tolerance:g} × the baseline's {cost}, {self.by}"
        for quantity in QUANTITIES if self.at_most else ():
            if limit := getattr(self.at_most, quantity):
                text += f", at most {limit:g} × its {NAMES[quantity]}"
        if self.timed:
            how = self.how_timed
            text += (
                f"; latency by {how.backend}, {plural(how.threads, 'thread')}, "
                f"{plural(how.batch, 'image')} per run"
            )
        return text

    @property
    def sign(self) -> int:
        """1 for a search of larger networks; −1 for smaller ones, at (α⁻¹, β⁻¹, γ⁻¹)."""
        return 1 if self.ratio > 1 else -1

    def nominal(self, coefficients: Coefficients) -> float:
        """The FLOPs ratio of coefficients under this target, ignoring rounding."""
        return coefficients.nominal_flops_ratio**self.sign

    def holds(self, ratio: float) -> bool:
        """Whether a network with this ratio (of the kind `by`) satisfies the constraint."""
        return abs(ratio - self.ratio) <= self.tolerance + 1e-9
