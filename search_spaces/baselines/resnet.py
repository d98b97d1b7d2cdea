"""ResNet-18 and ResNet-50 (arXiv 1512.03385, Table 1): residual blocks, ReLU after the sum."""

from __future__ import annotations

import dataclasses

from search_spaces.baselines.table import TableBaseline, conv_norm, convolution
from search_spaces.networks.layers import Activation, Block, Chain, Conv, MaxPool
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

RELU = Activation("relu")
AFTER: Chain = (("relu", RELU),)


def _shortcut(inputs: int, outputs: int, stride: int) -> Chain:
    """Nothing where shapes agree, else a 1×1 projection (section 3.3, option B)."""
    if stride == 1 and inputs == outputs:
        return ()
    return conv_norm("project", Conv(inputs, outputs, 1, stride, padding="symmetric"))


def basic(inputs: int, stage: StageSpec, stride: int) -> Block:
    """Two convolutions (Figure 5, left)."""
    first = Conv(inputs, stage.width, stage.kernel, stride, padding="symmetric")
    second = Conv(stage.width, stage.width, stage.kernel, padding="symmetric")
    return Block(
        conv_norm("conv1", first, RELU) + conv_norm("conv2", second),
        residual=True,
        shortcut=_shortcut(inputs, stage.width, stride),
        after=AFTER,
    )


def outputs(stage: StageSpec) -> int:
    """Channels that leave a stage: `expansion` times those inside its blocks, which scale."""
    return stage.width * stage.expansion


def bottleneck(inputs: int, stage: StageSpec, stride: int) -> Block:
    """1×1 down to the stage's width, 3×3, 1×1 up again (Figure 5, right).

    The stride is on the 3×3 convolution, as in torchvision and every current code: 4.1 G
    multiply-adds. The paper has it on the first 1×1, 3.8 G; the parameters are the same.
    """
    width = stage.width
    return Block(
        conv_norm("conv1", Conv(inputs, width), RELU)
        + conv_norm("conv2", Conv(width, width, stage.kernel, stride, padding="symmetric"), RELU)
        + conv_norm("conv3", Conv(width, outputs(stage))),
        residual=True,
        shortcut=_shortcut(inputs, outputs(stage), stride),
        after=AFTER,
    )


def _table(name: str, block: str, expansion: int, depths: tuple[int, ...]) -> NetworkSpec:
    shapes = zip((64, 128, 256, 512), depths, (1, 2, 2, 2), strict=True)
    return NetworkSpec(
        baseline=name,
        resolution_px=224,
        stem=StemSpec(64, 7, 4),
        stages=tuple(
            StageSpec(block, width, depth, stride, 3, expansion) for width, depth, stride in shapes
        ),
        head_width=0,
    )


class ResNet(TableBaseline):
    """A ResNet; the stem's stride of 4 is its convolution's 2 times its max pooling's 2.

    A proxy form with a stem stride of 1 or 2 has no pooling, like ResNets for small images. The
    paper scales by longer stages alone and rounds nothing. EfficientNet's rules apply here; they
    round the width inside a bottleneck, whose output has four times as many channels. The paper
    uses no dropout (section 3.4).
    """

    def stem(self, spec: NetworkSpec) -> Chain:
        """A convolution, and max pooling where the stride is 4."""
        if spec.stem.stride != 4:
            return super().stem(spec)
        halved = dataclasses.replace(spec, stem=dataclasses.replace(spec.stem, stride=2))
        return (*super().stem(halved), ("pool", MaxPool(3, 2)))


RESNET18 = ResNet(_table("resnet18", "basic", 1, (2, 2, 2, 2)), basic, convolution(RELU), outputs)
RESNET50 = ResNet(
    _table("resnet50", "bottleneck", 4, (3, 4, 6, 3)), bottleneck, convolution(RELU), outputs
)
