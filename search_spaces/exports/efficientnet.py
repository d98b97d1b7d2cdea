"""EfficientNets as other libraries describe them: B0's table under multipliers.

The libraries apply width and depth multipliers to B0's table with the official rounding
(tensorflow/tpu `efficientnet_model.py`), so that they can express a network only if one multiplier
gives all of its widths.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from search_spaces.baselines.efficientnet import B0
from search_spaces.exports.base import cannot
from search_spaces.networks.spec import NetworkSpec

_DIVISORS = (8, *(divisor for divisor in range(1, 257) if divisor != 8))


def channels(width: int, multiplier: float, divisor: int = 8) -> int:
    """`round_filters` of the official code, as the libraries copied it, without tolerance."""
    exact = width * multiplier
    rounded = max(divisor, int(exact + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * exact else rounded


def check(
    spec: NetworkSpec, *, in_channels: int | None = None, strides: Iterable[int] | None = None
) -> None:
    """Refuse networks that no EfficientNet of another library is.

    Args:
        spec: the network.
        in_channels: the only number of image channels that the library takes; None for any.
        strides: the strides that a stage may have; None for those of B0's table.

    Raises:
        InputError: it names the first field that cannot be expressed.
    """
    if spec.baseline != B0.baseline:
        remedy = "use the format python, json or yaml"
        raise cannot("baseline", spec.baseline, f"it holds {B0.baseline} alone", remedy)
    plain = "leave the proxy form out (it is for searching), or use python, json or yaml"
    for field, value, fixed in (
        ("stem kernel", spec.stem.kernel, B0.stem.kernel),
        ("stem stride", spec.stem.stride, B0.stem.stride),
    ):
        if value != fixed:
            raise cannot(field, value, f"it is fixed at {fixed}", plain)
    if in_channels is not None and spec.in_channels != in_channels:
        rule, remedy = f"it takes images of {in_channels} channels", "convert grey images to colour"
        raise cannot("in_channels", spec.in_channels, rule, remedy)
    for number, (stage, base) in enumerate(zip(spec.stages, B0.stages, strict=True), start=1):
        for field in ("kernel", "expansion", "se_ratio"):
            value, fixed = getattr(stage, field), getattr(base, field)
            if value != fixed:
                rule, remedy = f"it is fixed at {fixed}", "use python, json or yaml"
                raise cannot(f"stage {number} {field}", value, rule, remedy)
        allowed = (base.stride,) if strides is None else tuple(strides)
        if stage.stride not in allowed:
            rule = f"it can be {' or '.join(map(str, allowed))}"
            raise cannot(f"stage {number} stride", stage.stride, rule, plain)


def _widths(spec: NetworkSpec) -> Iterator[tuple[str, int, int]]:
    """(field, B0's channels, the network's) of stem, stages and head."""
    yield "stem width", B0.stem.width, spec.stem.width
    for number, (stage, base) in enumerate(zip(spec.stages, B0.stages, strict=True), start=1):
        yield f"stage {number} width", base.width, stage.width
    yield "head_width", B0.head_width, spec.head_width


def _bounds(width: int, target: int, divisor: int) -> tuple[float, float]:
    """A range of multipliers that holds all by which `width` rounds to `target`."""
    below = target - divisor
    low = 0.0 if below <= 0 else min(target - divisor / 2, below / 0.9)
    return low / width, min(target + divisor / 2, target / 0.9) / width


def _shortest(low: float, high: float, holds: Callable[[float], bool]) -> float | None:
    """The number of fewest decimals between two bounds for which `holds` is true."""
    for decimals in range(13):
        unit = 10.0**decimals
        # The lower bound itself may be excluded; the next number is not.
        for step in (0, 1):
            value = (math.ceil(low * unit) + step) / unit
            if 0 < value <= high and holds(value):
                return value
    return None


def _multiplier(widths: list[tuple[str, int, int]], divisor: int) -> float | None:
    lows, highs = zip(*(_bounds(base, target, divisor) for _, base, target in widths), strict=True)
    low, high = max(lows), min(highs)

    def holds(value: float) -> bool:
        return all(channels(base, value, divisor) == target for _, base, target in widths)

    return _shortest(low, high, holds) if low <= high else None


def width_multiplier(spec: NetworkSpec) -> tuple[float, int]:
    """The width multiplier, and the divisor of its rounding, that give all widths of a network.

    Raises:
        InputError: no multiplier does; it names the first width that does not fit the others.
    """
    for divisor in _DIVISORS:
        multiplier = _multiplier(list(_widths(spec)), divisor)
        if multiplier is not None:
            return multiplier, divisor
    likely = spec.head_width / B0.head_width
    for field, base, target in _widths(spec):
        if (width := channels(base, likely)) != target:
            rule = f"one width multiplier gives all widths, and about {likely:.3g} makes it {width}"
            raise cannot(field, target, rule, "use python, json or yaml")
    raise cannot("widths", spec.widths, "no multiplier gives them all", "use python or json")


def depth_multiplier(spec: NetworkSpec) -> float:
    """The depth multiplier whose rounding up gives all depths of a network.

    Raises:
        InputError: none does; it names the first depth that does not fit.
    """
    depths = list(zip(B0.depths, spec.depths, strict=True))

    def holds(multiplier: float) -> bool:
        return all(math.ceil(multiplier * base) == depth for base, depth in depths)

    lows = [(depth - 1) / base for base, depth in depths]
    highs = [depth / base for base, depth in depths]
    multiplier = _shortest(max(lows), min(highs), holds)
    if multiplier is None:
        # The two stages whose bounds exclude each other.
        first, second = lows.index(max(lows)), highs.index(min(highs))
        raise cannot(
            f"stage {first + 1} depth", spec.depths[first],
            f"depths are one multiplier of B0's, rounded up, and stage {second + 1} has "
            f"{spec.depths[second]}",
            "use rounding.depth ceil, or the format transformers, pycls, torchvision, timm or "
            "python",
        )  # fmt: skip
    return multiplier


def sides(spec: NetworkSpec) -> list[int]:
    """The side in px of the input of each stage."""
    side = -(-spec.resolution_px // spec.stem.stride)
    entering = []
    for stage in spec.stages:
        entering.append(side)
        side = -(-side // stage.stride)
    return entering
