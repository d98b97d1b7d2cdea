"""EfficientNet-B0 (arXiv 1905.11946, Table 1; tensorflow/tpu `efficientnet_builder.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from search_spaces.baselines.parts import stacked
from search_spaces.networks.layers import (
    Activation,
    Block,
    Conv,
    Dropout,
    GlobalPool,
    Linear,
    Network,
    Norm,
    SqueezeExcite,
)
from search_spaces.networks.rounding import OFFICIAL, Rounding
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


@dataclass(frozen=True)
class EfficientNet:
    """The baseline that compound scaling was found on, with the official rounding rules."""

    name: str = "efficientnet_b0"
    rounding: Rounding = OFFICIAL
    head_min_width: int = 0
    stochastic_depth: float = 0.2
    base: NetworkSpec = B0

    def dropout(self, member: int) -> float:
        """.2 + .1·⌊k/2⌋, which reproduces the published .2 .2 .3 .3 .4 .4 .5 .5."""
        return round(0.2 + 0.1 * (max(member, 0) // 2), 1)

    def layers(self, spec: NetworkSpec) -> Network:
        """Stem, MBConv stages, 1×1 head, pooling, dropout, classifier."""
        stem, head = spec.stem, spec.head_width
        stages, inputs = stacked(spec, mbconv)
        return Network(
            stem=(
                ("conv", Conv(spec.in_channels, stem.width, stem.kernel, stem.stride)),
                ("norm", Norm(stem.width)),
                ("act", SILU),
            ),
            stages=stages,
            head=(
                ("conv", Conv(inputs, head)),
                ("norm", Norm(head)),
                ("act", SILU),
                ("pool", GlobalPool(head)),
                ("dropout", Dropout()),
                ("classifier", Linear(head, spec.classes)),
            ),
        )
