"""torchvision: its `EfficientNet` with every stage after rounding."""

from __future__ import annotations

from search_spaces.exports.base import Named, PythonFormat, cannot
from search_spaces.exports.efficientnet import check

_MULTIPLE = 8


def body(named: Named) -> str:
    """The network, with the official batch norm settings."""
    spec, network = named.network.spec, named.network
    check(spec, in_channels=3, strides=(1, 2))
    names = ("stem width", *(f"stage {number} width" for number in range(1, 8)))
    for field, width in zip(names, spec.widths, strict=False):
        if width % _MULTIPLE:
            rule = f"it makes all widths of blocks multiples of {_MULTIPLE}"
            raise cannot(field, width, rule, "use rounding.width_divisor 8, or timm or python")
    inputs, rows = spec.stem.width, []
    for stage in spec.stages:
        row = (stage.expansion, stage.kernel, stage.stride, inputs, stage.width, stage.depth)
        rows.append(f"    MBConvConfig{row},")
        inputs = stage.width
    stages = "\n".join(rows)
    return f"""\
# expansion, kernel, stride, channels in, channels out, blocks
stages = [
{stages}
]
return EfficientNet(
    stages,
    dropout={network.dropout},
    stochastic_depth_prob={network.stochastic_depth},
    num_classes={spec.classes},
    norm_layer=partial(nn.BatchNorm2d, eps=0.001, momentum=0.01),
    last_channel={spec.head_width},
)"""


TORCHVISION = PythonFormat(
    name="torchvision",
    loads="torchvision: run the file, or import it",
    notes=("torchvision pads evenly on all sides, the official code on the right and below.",),
    imports=lambda _: (
        "from functools import partial",
        "from torch import nn",
        "from torchvision.models.efficientnet import EfficientNet, MBConvConfig",
    ),
    body=body,
)
