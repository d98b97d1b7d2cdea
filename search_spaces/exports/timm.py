"""timm: a registered model from block strings after rounding.

timm's own `efficientnet_b0(channel_multiplier=…)` fails, because it passes that argument itself.
"""

from __future__ import annotations

from search_spaces.exports.base import Named, PythonFormat, cannot
from search_spaces.exports.efficientnet import check
from search_spaces.networks.spec import NetworkSpec, StageSpec


def _block(stage: StageSpec) -> str:
    kind = "ds" if stage.expansion == 1 else "ir"
    return (
        f"{kind}_r{stage.depth}_k{stage.kernel}_s{stage.stride}_e{stage.expansion}"
        f"_c{stage.width}_se{stage.se_ratio}"
    )


def _check(spec: NetworkSpec) -> None:
    check(spec, strides=(1, 2))
    widths = (spec.stem.width, *(stage.width for stage in spec.stages))
    for number, width in enumerate(widths):
        if width % 4:
            raise cannot(
                f"stage {number} width" if number else "stem width", width,
                "a quarter of it is the squeeze's width, which it rounds to the nearest, "
                "and EfficientNet down", "use a rounding.width_divisor that 4 divides",
            )  # fmt: skip


def body(named: Named) -> str:
    """The body of the function that timm registers."""
    spec, network = named.network.spec, named.network
    _check(spec)
    blocks = "\n".join(f'    ["{_block(stage)}"],' for stage in spec.stages)
    side = spec.resolution_px
    return f"""\
blocks = [
{blocks}
]
settings = dict(
    block_args=decode_arch_def(blocks),
    stem_size={spec.stem.width},
    num_features={spec.head_width},
    round_chs_fn=lambda channels: channels,
    pad_type="same",
    act_layer=nn.SiLU,
    norm_layer=partial(nn.BatchNorm2d, eps=0.001, momentum=0.01),
    in_chans={spec.in_channels},
    num_classes={spec.classes},
    drop_rate={network.dropout},
    drop_path_rate={network.stochastic_depth},
    pretrained_cfg=dict(url="", input_size=({spec.in_channels}, {side}, {side})),
)
return _create_effnet("{named.name}", pretrained=pretrained, **(settings | kwargs))"""


TIMM = PythonFormat(
    name="timm",
    loads="timm: import the file, then timm.create_model(NAME)",
    imports=lambda _: (
        "from functools import partial",
        "from timm.models import register_model",
        "from timm.models._efficientnet_builder import decode_arch_def",
        "from timm.models.efficientnet import _create_effnet",
        "from torch import nn",
    ),
    body=body,
    decorator="@register_model",
)
