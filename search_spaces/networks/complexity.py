"""FLOPs, parameters and activations in closed form, in fvcore's convention.

fvcore (`flop_count.py`, `activation_count.py`) counts one multiply-add as one FLOP, no FLOPs for a
convolution's bias, two FLOPs per element for batch norm in evaluation and five in training, one per
input element for adaptive average pooling, and none for elementwise operators. Activations are the
output elements of convolutions and linear layers. The counts here equal fvcore's exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, assert_never

from search_spaces.networks.layers import (
    Activation,
    Block,
    Chain,
    Conv,
    Dropout,
    GlobalPool,
    Layer,
    Linear,
    MaxPool,
    Network,
    Norm,
    SqueezeExcite,
)

Mode = Literal["eval", "train"]
Counting = Mode | Literal["weights"]
"""`weights` counts convolutions and linear layers alone, as papers, torchvision and pycls do."""


@dataclass(frozen=True, slots=True)
class Complexity:
    """Cost of one image through a network: multiply-adds, weights and biases, output elements."""

    flops: int
    params: int
    activations: int

    def __add__(self, other: Complexity) -> Complexity:
        return Complexity(
            self.flops + other.flops,
            self.params + other.params,
            self.activations + other.activations,
        )

    def times(self, count: int) -> Complexity:
        """The cost of `count` of these."""
        return Complexity(self.flops * count, self.params * count, self.activations * count)


NOTHING = Complexity(0, 0, 0)


def _pooling(width: int, px: int, mode: Counting) -> int:
    return 0 if mode == "weights" else width * px * px


def _layer(layer: Layer, px: int, mode: Counting) -> tuple[Complexity, int]:
    """Complexity of a layer at an input side of `px`, and its output side."""
    match layer:
        case Conv():
            out = -(-px // layer.stride)
            weights = layer.outputs * (layer.inputs // layer.groups) * layer.kernel**2
            params = weights + (layer.outputs if layer.bias else 0)
            return Complexity(weights * out * out, params, layer.outputs * out * out), out
        case Norm():
            per_element = {"eval": 2, "train": 5, "weights": 0}[mode]
            return Complexity(per_element * layer.width * px * px, 2 * layer.width, 0), px
        case SqueezeExcite():
            width, squeezed = layer.width, layer.squeezed
            flops = _pooling(width, px, mode) + 2 * width * squeezed
            return Complexity(flops, 2 * width * squeezed + width + squeezed, width + squeezed), px
        case GlobalPool():
            return Complexity(_pooling(layer.width, px, mode), 0, 0), 1
        case Linear():
            weights = layer.inputs * layer.outputs
            return Complexity(weights, weights + layer.outputs, layer.outputs), px
        case MaxPool():
            return NOTHING, -(-px // layer.stride)
        case Activation() | Dropout():
            return NOTHING, px
        case _:
            assert_never(layer)


@lru_cache(maxsize=65536)
def chain_complexity(chain: Chain, px: int, mode: Counting = "eval") -> tuple[Complexity, int]:
    """Complexity of layers that run one after another, and the side in px that leaves them."""
    total = NOTHING
    for _, layer in chain:
        cost, px = _layer(layer, px, mode)
        total += cost
    return total, px


@dataclass(frozen=True, slots=True)
class StageCosts:
    """A network's cost as a function of its depths: `fixed` + Σ (depth − 1) · `repeat`.

    `fixed` is stem, the first block of every stage, and head; `repeat` one further block of each
    stage. Widths, strides and resolution are held.
    """

    fixed: Complexity
    repeat: tuple[Complexity, ...]

    def at(self, depths: Iterable[int]) -> Complexity:
        """The cost with these blocks in each stage."""
        total = self.fixed
        for depth, block in zip(depths, self.repeat, strict=True):
            total += block.times(depth - 1)
        return total


def _blocks(blocks: Iterable[Block], px: int, mode: Counting) -> tuple[list[Complexity], int]:
    costs = []
    for block in blocks:
        cost, out = chain_complexity(block.chain, px, mode)
        if block.residual:
            cost += chain_complexity(block.shortcut, px, mode)[0]
        costs.append(cost + chain_complexity(block.after, out, mode)[0])
        px = out
    return costs, px


def stage_costs(two_deep: Network, resolution_px: int, mode: Counting = "eval") -> StageCosts:
    """The cost's dependence on depth, from the same network with two blocks in every stage."""
    fixed, px = chain_complexity(two_deep.stem, resolution_px, mode)
    repeat = []
    for stage in two_deep.stages:
        (first, again), px = _blocks(stage, px, mode)
        fixed += first
        repeat.append(again)
    head, _ = chain_complexity(two_deep.head, px, mode)
    return StageCosts(fixed + head, tuple(repeat))
