"""The evidence for a class at each place of a network's last map.

Where global average pooling and a linear layer follow the last map, the logit is the mean over all
places of the map's channels weighted by the classifier: those terms are the class activation map
(CAM, arXiv 1512.04150), exact and with one forward pass. Other heads need Grad-CAM (arXiv
1610.02391), which weights channels by their mean gradient; captum computes it.

Shapes: B images, C classes, K channels of the last map, h × w its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from scaling_search.networks.modules import GlobalPoolModule, NetworkModule
from search_spaces.errors import InputError

Method = Literal["cam", "gradcam"]
METHODS: Final[tuple[Method, ...]] = ("cam", "gradcam")


@dataclass(frozen=True)
class Maps:
    """What a network sees in a batch.

    Attributes:
        maps: (B, h, w) evidence for the target class, not negative.
        logits: (B, C).
        targets: (B,) the classes of the maps.
    """

    maps: Tensor
    logits: Tensor
    targets: Tensor


def plain_head(network: nn.Module) -> nn.Linear | None:
    """The classifier, if only pooling (and dropout) stands between the last map and it."""
    if not isinstance(network, NetworkModule):
        return None
    layers = list(network.head)
    pools = [i for i, layer in enumerate(layers) if isinstance(layer, GlobalPoolModule)]
    if not pools:
        return None
    after = [one for one in layers[pools[-1] + 1 :] if not isinstance(one, nn.Dropout)]
    if len(after) == 1 and isinstance(after[0], nn.Linear):
        return after[0]
    return None


def choose(network: nn.Module, wanted: Method | None) -> Method:
    """CAM where the head allows it, unless another method is wanted.

    Raises:
        InputError: CAM is wanted of a network whose head does not allow it.
    """
    if wanted == "cam" and plain_head(network) is None:
        raise InputError(
            "method is cam: it needs a head of global average pooling and one linear layer, which "
            "this network has not; use gradcam"
        )
    return wanted or ("gradcam" if plain_head(network) is None else "cam")


def _last_map_layer(network: nn.Module) -> nn.Module:
    """The layer that gives the last map: what comes before pooling, or the last stage.

    Of a network that is not made of stages, the last convolution.
    """
    if not isinstance(network, NetworkModule):
        convolutions = [one for one in network.modules() if isinstance(one, nn.Conv2d)]
        if not convolutions:
            raise InputError(
                "the network has no convolution: class activation maps need a map of places"
            )
        return convolutions[-1]
    layers = list(network.head)
    for index, layer in enumerate(layers):
        if isinstance(layer, GlobalPoolModule) and index:
            return layers[index - 1]
    return network.stages


def class_maps(
    network: nn.Module,
    inputs: Tensor,
    targets: Tensor | None = None,
    *,
    method: Method | None = None,
) -> Maps:
    """The maps of a batch.

    Args:
        network: in evaluation mode.
        inputs: (B, channels, R, R), as the network wants them.
        targets: (B,) classes; where one is below 0, and when absent, that of the largest logit.
        method: CAM where the head allows it, else Grad-CAM, when absent.

    Raises:
        InputError: the method is not possible, or Grad-CAM is needed and captum not installed.
    """
    if choose(network, method) == "cam":
        return _cam(network, inputs, targets)
    return _gradcam(network, inputs, targets)


def _chosen(logits: Tensor, targets: Tensor | None) -> Tensor:
    likeliest = logits.argmax(1)
    return likeliest if targets is None else torch.where(targets < 0, likeliest, targets)


def _cam(network: nn.Module, inputs: Tensor, targets: Tensor | None) -> Maps:
    classifier = plain_head(network)
    assert isinstance(network, NetworkModule)
    assert classifier is not None
    layers = list(network.head)
    pool = next(i for i, layer in enumerate(layers) if isinstance(layer, GlobalPoolModule))
    with torch.inference_mode():
        last = network.stages(network.stem(inputs))
        for layer in layers[:pool]:
            last = layer(last)
        logits = last
        for layer in layers[pool:]:
            logits = layer(logits)
        chosen = _chosen(logits, targets)
        maps = torch.einsum("bkhw,bk->bhw", last.float(), classifier.weight[chosen].float())
        return Maps(F.relu(maps), logits, chosen)


def _gradcam(network: nn.Module, inputs: Tensor, targets: Tensor | None) -> Maps:
    try:
        from captum.attr import LayerGradCam
    except ImportError:
        raise InputError(
            "Grad-CAM needs captum, which is not installed: pip install 'scaling-search[cam]'"
        ) from None
    with torch.inference_mode():
        logits = network(inputs)
    chosen = _chosen(logits, targets)
    explained = LayerGradCam(network, _last_map_layer(network))
    maps = explained.attribute(inputs, target=chosen, relu_attributions=True)
    return Maps(maps.detach().squeeze(1), logits, chosen)


def enlarged(maps: Tensor, side_px: int) -> Tensor:
    """(B, h, w) to (B, S, S), between 0 and 1; a map without any evidence stays 0."""
    shape = (side_px, side_px)
    large = F.interpolate(maps.unsqueeze(1), shape, mode="bilinear", align_corners=False).squeeze(1)
    return large / large.amax((1, 2), keepdim=True).clamp_min(torch.finfo(large.dtype).tiny)
