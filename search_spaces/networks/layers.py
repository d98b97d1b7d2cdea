"""Operators as data, from which a network's module and complexity follow.

A baseline turns a `NetworkSpec` into a `Network` of these. `search_spaces.networks.complexity`
counts them in closed form, `scaling_search.networks.modules` makes torch modules of them; both
follow from this description.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from search_spaces.errors import InputError

Padding: TypeAlias = Literal["same", "symmetric"]


@dataclass(frozen=True, slots=True)
class Conv:
    """A square 2-d convolution.

    `same` pads as TensorFlow does (stride 2 on an even side pads one px right and below only);
    `symmetric` pads (kernel − 1) / 2 on each side. Both give ceil(px / stride).

    Raises:
        InputError: `symmetric` with an even kernel, which would not give ceil(px / stride).
    """

    inputs: int
    outputs: int
    kernel: int = 1
    stride: int = 1
    groups: int = 1
    bias: bool = False
    padding: Padding = "same"

    def __post_init__(self) -> None:
        if self.padding == "symmetric" and self.kernel % 2 == 0:
            raise InputError(
                f"kernel is {self.kernel}: symmetric padding needs an odd kernel; use an odd one, "
                "or padding='same'"
            )


@dataclass(frozen=True, slots=True)
class Norm:
    """Batch normalisation with PyTorch's meaning of `momentum` (weight of the new batch)."""

    width: int
    eps: float = 1e-3
    momentum: float = 0.01


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise nonlinearity."""

    kind: Literal["silu", "relu", "relu6"]


@dataclass(frozen=True, slots=True)
class SqueezeExcite:
    """Channel attention (arXiv 1709.01507): pool, reduce to `squeezed`, expand, sigmoid, scale."""

    width: int
    squeezed: int
    activation: Activation


@dataclass(frozen=True, slots=True)
class MaxPool:
    """Largest value of each window, padded so that ceil(px / stride) positions remain.

    Raises:
        InputError: the kernel is even, so that the padding would be uneven.
    """

    kernel: int
    stride: int

    def __post_init__(self) -> None:
        if self.kernel % 2 == 0:
            raise InputError(f"kernel is {self.kernel}: max pooling needs an odd one, such as 3")


@dataclass(frozen=True, slots=True)
class GlobalPool:
    """Average over all positions: (N, C, H, W) to (N, C)."""

    width: int


@dataclass(frozen=True, slots=True)
class Dropout:
    """Dropout before the classifier, whose rate is set when the module is built."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A fully connected layer with bias."""

    inputs: int
    outputs: int


Layer: TypeAlias = (
    Conv | Norm | Activation | SqueezeExcite | MaxPool | GlobalPool | Dropout | Linear
)
Chain: TypeAlias = tuple[tuple[str, Layer], ...]
"""Named layers in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Block:
    """A chain; with `residual`, its input is added to its output (stochastic depth applies).

    The input goes through `shortcut` first, for shapes that differ; `after` acts on the sum.
    """

    chain: Chain
    residual: bool = False
    shortcut: Chain = ()
    after: Chain = ()


@dataclass(frozen=True, slots=True)
class Network:
    """Stem, stages of blocks, head. Blocks after the first of a stage must be equal."""

    stem: Chain
    stages: tuple[tuple[Block, ...], ...]
    head: Chain


def adapted(network: Network, *, padding: Padding | None, norm_eps: float | None) -> Network:
    """The same layers with another padding of all convolutions, or another ε of all norms.

    They are settings of other libraries' weights. Neither changes a shape or a cost.
    """

    def layer(one: Layer) -> Layer:
        if isinstance(one, Conv) and padding is not None:
            return replace(one, padding=padding)
        if isinstance(one, Norm) and norm_eps is not None:
            return replace(one, eps=norm_eps)
        return one

    def chain(layers: Chain) -> Chain:
        return tuple((name, layer(one)) for name, one in layers)

    def block(one: Block) -> Block:
        parts = (chain(one.chain), chain(one.shortcut), chain(one.after))
        return replace(one, chain=parts[0], shortcut=parts[1], after=parts[2])

    stages = tuple(tuple(block(one) for one in stage) for stage in network.stages)
    return Network(stem=chain(network.stem), stages=stages, head=chain(network.head))
