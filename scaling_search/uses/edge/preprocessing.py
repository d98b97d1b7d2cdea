"""How a network wants its images, as an ONNX file says it to programs that know nothing of us.

The steps are those of `data.decode` and `training.images`, in their order and with what decides
their numbers. A test follows a file's steps with Pillow and NumPy alone and gets our logits.
"""

from __future__ import annotations

import json
from typing import Any, Final

from scaling_search.data.deep_images import FULL_BITS
from scaling_search.networks.checkpoints import About

KEY: Final = "preprocessing"
LABELS: Final = "labels"
_WHITE: Final = (255, 255, 255)
_FILTERS: Final = {
    "decoding": {"filter": "bicubic", "antialias": True, "reducing_gap": 2.0},
    "network": {"filter": "bilinear", "antialias": True},
}


def steps(about: About) -> list[dict[str, Any]]:
    """What is done to an image file, one step after another.

    Up to `scale` values are whole, 0 to 255, and every step rounds to them.
    """
    source_px, side_px = about.source_px, about.network.resolution_px
    colour = about.channels > 1
    resize = {"op": "resize", "px": side_px, **_FILTERS["network"]}
    return [
        # JPEG: 1/2, 1/4 or 1/8 of the size where no side gets smaller than this; Pillow's `draft`.
        {"op": "decode", "jpeg_at_least_px": 2 * source_px, "frame": 0},
        # Of more than 8 bits per channel; fewer than 8 in use are spread over 0 to 255.
        {"op": "to_8_bits", "used_bits": about.depth_bits or FULL_BITS, "keep": "upper"},
        {"op": "orient", "by": "exif"},
        {"op": "composite", "background": list(_WHITE)},
        {"op": "convert", "to": "RGB" if colour else "L", "grey": "ITU-R 601-2 luma"},
        # Not a crop before a resize: at the edges the filter sees what lies outside the square.
        {
            "op": "resize_box",
            "box": "largest centred square, offsets rounded down",
            "px": source_px,
            **_FILTERS["decoding"],
        },
        *([resize] if side_px != source_px else []),
        {"op": "scale", "by": 1 / 255, "range": [0.0, 1.0]},
        {"op": "normalise", "mean": list(about.mean), "std": list(about.std)},
    ]


def metadata(about: About) -> dict[str, str]:
    """Texts for a file: labels, how images are prepared, and all the rest that is known."""
    side_px = about.network.resolution_px
    prepared = {
        "input": "images",
        "layout": "NCHW",
        "dtype": "float32",
        "shape": [None, about.channels, side_px, side_px],
        "channel_order": ["red", "green", "blue"] if about.channels > 1 else ["grey"],
        "steps": steps(about),
    }
    return {
        LABELS: json.dumps(about.class_names),
        KEY: json.dumps(prepared),
        "scaling_search": about.model_dump_json(),
    }
