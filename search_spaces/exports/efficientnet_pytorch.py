"""`efficientnet_pytorch` (PyPI): B0's block strings under multipliers."""

from __future__ import annotations

from search_spaces.exports.base import Named, PythonFormat
from search_spaces.exports.efficientnet import check, depth_multiplier, width_multiplier


def body(named: Named) -> str:
    """The network; its SAME padding is fixed for the image size."""
    spec, network = named.network.spec, named.network
    check(spec)
    width, divisor = width_multiplier(spec)
    lines = [
        "blocks, settings = efficientnet(",
        f"    width_coefficient={width},",
        f"    depth_coefficient={depth_multiplier(spec)},",
        f"    image_size={spec.resolution_px},",
        f"    dropout_rate={network.dropout},",
        f"    drop_connect_rate={network.stochastic_depth},",
        f"    num_classes={spec.classes},",
        ")",
    ]
    lines += [f"settings = settings._replace(depth_divisor={divisor})"] * (divisor != 8)
    if spec.in_channels == 3:
        return "\n".join([*lines, "return EfficientNet(blocks, settings)"])
    lines += [
        "model = EfficientNet(blocks, settings)",
        f"model._change_in_channels({spec.in_channels})",
        "return model",
    ]
    return "\n".join(lines)


EFFICIENTNET_PYTORCH = PythonFormat(
    name="efficientnet_pytorch",
    loads="efficientnet_pytorch: run the file, or import it",
    imports=lambda _: (
        "from efficientnet_pytorch import EfficientNet",
        "from efficientnet_pytorch.utils import efficientnet",
    ),
    body=body,
)
