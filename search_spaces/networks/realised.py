"""How much deeper, wider and finer a network really is than the one it was scaled from."""

from __future__ import annotations

import math

from search_spaces.coefficients import Scaling
from search_spaces.networks.spec import NetworkSpec


def realised_scaling(spec: NetworkSpec, base: NetworkSpec) -> Scaling:
    """The multipliers that rounding left of the coefficients.

    Depth is the ratio of blocks, width the geometric mean of the ratios of channels over stem,
    stages and head, resolution the ratio of pixels along a side.

    Args:
        spec: the scaled network.
        base: the unscaled one, with as many stages.
    """
    wider = [math.log(new / old) for new, old in zip(spec.widths, base.widths, strict=True)]
    return Scaling(
        depth=sum(spec.depths) / sum(base.depths),
        width=math.exp(sum(wider) / len(wider)),
        resolution=spec.resolution_px / base.resolution_px,
    )
