"""Hugging Face transformers: `config.json` of `EfficientNetForImageClassification`.

Depths, strides and kernels are written after rounding. Widths follow from a multiplier, because
its stem and head have 32 and 1280 channels times it.
"""

from __future__ import annotations

from typing import Any

from search_spaces.baselines.efficientnet import B0
from search_spaces.exports.base import JsonFormat, Named, cannot
from search_spaces.exports.efficientnet import check, sides, width_multiplier
from search_spaces.networks.spec import NetworkSpec


def _odd_blocks(spec: NetworkSpec) -> list[int]:
    """Blocks with a stride of 2 at an odd side, which transformers has to pad evenly."""
    blocks, index = [], 0
    for stage, side in zip(spec.stages, sides(spec), strict=True):
        if stage.stride == 2 and side % 2:
            blocks.append(index)
        index += stage.depth
    return blocks


def _check(spec: NetworkSpec) -> None:
    check(spec, strides=(1, 2))
    if spec.resolution_px % 2:
        raise cannot(
            "resolution_px", spec.resolution_px,
            "its stem pads on the right and below only, which loses a row of an odd image",
            "derive it with --resolution-multiple 2 (over HTTP resolution_multiple=2)",
        )  # fmt: skip
    width = spec.stem.width
    for number, stage in enumerate(spec.stages, start=1):
        if stage.stride == 1 and stage.width == width:
            raise cannot(
                f"stage {number} width", width,
                "its first block would add its input, being as wide and of stride 1, which the "
                "first block of a stage never does there", "use python, json or yaml",
            )  # fmt: skip
        width = stage.width


def document(named: Named) -> dict[str, Any]:
    """The configuration, under the names of transformers' `EfficientNetConfig`."""
    spec, network = named.network.spec, named.network
    _check(spec)
    width, divisor = width_multiplier(spec)
    return {
        "architectures": ["EfficientNetForImageClassification"],
        "model_type": "efficientnet",
        "num_channels": spec.in_channels,
        "image_size": spec.resolution_px,
        "width_coefficient": width,
        "depth_coefficient": 1.0,
        "depth_divisor": divisor,
        "kernel_sizes": [stage.kernel for stage in spec.stages],
        "in_channels": [B0.stem.width, *(stage.width for stage in B0.stages[:-1])],
        "out_channels": [stage.width for stage in B0.stages],
        "depthwise_padding": _odd_blocks(spec),
        "strides": [stage.stride for stage in spec.stages],
        "num_block_repeats": list(spec.depths),
        "expand_ratios": [stage.expansion for stage in spec.stages],
        "squeeze_expansion_ratio": spec.stages[0].se_ratio,
        "hidden_act": "swish",
        "hidden_dim": spec.head_width,
        "pooling_type": "mean",
        "batch_norm_eps": 0.001,
        "batch_norm_momentum": 0.01,  # it is given to torch, whose momentum is 1 − TensorFlow's
        "dropout_rate": network.dropout,
        "drop_connect_rate": network.stochastic_depth,
        "num_labels": spec.classes,
    }


TRANSFORMERS = JsonFormat(
    name="transformers",
    loads="transformers: EfficientNetConfig.from_json_file(FILE)",
    notes=("transformers drops single activations where the official code drops whole blocks",),
    document=document,
)
