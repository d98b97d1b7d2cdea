"""The architecture of a network after rounding, which is the identity of a trial."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError


@dataclass(frozen=True, slots=True)
class StemSpec:
    """The first convolution: output channels, kernel and stride in px.

    Where pooling follows it, as in a ResNet, `stride` is that of both together.
    """

    width: int
    kernel: int
    stride: int


@dataclass(frozen=True, slots=True)
class StageSpec:
    """`depth` equal blocks, of which the first changes the width and applies the stride.

    `expansion` is a block's inner width relative to its input (in a ResNet's bottleneck its output
    relative to its inner width, which is `width`); `se_ratio` is the width of the
    squeeze-and-excite bottleneck relative to the block's input (0: none).
    """

    block: str
    width: int
    depth: int
    stride: int
    kernel: int
    expansion: int = 1
    se_ratio: float = 0.0


_TYPES: Final[dict[str, tuple[type, ...]]] = {"int": (int,), "float": (int, float), "str": (str,)}


def _check_types(part: NetworkSpec | StemSpec | StageSpec) -> None:
    for field in dataclasses.fields(part):
        value, wanted = getattr(part, field.name), _TYPES.get(str(field.type), (object,))
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise InputError(
                f"network spec cannot be read ({field.name} is {value!r}, it must be "
                f"{'text' if str in wanted else 'a number'}); it must have the values that "
                "`NetworkSpec.to_dict` writes"
            )


@dataclass(frozen=True)
class NetworkSpec:
    """A network of a baseline's kind with every width, depth, stride, kernel and resolution.

    Coefficient triples that round to equal specs are one trial. `baseline` names the builder of
    the blocks; `head_width` is the number of channels of the last 1×1 convolution (0: none).
    """

    baseline: str
    resolution_px: int
    stem: StemSpec
    stages: tuple[StageSpec, ...]
    head_width: int
    in_channels: int = 3
    classes: int = 1000

    def __post_init__(self) -> None:
        sizes = {
            "resolution_px": self.resolution_px,
            "in_channels": self.in_channels,
            "classes": self.classes,
            "stem width": self.stem.width,
            "a stage's width": min((stage.width for stage in self.stages), default=0),
            "a stage's depth": min((stage.depth for stage in self.stages), default=0),
        }
        for name, size in sizes.items():
            if size < 1:
                raise InputError(f"{name} is {size}: a network needs at least 1")

    @property
    def depths(self) -> tuple[int, ...]:
        """Blocks of each stage."""
        return tuple(stage.depth for stage in self.stages)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the stem, of each stage, and of the head if there is one."""
        head = (self.head_width,) if self.head_width else ()
        return (self.stem.width, *(stage.width for stage in self.stages), *head)

    @property
    def strides(self) -> tuple[int, ...]:
        """Strides of the stem and of each stage's first block."""
        return (self.stem.stride, *(stage.stride for stage in self.stages))

    @property
    def last_map_px(self) -> int:
        """Side of the last feature map, before the pooling, in px."""
        side = self.resolution_px
        for stride in self.strides:
            side = -(-side // stride)
        return side

    @cached_property
    def key(self) -> str:
        """The identity: the first 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` is the inverse."""
        return dataclasses.asdict(self) | {
            "stages": [dataclasses.asdict(stage) for stage in self.stages]
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> NetworkSpec:
        """Read the output of `to_dict`.

        Raises:
            InputError: a key is missing or unknown, a value is of another type, or a size is below
                1.
        """
        try:
            spec = cls(
                **{
                    **data,
                    "stem": StemSpec(**data["stem"]),
                    "stages": tuple(StageSpec(**stage) for stage in data["stages"]),
                }
            )
        except (KeyError, TypeError) as error:
            raise InputError(
                f"network spec cannot be read ({error}); it must have the keys that "
                "`NetworkSpec.to_dict` writes"
            ) from None
        parts: tuple[NetworkSpec | StemSpec | StageSpec, ...] = (spec, spec.stem, *spec.stages)
        for part in parts:
            _check_types(part)
        return spec


def realised_scaling(spec: NetworkSpec, base: NetworkSpec) -> Scaling:
    """The multipliers of a network after rounding, relative to its unscaled baseline.

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
