"""MobileNetV1 (arXiv 1704.04861, Table 1): depthwise-separable convolutions, no residuals."""

from __future__ import annotations

from search_spaces.baselines.table import TableBaseline, conv_norm, convolution
from search_spaces.networks.layers import Activation, Block, Conv
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

RELU = Activation("relu")


def separable(inputs: int, stage: StageSpec, stride: int) -> Block:
    """Depthwise 3×3 and pointwise 1×1 convolution, each with norm and ReLU (Figure 3)."""
    depthwise = Conv(inputs, inputs, stage.kernel, stride, groups=inputs, padding="symmetric")
    pointwise = Conv(inputs, stage.width)
    return Block(conv_norm("depthwise", depthwise, RELU) + conv_norm("pointwise", pointwise, RELU))


def _stage(width: int, depth: int, stride: int) -> StageSpec:
    return StageSpec("separable", width, depth, stride, 3)


TABLE = NetworkSpec(
    baseline="mobilenet_v1",
    resolution_px=224,
    stem=StemSpec(32, 3, 2),
    stages=(
        _stage(64, 1, 1),
        _stage(128, 2, 2),
        _stage(256, 2, 2),
        _stage(512, 6, 2),
        _stage(1024, 2, 2),
    ),
    head_width=0,
)


MOBILENET_V1 = TableBaseline(TABLE, separable, convolution(RELU), dropout_rate=0.001)
"""Blocks of one width form a stage; the last one has stride 1.

Table 1 prints a stride of 2 there, but 7 px on both sides of it; the authors' code has 1. The
paper multiplies every width by one factor and the resolution by another (section 3.3, 3.4) and
has no rule for depth or rounding: both are EfficientNet's here. At the paper's factors of .25,
.5 and .75 every width is a multiple of 8 anyway. The dropout rate is that of the authors' code
(tensorflow/models `mobilenet_v1.py`).
"""
