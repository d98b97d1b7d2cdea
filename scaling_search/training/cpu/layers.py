"""Torch layers whose training step runs on the compiled kernels; parameters are the originals'."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from scaling_search.networks.modules import Conv2dSame, SqueezeExciteModule
from scaling_search.training.cpu import kernels


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
        if self.training:
            assert self.num_batches_tracked is not None
            self.num_batches_tracked += 1
            share = self.momentum
            return self._train(x, 1 / int(self.num_batches_tracked) if share is None else share)
        if torch.is_grad_enabled():
            return self._differentiable(x)
        assert self.running_mean is not None
        assert self.running_var is not None
        scale = self.weight.detach() / torch.sqrt(self.running_var + self.eps)
        return self._evaluate(x, scale, self.bias.detach() - self.running_mean * scale)

    def _train(self, x: Tensor, share: float) -> Tensor:
        y: Tensor = _NormFunction.apply(x, self.weight, self.bias, self, share)  # type: ignore[no-untyped-call]
        return y

    def _evaluate(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        y = _like(x)
        kernels.norm_evaluate(_rows(x), scale.numpy(), shift.numpy(), self.silu, _rows(y))
        return y

    def _differentiable(self, x: Tensor) -> Tensor:
        """In evaluation mode, for those who want gradients."""
        out = super().forward(x)
        return F.silu(out) if self.silu else out


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


# ---------------------------------------------------------------- norm, SiLU, squeeze, excite


def _images(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N, H · W, C) array."""
    pixels = _positions(x)
    return pixels.reshape(len(pixels), -1, pixels.shape[-1])


def _linear(x: Tensor, layer: nn.Conv2d) -> Tensor:
    """(N, C) through a 1×1 convolution's weights; float32 under autocast too.

    Autocast knows nothing of operations that write into a given tensor.
    """
    assert layer.bias is not None
    out = torch.empty(len(x), layer.out_channels)
    return torch.addmm(layer.bias.detach(), x, layer.weight.detach().flatten(1).t(), out=out)


def _gate(pooled: Tensor, excite: SqueezeExciteModule) -> tuple[Tensor, Tensor, Tensor]:
    """(N, C) means to (N, C) factors in 0 … 1, and what is inside: before and after SiLU."""
    squeezed = _linear(pooled, excite.reduce)
    hidden = F.silu(squeezed)
    return _linear(hidden, excite.expand).sigmoid_(), squeezed, hidden


def _gated(y: Tensor, gate: Tensor) -> Tensor:
    """(N, C, H, W) times (N, C)."""
    out = _like(y)
    kernels.gated(_images(y), gate.numpy(), _images(out))
    return out


class _NormExciteFunction(torch.autograd.Function):
    """Batch norm, SiLU and squeeze-and-excite: y · gate(mean of y) for y = silu(norm(x))."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, norm: FastNormExcite, share: float, *_: Tensor) -> Tensor:
        channels = x.shape[1]
        mean, variance = np.empty(channels), np.empty(channels)
        affine = np.empty((2, channels), np.float32)
        y, pooled = _like(x), torch.empty(x.shape[:2])
        assert norm.running_mean is not None
        assert norm.running_var is not None
        weight, bias = norm.weight.detach().numpy(), norm.bias.detach().numpy()
        kernels.norm_pool_forward(
            _images(x), weight, bias, norm.eps, _images(y), pooled.numpy(),
            mean, variance, affine, norm.running_mean.numpy(), norm.running_var.numpy(), share,
        )  # fmt: skip
        gate, squeezed, hidden = _gate(pooled, norm.excite)
        ctx.save_for_backward(
            x, y, norm.weight, norm.excite.reduce.weight, norm.excite.expand.weight
        )
        ctx.small = pooled, squeezed, hidden, gate
        ctx.found = norm.eps, mean, variance, affine
        return _gated(y, gate)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, y, weight, reduce, expand = ctx.saved_tensors
        pooled, squeezed, hidden, gate = ctx.small
        gradient = _images(gradients[0])
        to_gate = torch.empty_like(gate)
        kernels.gate_gradient(_images(y), gradient, to_gate.numpy())
        to_expanded = torch.ops.aten.sigmoid_backward(to_gate, gate)
        to_hidden = to_expanded @ expand.flatten(1)
        to_squeezed = torch.ops.aten.silu_backward(to_hidden, squeezed)
        to_pooled = (to_squeezed @ reduce.flatten(1)).div_(x.shape[2] * x.shape[3])
        to_x, to_weight, to_bias = _like(x), torch.empty_like(weight), torch.empty_like(weight)
        kernels.gated_norm_backward(
            _images(x), gradient, gate.numpy(), to_pooled.numpy(), weight.detach().numpy(),
            *ctx.found, _images(to_x), to_weight.numpy(), to_bias.numpy(),
        )  # fmt: skip
        to_reduce = (to_squeezed.t() @ pooled).view(reduce.shape)
        to_expand = (to_expanded.t() @ hidden).view(expand.shape)
        of_excite = to_reduce, to_squeezed.sum(0), to_expand, to_expanded.sum(0)
        return to_x, None, None, to_weight, to_bias, *of_excite


class FastNormExcite(FastNorm):
    """Batch norm with the SiLU and the squeeze-and-excite that follow it.

    The squeeze-and-excite's parameters stay where they are, in an `Excited` in its place.
    """

    def __init__(self, norm: nn.BatchNorm2d, excite: SqueezeExciteModule) -> None:
        super().__init__(norm, silu=True)
        self._excite = (excite,)  # in a tuple it is not registered: its parameters have one name

    @property
    def excite(self) -> SqueezeExciteModule:
        """The original layer."""
        return self._excite[0]

    def _train(self, x: Tensor, share: float) -> Tensor:
        own = self.weight, self.bias, *self.excite.parameters()
        y: Tensor = _NormExciteFunction.apply(x, self, share, *own)  # type: ignore[no-untyped-call]
        return y

    def _evaluate(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        y, pooled = _like(x), torch.empty(x.shape[:2])
        factors = scale.numpy(), shift.numpy()
        kernels.norm_pool_evaluate(_images(x), *factors, _images(y), pooled.numpy())
        return _gated(y, _gate(pooled, self.excite)[0])

    def _differentiable(self, x: Tensor) -> Tensor:
        out: Tensor = self.excite(super()._differentiable(x))
        return out


class Excited(nn.Module):
    """What a squeeze-and-excite leaves in its place: its layers, under their names."""

    def __init__(self, layer: SqueezeExciteModule) -> None:
        super().__init__()
        self.reduce, self.act, self.expand = layer.reduce, layer.act, layer.expand

    def forward(self, x: Tensor) -> Tensor:
        """The input, which a `FastNormExcite` has already gated."""
        return x
