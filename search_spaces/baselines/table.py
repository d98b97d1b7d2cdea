"""Built-in baselines: a stage table, a kind of block, and the layers that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search_spaces.networks.layers import (
    Activation,
    Block,
    Chain,
    Conv,
    Dropout,
    GlobalPool,
    Linear,
    Network,
    Norm,
    Padding,
)
from search_spaces.networks.rounding import OFFICIAL, Rounding
from search_spaces.networks.spec import NetworkSpec, StageSpec

MakeBlock = Callable[[int, StageSpec, int], Block]
"""A block from its input channels, its stage, and its stride."""

MakeConvolution = Callable[[int, int, int, int], Chain]
"""Convolution, norm and activation from input channels, output channels, kernel and stride."""


def conv_norm(name: str, conv: Conv, activation: Activation | None = None) -> Chain:
    """A convolution, batch norm with PyTorch's defaults, and an activation where one is given."""
    chain: Chain = ((name, conv), (f"{name}_norm", Norm(conv.outputs, eps=1e-5, momentum=0.1)))
    return chain if activation is None else (*chain, (f"{name}_act", activation))


def convolution(activation: Activation) -> MakeConvolution:
    """Convolutions of stem and head as in PyTorch's models: padded on all sides."""

    def make(inputs: int, outputs: int, kernel: int, stride: int) -> Chain:
        padding: Padding = "symmetric" if kernel > 1 else "same"
        return conv_norm("conv", Conv(inputs, outputs, kernel, stride, padding=padding), activation)

    return make


@dataclass(frozen=True)
class TableBaseline:
    """A baseline of one kind of block: stem, stages, 1×1 head where there is one, classifier.

    Attributes:
        base: the unscaled network.
        block: makes a block.
        convolution: makes the convolutions of stem and head.
        outputs: channels that leave a stage.
        rounding: the rules of the paper or its code.
        head_min_width: smallest number of channels of the head in full-size networks.
        stochastic_depth: drop rate of the last residual block in the published training.
        dropout_rate: rate before the classifier in the published training.
    """

    base: NetworkSpec
    block: MakeBlock
    convolution: MakeConvolution
    outputs: Callable[[StageSpec], int] = lambda stage: stage.width
    rounding: Rounding = OFFICIAL
    head_min_width: int = 0
    stochastic_depth: float = 0.0
    dropout_rate: float = 0.0

    @property
    def name(self) -> str:
        """As in the table."""
        return self.base.baseline

    def dropout(self, member: int) -> float:
        """One rate for every member of a family."""
        return self.dropout_rate

    def stem(self, spec: NetworkSpec) -> Chain:
        """The layers before the first stage."""
        return self.convolution(
            spec.in_channels, spec.stem.width, spec.stem.kernel, spec.stem.stride
        )

    def layers(self, spec: NetworkSpec) -> Network:
        """The network's operators, stage by stage."""
        stages, channels = [], spec.stem.width
        for stage in spec.stages:
            first = self.block(channels, stage, stage.stride)
            channels = self.outputs(stage)
            further = self.block(channels, stage, 1)
            stages.append((first, *(further,) * (stage.depth - 1)))
        head: Chain = ()
        if spec.head_width:
            head = self.convolution(channels, spec.head_width, 1, 1)
            channels = spec.head_width
        return Network(
            stem=self.stem(spec),
            stages=tuple(stages),
            head=(
                *head,
                ("pool", GlobalPool(channels)),
                ("dropout", Dropout()),
                ("classifier", Linear(channels, spec.classes)),
            ),
        )
