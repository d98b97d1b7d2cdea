"""How real-valued multipliers become whole blocks, channels and pixels.

The official rules (tensorflow/tpu `efficientnet_model.py`, `round_filters` and `round_repeats`) are
the defaults; the alternatives are named, because other libraries use them (pycls rounds depth to
the nearest) and because the rule decides which coefficients are one and the same network.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_SLACK = 1e-9
"""Absorbs binary error, so that 1.1 ** 2 · 1.0 / 1.1 does not round up past 1.1."""


class Rounding(BaseModel):
    """The rules that turn a scaled baseline into a realised network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    depth: Literal["ceil", "nearest"] = Field(
        "ceil", description="Repeats of a stage: ceil(d·n), as EfficientNet does, or nearest."
    )
    width_divisor: int = Field(
        8, ge=1, le=256, description="Channels become multiples of this, never below 0.9 of w·f."
    )
    resolution: Literal["nearest", "floor"] = Field(
        "nearest", description="Pixels: to the nearest (halves up), or down, multiple."
    )
    resolution_multiple: int = Field(
        1, ge=1, le=256, description="Resolutions become multiples of this many pixels."
    )

    def repeats(self, count: int, multiplier: float) -> int:
        """Blocks of a stage with `count` blocks under a depth multiplier; at least 1."""
        exact = count * multiplier
        whole = (
            math.ceil(exact - _SLACK) if self.depth == "ceil" else math.floor(exact + 0.5 + _SLACK)
        )
        return max(1, whole)

    def channels(self, width: int, multiplier: float) -> int:
        """Channels of a layer with `width` channels under a width multiplier.

        A multiplier of exactly 1 leaves the width alone, so that an unscaled baseline is itself
        even if its widths are not multiples of the divisor.
        """
        if multiplier == 1:
            return width
        exact = width * multiplier
        divisor = self.width_divisor
        rounded = max(divisor, int(exact + divisor / 2 + _SLACK) // divisor * divisor)
        if rounded < 0.9 * exact - _SLACK:
            rounded += divisor
        return rounded

    def pixels(self, resolution_px: int, multiplier: float) -> int:
        """Input resolution in px under a resolution multiplier; at least one multiple."""
        exact = resolution_px * multiplier / self.resolution_multiple
        offset = 0.5 if self.resolution == "nearest" else 0.0
        return max(1, math.floor(exact + offset + _SLACK)) * self.resolution_multiple


OFFICIAL = Rounding()
"""EfficientNet's rules: ceil for depth, multiples of 8 for width, the nearest px."""
