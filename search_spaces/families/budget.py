"""The network for a FLOPs budget: "1.5 GFLOPs, 224 px, 37 classes"."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError
from search_spaces.families import ScaledNetwork
from search_spaces.planning.curve import ScalingCurve


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A FLOPs budget; a class of its own, so that JSON begins with it."""

    budget_flops: float


@dataclass(frozen=True, kw_only=True)
class BudgetModel(ScaledNetwork, Budget):
    """The network whose FLOPs come nearest a budget, which is its `target_flops`."""

    phi: float


def model_for_budget(
    frame: Frame, coefficients: Coefficients, flops: float, *, resolution_px: int | None = None
) -> BudgetModel:
    """The network along the coefficients whose closed-form FLOPs are nearest a budget, in log.

    Args:
        frame: the baseline with its form, base resolution, rounding, channels and classes.
        coefficients: the direction; depth, width and resolution are (α^φ, β^φ, γ^φ).
        flops: the budget, in multiply-adds of one image.
        resolution_px: a fixed resolution, at which depth and width alone are scaled by (α^φ, β^φ);
            without it all three are scaled from the frame's base resolution. Networks smaller than
            the baseline (φ < 0) are possible too.

    Returns:
        The network; its dropout is that of the family member nearest in FLOPs.

    Raises:
        InputError: a budget that cannot be reached (the message says what can), or coefficients
            that leave nothing to scale.
    """
    if resolution_px is not None:
        frame = dataclasses.replace(frame, resolution_px=resolution_px)
        if coefficients.alpha == coefficients.beta == 1:
            raise InputError(
                f"resolution is held at {frame.resolution_px} px and coefficients (1, 1, "
                f"{coefficients.gamma:g}) scale nothing else; leave the resolution free, or raise "
                "alpha or beta above 1"
            )
        coefficients = dataclasses.replace(coefficients, gamma=1.0)
    curve = ScalingCurve(frame, coefficients)
    phi = curve.nearest(flops, "budget")
    scaling, spec = frame.simplest(curve.scaling(phi)), curve.spec(phi)
    ratio = frame.complexity(spec).flops / frame.base_flops
    dropout = frame.baseline.dropout(max(0, round(math.log2(ratio))))
    budget = float(flops)
    return BudgetModel.of(
        frame, spec, scaling, target_flops=budget, budget_flops=budget, dropout=dropout, phi=phi
    )
