"""pycls: a YAML file of its `effnet` after rounding, because its own scaler rounds otherwise."""

from __future__ import annotations

from typing import Any

from search_spaces.exports.base import Named, YamlFormat
from search_spaces.exports.efficientnet import check

_CROP = 0.875
"""The fraction of a test image that pycls crops: 224 of 256 px in all its configurations."""


def document(named: Named) -> dict[str, Any]:
    """The keys that describe the network, without those of training."""
    spec, network = named.network.spec, named.network
    check(spec, in_channels=3, strides=(1, 2))
    stages = spec.stages
    return {
        "MODEL": {"TYPE": "effnet", "NUM_CLASSES": spec.classes},
        "EN": {
            "STEM_W": spec.stem.width,
            "DEPTHS": list(spec.depths),
            "WIDTHS": [stage.width for stage in stages],
            "EXP_RATIOS": [stage.expansion for stage in stages],
            "SE_R": stages[0].se_ratio,
            "STRIDES": [stage.stride for stage in stages],
            "KERNELS": [stage.kernel for stage in stages],
            "HEAD_W": spec.head_width,
            "DC_RATIO": network.stochastic_depth,
            "DROPOUT_RATIO": network.dropout,
        },
        "BN": {"EPS": 0.001, "MOM": 0.01},
        "TRAIN": {"IM_SIZE": spec.resolution_px},
        "TEST": {"IM_SIZE": int(spec.resolution_px / _CROP)},
    }


PYCLS = YamlFormat(
    name="pycls",
    loads="pycls: cfg.merge_from_file(FILE)",
    notes=(
        "pycls pads evenly on all sides, and drops every block at the same rate DC_RATIO.",
        "TEST.IM_SIZE is the side before the centre crop of TRAIN.IM_SIZE.",
    ),
    document=document,
)
