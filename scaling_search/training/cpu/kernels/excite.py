"""Batch norm, SiLU, and squeeze-and-excite after them."""

from __future__ import annotations

import numba
import numpy as np

from scaling_search.training.cpu.kernels.compiling import ONE, ZERO, Array, Sums, kernel
from scaling_search.training.cpu.kernels.norm import BLOCK_ROWS, finish_backward, moments
from scaling_search.training.cpu.kernels.sigmoid import sigmoid
from scaling_search.training.cpu.storage import narrow, sigmoid_degree, widen


@numba.njit(inline="always", error_model="numpy")
def _apply_and_pool(x: Array, scale: Array, shift: Array, y: Array, mean: Array) -> None:
    """Fill y with silu(x · scale + shift), and `mean` (N, C) with its means over positions."""
    images, positions, channels = x.shape
    for n in range(images):
        pooled = mean[n]
        pooled[:] = ZERO
        for p in range(positions):
            pixel, out = x[n, p], y[n, p]
            for c in range(channels):
                z = widen(pixel[c]) * scale[c] + shift[c]
                value = z * sigmoid(z, sigmoid_degree(y))
                out[c] = narrow(value, y)
                pooled[c] += value
        for c in range(channels):
            pooled[c] /= np.float32(positions)


@kernel(
    "void(A[:,:,::1], f4[::1], f4[::1], f8, A[:,:,::1], f4[:,::1], f8[::1], f8[::1], f4[:,::1], "
    "f4[::1], f4[::1], f8)"
)
def norm_pool_forward(
    x: Array,
    weight: Array,
    bias: Array,
    eps: float,
    y: Array,
    pooled: Array,
    mean: Sums,
    variance: Sums,
    affine: Array,
    running_mean: Array,
    running_variance: Array,
    share: float,
) -> None:
    """`norm_forward` with SiLU of x (N, H · W, C), and `pooled` (N, C), the means of y."""
    images, positions, channels = x.shape
    moments(
        x.reshape(images * positions, channels), weight, bias, eps, mean, variance, affine,
        running_mean, running_variance, share,
    )  # fmt: skip
    _apply_and_pool(x, affine[0], affine[1], y, pooled)


@kernel("void(A[:,:,::1], f4[::1], f4[::1], A[:,:,::1], f4[:,::1])")
def norm_pool_evaluate(x: Array, scale: Array, shift: Array, y: Array, pooled: Array) -> None:
    """Fill y with silu(x · scale + shift), `pooled` with its means: (N, H · W, C), (C,), (N, C)."""
    _apply_and_pool(x, scale, shift, y, pooled)


@kernel("void(A[:,:,::1], f4[:,::1], A[:,:,::1])")
def gated(x: Array, gate: Array, y: Array) -> None:
    """Fill y with x · gate: (N, H · W, C) and (N, C)."""
    images, positions, channels = x.shape
    for n in range(images):
        factor = gate[n]
        for p in range(positions):
            pixel, out = x[n, p], y[n, p]
            for c in range(channels):
                out[c] = narrow(widen(pixel[c]) * factor[c], out)


@kernel("void(A[:,:,::1], A[:,:,::1], f4[:,::1])")
def gate_gradient(x: Array, gradient: Array, out: Array) -> None:
    """Σ over positions of gradient · x: (N, H · W, C) to (N, C)."""
    images, positions, channels = x.shape
    for n in range(images):
        row = out[n]
        row[:] = ZERO
        for p in range(positions):
            pixel, g = x[n, p], gradient[n, p]
            for c in range(channels):
                row[c] += widen(g[c]) * widen(pixel[c])


@kernel(
    "void(A[:,:,::1], A[:,:,::1], f4[:,::1], f4[:,::1], f4[::1], f8, f8[::1], f8[::1], "
    "f4[:,::1], A[:,:,::1], f4[::1], f4[::1])"
)
def gated_norm_backward(
    x: Array,
    gradient: Array,
    gate: Array,
    to_pooled: Array,
    weight: Array,
    eps: float,
    mean: Sums,
    variance: Sums,
    affine: Array,
    to_x: Array,
    to_weight: Array,
    to_bias: Array,
) -> None:
    """Gradients of x, weight and bias from that of y · gate, where y is `norm_pool_forward`'s.

    Shapes as there; gate and `to_pooled`, the gradient of each mean divided by H · W, are (N, C).
    """
    images, positions, channels = x.shape
    scale, shift = affine[0], affine[1]
    centre = mean.astype(np.float32)
    total, product = np.zeros(channels), np.zeros(channels)
    part, part_product = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    for n in range(images):
        factor, constant = gate[n], to_pooled[n]
        for first in range(0, positions, BLOCK_ROWS):
            part[:] = ZERO
            part_product[:] = ZERO
            for p in range(first, min(first + BLOCK_ROWS, positions)):
                pixel, to_out, to_pixel = x[n, p], gradient[n, p], to_x[n, p]
                for c in range(channels):
                    value = widen(pixel[c])
                    z = value * scale[c] + shift[c]
                    s = sigmoid(z, sigmoid_degree(to_x))
                    to_y = widen(to_out[c]) * factor[c] + constant[c]
                    g = to_y * s * (ONE + z * (ONE - s))
                    to_pixel[c] = narrow(g, to_x)
                    part[c] += g
                    part_product[c] += g * (value - centre[c])
            for c in range(channels):
                total[c] += part[c]
                product[c] += part_product[c]
    rows = images * positions
    finish_backward(
        x.reshape(rows, channels), weight, eps, mean, variance, scale, total, product,
        to_x.reshape(rows, channels), to_weight, to_bias,
    )  # fmt: skip
