"""What libraries that rebuild EfficientNet from multipliers can express.

They hold B0's table and apply width and depth multipliers to it with the official rounding
(tensorflow/tpu `efficientnet_model.py`), so that a network can be written for them only if one
multiplier gives all of its widths.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from search_spaces.baselines.efficientnet import B0
from search_spaces.exports.base import cannot
from search_spaces.networks.spec import NetworkSpec

_DIVISORS = (8, *(divisor for divisor in range(1, 257) if divisor != 8))


def channels(width: int, multiplier: float, divisor: int = 8) -> int:
    """`round_filters` of the official code, as the libraries copied it: no tolerance."""
    exact = width * multiplier
    rounded = max(divisor, int(exact + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * exact else rounded


def check(
    name: str,
    spec: NetworkSpec,
    *,
    in_channels: int | None = None,
    strides: Iterable[int] | None = None,
) -> None:
    """Refuse what no EfficientNet of another library has.

    Args:
        name: the format's.
        spec: the network.
        in_channels: the only number of image channels that it takes; None for any.
        strides: the strides that a stage may have; None for those of B0's table.

    Raises:
        InputError: it names the first field that cannot be expressed.
    """
    if spec.baseline != B0.baseline:
        remedy = "use the format python, json or yaml"
        raise cannot(name, "baseline", spec.baseline, f"it holds {B0.baseline} alone", remedy)
    plain = "leave the proxy form out (it is for searching), or use python, json or yaml"
    for field, value, fixed in (
        ("stem kernel", spec.stem.kernel, B0.stem.kernel),
        ("stem stride", spec.stem.stride, B0.stem.stride),
    ):
        if value != fixed:
            raise cannot(name, field, value, f"it is fixed at {fixed}", plain)
    if in_channels is not None and spec.in_channels != in_channels:
        rule, remedy = f"it takes images of {in_channels} channels", "convert grey images to colour"
        raise cannot(name, "in_channels", spec.in_channels, rule, remedy)
    for number, (stage, own) in enumerate(zip(spec.stages, B0.stages, strict=True), start=1):
        for field in ("kernel", "expansion", "se_ratio"):
            if getattr(stage, field) != getattr(own, field):
                rule = f"it is fixed at {getattr(own, field)}"
                raise cannot(
                    name, f"stage {number} {field}", getattr(stage, field), rule,
                    "use python, json or yaml",
                )  # fmt: skip
        allowed = (own.stride,) if strides is None else tuple(strides)
        if stage.stride not in allowed:
            rule = f"it can be {' or '.join(map(str, allowed))}"
            raise cannot(name, f"stage {number} stride", stage.stride, rule, plain)


def _widths(spec: NetworkSpec) -> Iterator[tuple[str, int, int]]:
    """(field, B0's channels, the network's) of stem, stages and head."""
    yield "stem width", B0.stem.width, spec.stem.width
    for number, (stage, own) in enumerate(zip(spec.stages, B0.stages, strict=True), start=1):
        yield f"stage {number} width", own.width, stage.width
    yield "head_width", B0.head_width, spec.head_width


def _bounds(width: int, target: int, divisor: int) -> tuple[float, float]:
    """Between which multipliers `width` may round to `target`; a little too wide at the ends."""
    below = target - divisor
    low = 0.0 if below <= 0 else min(target - divisor / 2, below / 0.9)
    return low / width, min(target + divisor / 2, target / 0.9) / width


def _shortest(low: float, high: float, holds: Callable[[float], bool]) -> float | None:
    """The number of fewest decimals between two bounds for which something holds."""
    for decimals in range(13):
        unit = 10.0**decimals
        # The ends themselves may be excluded, the next number then is not.
        for step in (0, 1):
            value = (math.ceil(low * unit) + step) / unit
            if 0 < value <= high and holds(value):
                return value
    return None


def _multiplier(widths: list[tuple[str, int, int]], divisor: int) -> float | None:
    bounds = [_bounds(own, target, divisor) for _, own, target in widths]
    low, high = max(least for least, _ in bounds), min(most for _, most in bounds)

    def holds(value: float) -> bool:
        return all(channels(own, value, divisor) == target for _, own, target in widths)

    return _shortest(low, high, holds) if low <= high else None


def width_multiplier(name: str, spec: NetworkSpec) -> tuple[float, int]:
    """The width multiplier, and the divisor of its rounding, that give all widths of a network.

    Raises:
        InputError: no multiplier does; it names the first width that does not fit the others.
    """
    for divisor in _DIVISORS:
        found = _multiplier(list(_widths(spec)), divisor)
        if found is not None:
            return found, divisor
    likely = spec.head_width / B0.head_width
    for field, own, target in _widths(spec):
        if channels(own, likely) != target:
            raise cannot(
                name, field, target,
                f"one width multiplier gives all widths, and about {likely:.3g} makes it "
                f"{channels(own, likely)}",
                "use python, json or yaml",
            )  # fmt: skip
    raise cannot(name, "widths", spec.widths, "no multiplier gives them all", "use python or json")


def depth_multiplier(name: str, spec: NetworkSpec) -> float:
    """The depth multiplier whose rounding up gives all depths of a network.

    Raises:
        InputError: none does; it names the first depth that does not fit.
    """
    pairs = [(own.depth, stage.depth) for own, stage in zip(B0.stages, spec.stages, strict=True)]

    def holds(multiplier: float) -> bool:
        return all(math.ceil(multiplier * own) == depth for own, depth in pairs)

    low = max((depth - 1) / own for own, depth in pairs)
    high = min(depth / own for own, depth in pairs)
    found = _shortest(low, high, holds)
    if found is None:
        # The bounds from above and below that exclude each other.
        number = max(range(len(pairs)), key=lambda i: (pairs[i][1] - 1) / pairs[i][0])
        other = min(range(len(pairs)), key=lambda i: pairs[i][1] / pairs[i][0])
        raise cannot(
            name,
            f"stage {number + 1} depth",
            pairs[number][1],
            f"depths are one multiplier of B0's, rounded up, and stage {other + 1} has "
            f"{pairs[other][1]}",
            "use rounding.depth ceil, or the format transformers, pycls, torchvision, timm or "
            "python",
        )
    return found


def sides(spec: NetworkSpec) -> list[int]:
    """The side in px of what enters each stage."""
    side = -(-spec.resolution_px // spec.stem.stride)
    found = []
    for stage in spec.stages:
        found.append(side)
        side = -(-side // stage.stride)
    return found
