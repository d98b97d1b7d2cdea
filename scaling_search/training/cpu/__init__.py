"""Layers that one CPU thread trains two to three times as fast as PyTorch's.

- `kernels`: loops compiled by numba;
- `norms`, `convolutions`: torch layers on top of them, with the parameters of the originals.

They take channels last and use one thread, which is how trials share a machine best. Results are
the same up to rounding; all trials of a sweep use the same layers.
"""

from __future__ import annotations

from typing import TypeGuard

from torch import nn

from scaling_search.networks.modules import SqueezeExciteModule
from scaling_search.training.cpu.convolutions import Depthwise, Pointwise
from scaling_search.training.cpu.norms import Excited, FastNorm, FastNormExcite


def speed_up(network: nn.Module) -> int:
    """Replace the layers that gain, in place; parameters and their names stay.

    Returns how many were replaced.
    """
    replaced = 0
    for parent in list(network.modules()):
        if isinstance(parent, SqueezeExciteModule):
            continue
        children = list(parent.named_children())
        for index, (name, layer) in enumerate(children):
            # Only a sequential container says that what stands next also runs next.
            following = children[index + 1 :] if isinstance(parent, nn.Sequential) else []
            if _can_norm(layer):
                replaced += _replace_norm(parent, name, layer, following)
            elif isinstance(layer, nn.Conv2d):
                faster = _faster_convolution(layer)
                if faster is not None:
                    setattr(parent, name, faster)
                    replaced += 1
    return replaced


def _can_norm(layer: nn.Module) -> TypeGuard[nn.BatchNorm2d]:
    return isinstance(layer, nn.BatchNorm2d) and layer.affine and layer.track_running_stats


def _replace_norm(
    parent: nn.Module, name: str, norm: nn.BatchNorm2d, following: list[tuple[str, nn.Module]]
) -> int:
    """Put a norm and as much of what follows as one loop can do in the norm's place."""
    names, layers = [name for name, _ in following], [layer for _, layer in following]
    silu = bool(layers) and isinstance(layers[0], nn.SiLU)
    if silu:
        setattr(parent, names[0], nn.Identity())
    if silu and len(layers) > 1 and _can_excite(layers[1]):
        setattr(parent, name, FastNormExcite(norm, layers[1]))
        setattr(parent, names[1], Excited(layers[1]))
        return 2
    setattr(parent, name, FastNorm(norm, silu=silu))
    return 1


def _can_excite(layer: nn.Module) -> TypeGuard[SqueezeExciteModule]:
    return isinstance(layer, SqueezeExciteModule) and isinstance(layer.act, nn.SiLU)


def _faster_convolution(layer: nn.Conv2d) -> nn.Module | None:
    if layer.padding_mode != "zeros" or layer.dilation != (1, 1):
        return None
    if layer.kernel_size == (1, 1) == layer.stride and layer.groups == 1:
        return Pointwise(layer) if layer.padding == (0, 0) else None
    depthwise = layer.groups == layer.in_channels == layer.out_channels > 1 and layer.bias is None
    square = len(set(layer.kernel_size)) == len(set(layer.stride)) == len(set(layer.padding)) == 1
    return Depthwise(layer) if depthwise and square else None
