"""Rounding of real-valued multipliers to whole blocks, channels and pixels.

The official rules (tensorflow/tpu `efficientnet_model.py`, `round_filters` and `round_repeats`) are
the defaults. Other libraries use the alternatives (pycls rounds depth to the nearest). The rule
decides which coefficients give the same network.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field

from search_spaces.models import StrictModel

_LARGEST_DENOMINATOR = 10**7
"""A multiplier is read as the nearest fraction with a denominator up to this.

Every step of a rule lies at a fraction p/q with a far smaller q (at most twenty times a width, a
depth or a resolution). Numbers within 1/(2q · 10⁷) of p/q are read as p/q: this is more than binary
error, so that 1.1 ** 2 / 1.1 does not round up past 1.1, and less than any intended difference.
"""


@lru_cache(maxsize=4096)
def exact(multiplier: float) -> tuple[int, int]:
    """The fraction as which a multiplier is read, as numerator and denominator.

    The rules below are evaluated on it exactly, so that all layers whose steps lie at the same
    multiplier step together: n·d > k for one stage and for another follow from the same d > k/n.
    The nearest of a fixed set of fractions never falls as the multiplier rises.
    """
    # `Fraction.limit_denominator` by continued fractions, in a third of its time: a family needs
    # thousands.
    numerator, denominator = multiplier.as_integer_ratio()
    if denominator <= _LARGEST_DENOMINATOR:
        return numerator, denominator
    left, over = numerator, denominator
    p, q, before_p, before_q = 1, 0, 0, 1
    while True:
        whole, rest = divmod(left, over)
        next_q = before_q + whole * q
        if next_q > _LARGEST_DENOMINATOR:
            break
        p, q, before_p, before_q = before_p + whole * p, next_q, p, q
        left, over = over, rest
    whole = (_LARGEST_DENOMINATOR - before_q) // q
    beside_p, beside_q = before_p + whole * p, before_q + whole * q
    return (p, q) if 2 * over * beside_q <= denominator else (beside_p, beside_q)


class Rounding(StrictModel):
    """The rules that turn real-valued multipliers into whole blocks, channels and pixels."""

    depth: Literal["ceil", "nearest"] = Field(
        "ceil", description="Blocks of a stage: ceil(d·n), as in EfficientNet, or the nearest."
    )
    width_divisor: int = Field(
        8, ge=1, le=256, description="Channels become multiples of this, at least 0.9·w·f."
    )
    resolution: Literal["nearest", "floor"] = Field(
        "nearest", description="Pixels: the nearest multiple (halves up), or the one below."
    )
    resolution_multiple: int = Field(
        1, ge=1, le=256, description="Resolutions become multiples of this many pixels."
    )

    def repeats(self, count: int, multiplier: float) -> int:
        """Blocks of a stage with `count` blocks under a depth multiplier; at least 1."""
        p, q = exact(multiplier)
        whole = -(-count * p // q) if self.depth == "ceil" else (2 * count * p + q) // (2 * q)
        return max(1, whole)

    def channels(self, width: int, multiplier: float) -> int:
        """Channels of a layer with `width` channels under a width multiplier.

        A multiplier of exactly 1 leaves the width alone, so that an unscaled baseline is itself
        even if its widths are not multiples of the divisor.
        """
        p, q = exact(multiplier)
        if p == q:
            return width
        divisor = self.width_divisor
        rounded = max(divisor, (2 * width * p + divisor * q) // (2 * divisor * q) * divisor)
        if 10 * rounded * q < 9 * width * p:
            rounded += divisor
        return rounded

    def pixels(self, resolution_px: int, multiplier: float) -> int:
        """Input resolution in px under a resolution multiplier; at least one multiple."""
        p, q = exact(multiplier)
        step = self.resolution_multiple
        if self.resolution == "nearest":
            multiples = (2 * resolution_px * p + step * q) // (2 * step * q)
        else:
            multiples = resolution_px * p // (step * q)
        return max(1, multiples) * step


OFFICIAL = Rounding()
"""EfficientNet's rules: ceil for depth, multiples of 8 for width, the nearest px."""
