"""Depthwise convolutions larger than 3×3 whose weights' gradient is fast on a CPU.

oneDNN (3.12, in torch 2.13) has a fast weight gradient for depthwise kernels up to three columns
wide only; wider ones fall back to a general grouped convolution. A k×k kernel's gradient is that of
its k×3 slices, each against the input shifted by the slice's offset: the same sums, two to four
times as fast on small maps, which is 6 to 8 % of a training step (`docs/proxy-experiments.md`).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FAST_COLUMNS = 3


class _Depthwise(torch.autograd.Function):
    """Stride 1, padding (k − 1) / 2: x (N, C, H, W), weight (C, 1, k, k) to (N, C, H, W)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, padding=weight.shape[-1] // 2, groups=weight.shape[0])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        (gradient,) = gradients
        pad, side = weight.shape[-1] // 2, weight.shape[-1]
        to_input = _gradient(gradient, x, weight, [pad, pad], wants_input=True)
        to_weight = torch.empty_like(weight)
        for first in (*range(0, side - FAST_COLUMNS, FAST_COLUMNS), side - FAST_COLUMNS):
            columns = slice(first, first + FAST_COLUMNS)
            left = pad - first
            shifted = F.pad(x, (left, FAST_COLUMNS - 1 - left, pad, pad))
            part = weight[..., columns].contiguous()
            to_weight[..., columns] = _gradient(gradient, shifted, part, [0, 0], wants_input=False)
        return to_input, to_weight


def _gradient(
    gradient: Tensor, x: Tensor, weight: Tensor, padding: list[int], *, wants_input: bool
) -> Tensor:
    found: tuple[Tensor, ...] = torch.ops.aten.convolution_backward(
        gradient, x, weight, None, [1, 1], padding, [1, 1], False, [0, 0], weight.shape[0],
        [wants_input, not wants_input, False],
    )  # fmt: skip
    return found[0 if wants_input else 1]


class FastDepthwise(nn.Module):
    """Computes what the convolution it replaces does, with the same parameter."""

    def __init__(self, weight: nn.Parameter) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        out: Tensor = _Depthwise.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return out


def speed_up_depthwise(network: nn.Module) -> int:
    """Replace the convolutions that gain, in place; parameters and their names stay.

    For float32 on a CPU, channels last. Returns how many were replaced.
    """
    replaced = 0
    for parent in list(network.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, nn.Conv2d) and _gains(layer):
                assert isinstance(layer.weight, nn.Parameter)
                setattr(parent, name, FastDepthwise(layer.weight))
                replaced += 1
    return replaced


def _gains(layer: nn.Conv2d) -> bool:
    return (
        layer.groups == layer.in_channels == layer.out_channels
        and layer.kernel_size[0] == layer.kernel_size[1] > FAST_COLUMNS
        and layer.kernel_size[0] % 2 == 1
        and layer.stride == (1, 1)
        and layer.dilation == (1, 1)
        and layer.bias is None
    )
