"""Torch layers whose training step runs on the compiled kernels; parameters are the originals'."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from scaling_search.proxy.cpu import kernels
from search_spaces.modules import Conv2dSame, SqueezeExciteModule


def _positions(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N, H, W, C) array: no copy if x is channels last, as activations are.

    bfloat16, which numpy does not know, comes as its bits.
    """
    pixels = x.detach().permute(0, 2, 3, 1).contiguous()
    if pixels.dtype == torch.bfloat16:
        return pixels.view(torch.int16).numpy().view(np.uint16)
    found: NDArray[np.float32] = pixels.numpy()
    return found


def _rows(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N · H · W, C) array."""
    pixels = _positions(x)
    return pixels.reshape(-1, pixels.shape[-1])


def _like(x: Tensor) -> Tensor:
    return torch.empty_like(x, memory_format=torch.channels_last)


# ---------------------------------------------------------------- batch norm


class _NormFunction(torch.autograd.Function):
    """Batch norm in training mode, and SiLU if asked for; keeps its input and no other map."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, norm: FastNorm, share: float
    ) -> Tensor:
        channels = x.shape[1]
        mean, variance = np.empty(channels), np.empty(channels)
        affine = np.empty((2, channels), np.float32)
        y = _like(x)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        kernels.norm_forward(
            _rows(x), weight.detach().numpy(), bias.detach().numpy(), norm.eps, norm.silu, _rows(y),
            mean, variance, affine, norm.running_mean.numpy(), norm.running_var.numpy(), share,
        )  # fmt: skip
        ctx.save_for_backward(x, weight)
        ctx.found = norm.eps, norm.silu, mean, variance, affine
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        to_x, to_weight, to_bias = _like(x), torch.empty_like(weight), torch.empty_like(weight)
        kernels.norm_backward(
            _rows(x), _rows(gradients[0]), weight.detach().numpy(), *ctx.found,
            _rows(to_x), to_weight.numpy(), to_bias.numpy(),
        )  # fmt: skip
        return to_x, to_weight, to_bias, None, None


class FastNorm(nn.BatchNorm2d):
    """Batch norm, with the SiLU that follows it if `silu`; shares the original's parameters."""

    def __init__(self, norm: nn.BatchNorm2d, *, silu: bool) -> None:
        super().__init__(norm.num_features, norm.eps, norm.momentum)
        self.weight, self.bias = norm.weight, norm.bias
        self.running_mean, self.running_var = norm.running_mean, norm.running_var
        self.num_batches_tracked = norm.num_batches_tracked
        self.silu = silu

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        if not self.training:
            return self._evaluate(x)
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        share = self.momentum if self.momentum is not None else 1 / int(self.num_batches_tracked)
        y: Tensor = _NormFunction.apply(x, self.weight, self.bias, self, share)  # type: ignore[no-untyped-call]
        return y

    def _evaluate(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            out = super().forward(x)
            return F.silu(out) if self.silu else out
        assert self.running_mean is not None
        assert self.running_var is not None
        scale = self.weight / torch.sqrt(self.running_var + self.eps)
        shift = self.bias - self.running_mean * scale
        y = _like(x)
        factors = scale.detach().numpy(), shift.detach().numpy()
        kernels.norm_evaluate(_rows(x), *factors, self.silu, _rows(y))
        return y


# ---------------------------------------------------------------- convolutions


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
        kernels.depthwise(_positions(x), _taps(weight), stride, before, _positions(y))
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        taps, to_x = _taps(weight), _like(x)
        to_taps = np.empty_like(taps)
        kernels.depthwise_gradients(
            _positions(x), taps, _positions(gradients[0]), *ctx.geometry, _positions(to_x), to_taps
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


# ---------------------------------------------------------------- squeeze and excite


def _images(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N, H · W, C) array."""
    pixels = _positions(x)
    return pixels.reshape(len(pixels), -1, pixels.shape[-1])


def _pooled(x: Tensor) -> Tensor:
    """(N, C, H, W) to the float32 means (N, C) of each channel."""
    mean = torch.empty(x.shape[:2])
    kernels.pool(_images(x), mean.numpy())
    return mean


def _gated(x: Tensor, gate: Tensor) -> Tensor:
    """(N, C, H, W) times (N, C)."""
    y = _like(x)
    kernels.gated(_images(x), gate.detach().numpy(), _images(y))
    return y


class _ExciteFunction(torch.autograd.Function):
    """x · gate(mean of x); the gate's few numbers go through a graph of their own."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: FastSqueezeExcite, *parameters: Tensor) -> Tensor:
        pooled = _pooled(x).requires_grad_()
        with torch.enable_grad():
            gate = layer.gate(pooled)
        ctx.save_for_backward(x)
        ctx.inner = pooled, gate, parameters
        return _gated(x, gate)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        pooled, gate, parameters = ctx.inner
        gradient = _images(gradients[0])
        to_gate, to_x = torch.empty_like(gate), _like(x)
        kernels.gate_gradient(_images(x), gradient, to_gate.numpy())
        to_pooled, *rest = torch.autograd.grad(gate, (pooled, *parameters), to_gate)
        share = (to_pooled / (x.shape[2] * x.shape[3])).numpy()
        kernels.gated_gradient(gradient, gate.detach().numpy(), share, _images(to_x))
        return to_x, None, *rest


class FastSqueezeExcite(nn.Module):
    """Squeeze-and-excite with the original's two layers."""

    def __init__(self, layer: SqueezeExciteModule) -> None:
        super().__init__()
        self.reduce, self.act, self.expand = layer.reduce, layer.act, layer.expand

    def gate(self, pooled: Tensor) -> Tensor:
        """(N, C) means to (N, C) factors in 0 … 1, float32: too few numbers to gain by less."""
        with torch.autocast("cpu", enabled=False):
            squeezed = F.linear(pooled, self.reduce.weight.flatten(1), self.reduce.bias)
            scale = F.linear(self.act(squeezed), self.expand.weight.flatten(1), self.expand.bias)
            return torch.sigmoid(scale)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape, channels rescaled."""
        if not torch.is_grad_enabled():
            return _gated(x, self.gate(_pooled(x)))
        out: Tensor = _ExciteFunction.apply(x, self, *self.parameters())  # type: ignore[no-untyped-call]
        return out
