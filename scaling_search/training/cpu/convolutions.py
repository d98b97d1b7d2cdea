"""Convolutions whose training step runs on BLAS or on compiled kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from scaling_search.networks.modules import Conv2dSame
from scaling_search.training.cpu import kernels
from scaling_search.training.cpu.views import empty_like, positions


class Pointwise(nn.Module):
    """A 1×1 convolution as the matrix product it is.

    On maps of a few pixels BLAS is 1.2 to 3.7 times as fast as oneDNN's convolution.
    """

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H, W)."""
        images, channels, height, width = x.shape
        pixels = x.permute(0, 2, 3, 1).reshape(-1, channels)
        out = F.linear(pixels, self.weight.flatten(1), self.bias)
        return out.view(images, height, width, -1).permute(0, 3, 1, 2)


def _taps(weight: Tensor) -> NDArray[np.float32]:
    """(C, 1, k, k) as a (k, k, C) array."""
    taps: NDArray[np.float32] = weight.detach().squeeze(1).permute(1, 2, 0).contiguous().numpy()
    return taps


class _DepthwiseFunction(torch.autograd.Function):
    """oneDNN's forward pass unless zeros are to be added on one side; gradients of our own.

    Its gradients are 1 to 80 times as slow: for kernels wider than three columns, for maps smaller
    than the kernel and for uneven padding it falls back to general code (3.12, in torch 2.13).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, pads: tuple[int, int]) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = stride, pads[0]
        before, after = pads
        if before == after:
            return F.conv2d(x, weight, None, stride, before, groups=len(weight))
        images, channels, side, _ = x.shape
        out = (side + before + after - weight.shape[-1]) // stride + 1
        shape = images, channels, out, out
        y = torch.empty(shape, dtype=x.dtype, memory_format=torch.channels_last)
        kernels.depthwise(positions(x), _taps(weight), stride, before, positions(y))
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        taps, to_x = _taps(weight), empty_like(x)
        to_taps = np.empty_like(taps)
        kernels.depthwise_gradients(
            positions(x), taps, positions(gradients[0]), *ctx.geometry, positions(to_x), to_taps
        )
        return to_x, torch.from_numpy(to_taps).permute(2, 0, 1).unsqueeze(1), None, None


class Depthwise(nn.Module):
    """A depthwise convolution without a bias, of square kernel and stride."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        self.weight = layer.weight
        self._stride = layer.stride[0]
        self._kernel = layer.kernel_size[0]
        self._same = isinstance(layer, Conv2dSame)
        self._padding = int(layer.padding[0])

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, H) to (N, C, H', H')."""
        side = x.shape[-1]
        pads = self._padding, self._padding
        if self._same:
            total = max((-(-side // self._stride) - 1) * self._stride + self._kernel - side, 0)
            pads = total // 2, total - total // 2
        out: Tensor = _DepthwiseFunction.apply(x, self.weight, self._stride, pads)  # type: ignore[no-untyped-call]
        return out
