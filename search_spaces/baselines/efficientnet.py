"""EfficientNet-B0 (arXiv 1905.11946, Table 1; tensorflow/tpu `efficientnet_builder.py`)."""

from __future__ import annotations

from search_spaces.baselines.table import TableBaseline
from search_spaces.networks.layers import Activation, Block, Chain, Conv, Norm, SqueezeExcite
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

SILU = Activation("silu")


def mbconv(inputs: int, stage: StageSpec, stride: int) -> Block:
    """A mobile inverted bottleneck (arXiv 1801.04381) with squeeze-and-excite.

    1×1 expansion, depthwise convolution, squeeze-and-excite whose bottleneck is a fraction of the
    block's *input* channels, linear 1×1 projection; the input is added where shapes agree.
    """
    inner = inputs * stage.expansion
    chain: list[tuple[str, Conv | Norm | Activation | SqueezeExcite]] = []
    if stage.expansion != 1:
        chain += [("expand", Conv(inputs, inner)), ("expand_norm", Norm(inner))]
        chain += [("expand_act", SILU)]
    depthwise = Conv(inner, inner, stage.kernel, stride, groups=inner)
    chain += [("depthwise", depthwise), ("depthwise_norm", Norm(inner)), ("depthwise_act", SILU)]
    if stage.se_ratio:
        squeezed = max(1, int(inputs * stage.se_ratio))
        chain += [("se", SqueezeExcite(inner, squeezed, SILU))]
    chain += [("project", Conv(inner, stage.width)), ("project_norm", Norm(stage.width))]
    return Block(tuple(chain), residual=stride == 1 and inputs == stage.width)


def _stage(expansion: int, kernel: int, stride: int, width: int, depth: int) -> StageSpec:
    return StageSpec("mbconv", width, depth, stride, kernel, expansion, se_ratio=0.25)


B0 = NetworkSpec(
    baseline="efficientnet_b0",
    resolution_px=224,
    stem=StemSpec(32, 3, 2),
    stages=(
        _stage(1, 3, 1, 16, 1),
        _stage(6, 3, 2, 24, 2),
        _stage(6, 5, 2, 40, 2),
        _stage(6, 3, 2, 80, 3),
        _stage(6, 5, 1, 112, 3),
        _stage(6, 5, 2, 192, 4),
        _stage(6, 3, 1, 320, 1),
    ),
    head_width=1280,
)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> Chain:
    """With the padding and the norm of the official code."""
    conv = Conv(inputs, outputs, kernel, stride)
    return (("conv", conv), ("norm", Norm(outputs)), ("act", SILU))


class EfficientNet(TableBaseline):
    """The baseline on which compound scaling was found, with the official rounding rules."""

    def dropout(self, member: int) -> float:
        """.2 + .1·⌊k/2⌋, which reproduces the published .2 .2 .3 .3 .4 .4 .5 .5."""
        return round(0.2 + 0.1 * (max(member, 0) // 2), 1)


EFFICIENTNET_B0 = EfficientNet(B0, mbconv, _convolution, stochastic_depth=0.2)
