"""MobileNetV2 (arXiv 1801.04381, Table 2): a second baseline, without squeeze-and-excite."""

from __future__ import annotations

from search_spaces.baselines.table import TableBaseline, conv_norm, convolution
from search_spaces.networks.layers import Activation, Block, Conv
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

RELU6 = Activation("relu6")


def inverted_residual(inputs: int, stage: StageSpec, stride: int) -> Block:
    """1×1 expansion, depthwise 3×3, linear 1×1 projection (arXiv 1801.04381, Figure 4d)."""
    inner = inputs * stage.expansion
    depthwise = Conv(inner, inner, stage.kernel, stride, groups=inner, padding="symmetric")
    chain = conv_norm("expand", Conv(inputs, inner), RELU6) if stage.expansion != 1 else ()
    chain += conv_norm("depthwise", depthwise, RELU6)
    chain += conv_norm("project", Conv(inner, stage.width))
    return Block(chain, residual=stride == 1 and inputs == stage.width)


def _stage(expansion: int, width: int, depth: int, stride: int) -> StageSpec:
    return StageSpec("inverted_residual", width, depth, stride, 3, expansion)


TABLE = NetworkSpec(
    baseline="mobilenet_v2",
    resolution_px=224,
    stem=StemSpec(32, 3, 2),
    stages=(
        _stage(1, 16, 1, 1),
        _stage(6, 24, 2, 2),
        _stage(6, 32, 3, 2),
        _stage(6, 64, 4, 2),
        _stage(6, 96, 3, 1),
        _stage(6, 160, 3, 2),
        _stage(6, 320, 1, 1),
    ),
    head_width=1280,
)


MOBILENET_V2 = TableBaseline(
    TABLE, inverted_residual, convolution(RELU6), head_min_width=1280, dropout_rate=0.2
)
"""Width rounds to multiples of 8; the 1280-channel head is never narrowed (section 4).

The paper has no family, so that every member has the same dropout rate.
"""
