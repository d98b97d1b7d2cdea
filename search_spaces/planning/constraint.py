"""Whether a network satisfies the constraint of a search."""

from __future__ import annotations

from search_spaces.baselines.frame import Frame
from search_spaces.networks.latency import relative_latency
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.target import Quantity, Target, amount_of


def cost_ratio(
    frame: Frame, target: Target, spec: NetworkSpec, quantity: Quantity | None = None
) -> float:
    """Cost of a network relative to the baseline's; by default of the target's quantity."""
    quantity = quantity or target.quantity
    if quantity == "latency":
        return relative_latency(frame.base, spec, target.how_timed).ratio
    return amount_of(quantity, frame.complexity(spec)) / amount_of(quantity, frame.base_complexity)


def within_limits(frame: Frame, target: Target, spec: NetworkSpec) -> bool:
    """Whether a network exceeds none of the limits beside the target."""
    return target.at_most is None or target.at_most.allow(
        lambda quantity: cost_ratio(frame, target, spec, quantity)
    )
