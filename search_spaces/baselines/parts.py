"""What stage tables have in common: convolutions with their norm, and blocks one after another."""

from __future__ import annotations

from collections.abc import Callable

from search_spaces.networks.layers import Activation, Block, Chain, Conv, Norm
from search_spaces.networks.spec import NetworkSpec, StageSpec

MakeBlock = Callable[[int, StageSpec, int], Block]
"""A block from its input channels, its stage, and its stride."""


def conv_norm(name: str, conv: Conv, activation: Activation | None = None) -> Chain:
    """A convolution, batch norm with PyTorch's defaults, and an activation where one is given."""
    chain: Chain = ((name, conv), (f"{name}_norm", Norm(conv.outputs, eps=1e-5, momentum=0.1)))
    return chain if activation is None else (*chain, (f"{name}_act", activation))


def stacked(
    spec: NetworkSpec, block: MakeBlock, outputs: Callable[[StageSpec], int] = lambda s: s.width
) -> tuple[tuple[tuple[Block, ...], ...], int]:
    """The stages of a spec and the channels that leave the last one.

    The first block of a stage has its stride and takes the channels of the stage before; all others
    are equal. `outputs` says how many channels leave a stage.
    """
    inputs, stages = spec.stem.width, []
    for stage in spec.stages:
        first = block(inputs, stage, stage.stride)
        inputs = outputs(stage)
        again = block(inputs, stage, 1)
        stages.append((first, *(again,) * (stage.depth - 1)))
    return tuple(stages), inputs
