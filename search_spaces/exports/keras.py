"""Keras 3: a call of the function that makes its EfficientNets."""

from __future__ import annotations

from search_spaces.exports.base import Named, PythonFormat
from search_spaces.exports.efficientnet import check, depth_multiplier, width_multiplier


def body(named: Named) -> str:
    """The call; its result gives logits."""
    spec, network = named.network.spec, named.network
    check(spec)
    width, divisor = width_multiplier(spec)
    side = spec.resolution_px
    return f"""\
return EfficientNet(
    width_coefficient={width},
    depth_coefficient={depth_multiplier(spec)},
    default_size={side},
    dropout_rate={network.dropout},
    drop_connect_rate={network.stochastic_depth},
    depth_divisor={divisor},
    name="{named.name}",
    weights=None,
    input_shape=({side}, {side}, {spec.in_channels}),
    classes={spec.classes},
    classifier_activation=None,
)"""


KERAS = PythonFormat(
    name="keras",
    loads="Keras 3: run the file, or import it",
    notes=(
        "Keras exports B0 to B7 by name only; this is the function that makes them.",
        "Images are pixels from 0 to 255 in channels last: the network rescales them itself.",
    ),
    imports=lambda _: ("from keras.src.applications.efficientnet import EfficientNet",),
    body=body,
)
