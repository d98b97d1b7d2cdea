"""Norms whose training step runs on the compiled kernels, with what follows them in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from scaling_search.networks.modules import SqueezeExciteModule
from scaling_search.training.cpu import kernels
from scaling_search.training.cpu.views import empty_like, per_image, rows


class _NormFunction(torch.autograd.Function):
    """Batch norm in training mode, and SiLU where the norm has it; keeps only its input."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, norm: FastNorm, share: float
    ) -> Tensor:
        channels = x.shape[1]
        mean, variance = np.empty(channels), np.empty(channels)
        affine = np.empty((2, channels), np.float32)
        y = empty_like(x)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        kernels.norm_forward(
            rows(x), weight.detach().numpy(), bias.detach().numpy(), norm.eps, norm.silu, rows(y),
            mean, variance, affine, norm.running_mean.numpy(), norm.running_var.numpy(), share,
        )  # fmt: skip
        ctx.save_for_backward(x, weight)
        ctx.moments = norm.eps, norm.silu, mean, variance, affine
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        to_x, to_weight, to_bias = empty_like(x), torch.empty_like(weight), torch.empty_like(weight)
        kernels.norm_backward(
            rows(x), rows(gradients[0]), weight.detach().numpy(), *ctx.moments,
            rows(to_x), to_weight.numpy(), to_bias.numpy(),
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
        y = empty_like(x)
        kernels.norm_evaluate(rows(x), scale.numpy(), shift.numpy(), self.silu, rows(y))
        return y

    def _differentiable(self, x: Tensor) -> Tensor:
        """In evaluation mode, with gradients."""
        out = super().forward(x)
        return F.silu(out) if self.silu else out


# ---------------------------------------------------------------- norm, SiLU, squeeze, excite


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
    out = empty_like(y)
    kernels.gated(per_image(y), gate.numpy(), per_image(out))
    return out


class _NormExciteFunction(torch.autograd.Function):
    """Batch norm, SiLU and squeeze-and-excite: y · gate(mean of y) for y = silu(norm(x))."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, norm: FastNormExcite, share: float, *_: Tensor) -> Tensor:
        channels = x.shape[1]
        mean, variance = np.empty(channels), np.empty(channels)
        affine = np.empty((2, channels), np.float32)
        y, pooled = empty_like(x), torch.empty(x.shape[:2])
        assert norm.running_mean is not None
        assert norm.running_var is not None
        weight, bias = norm.weight.detach().numpy(), norm.bias.detach().numpy()
        kernels.norm_pool_forward(
            per_image(x), weight, bias, norm.eps, per_image(y), pooled.numpy(),
            mean, variance, affine, norm.running_mean.numpy(), norm.running_var.numpy(), share,
        )  # fmt: skip
        gate, squeezed, hidden = _gate(pooled, norm.excite)
        ctx.save_for_backward(
            x, y, norm.weight, norm.excite.reduce.weight, norm.excite.expand.weight
        )
        ctx.small = pooled, squeezed, hidden, gate
        ctx.moments = norm.eps, mean, variance, affine
        return _gated(y, gate)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        x, y, weight, reduce, expand = ctx.saved_tensors
        pooled, squeezed, hidden, gate = ctx.small
        gradient = per_image(gradients[0])
        to_gate = torch.empty_like(gate)
        kernels.gate_gradient(per_image(y), gradient, to_gate.numpy())
        to_expanded = torch.ops.aten.sigmoid_backward(to_gate, gate)
        to_hidden = to_expanded @ expand.flatten(1)
        to_squeezed = torch.ops.aten.silu_backward(to_hidden, squeezed)
        to_pooled = (to_squeezed @ reduce.flatten(1)).div_(x.shape[2] * x.shape[3])
        to_x, to_weight, to_bias = empty_like(x), torch.empty_like(weight), torch.empty_like(weight)
        kernels.gated_norm_backward(
            per_image(x), gradient, gate.numpy(), to_pooled.numpy(), weight.detach().numpy(),
            *ctx.moments, per_image(to_x), to_weight.numpy(), to_bias.numpy(),
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
        parameters = self.weight, self.bias, *self.excite.parameters()
        y: Tensor = _NormExciteFunction.apply(x, self, share, *parameters)  # type: ignore[no-untyped-call]
        return y

    def _evaluate(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        y, pooled = empty_like(x), torch.empty(x.shape[:2])
        factors = scale.numpy(), shift.numpy()
        kernels.norm_pool_evaluate(per_image(x), *factors, per_image(y), pooled.numpy())
        return _gated(y, _gate(pooled, self.excite)[0])

    def _differentiable(self, x: Tensor) -> Tensor:
        out: Tensor = self.excite(super()._differentiable(x))
        return out


class Excited(nn.Module):
    """Takes the place of a squeeze-and-excite: holds its layers under their names."""

    def __init__(self, layer: SqueezeExciteModule) -> None:
        super().__init__()
        self.reduce, self.act, self.expand = layer.reduce, layer.act, layer.expand

    def forward(self, x: Tensor) -> Tensor:
        """The input, which a `FastNormExcite` has already gated."""
        return x
