"""Loops over channels-last activations, compiled by numba for this machine; one thread each.

PyTorch's own kernels walk an activation once for every elementary step; these walk it once for as
many steps as belong together, and the compiler vectorises them along the channels.

Shapes: N images, H × W positions, C channels; R = N · H · W rows. Arrays are C-contiguous. An
activation is float32, or bfloat16 as the uint16 of its bits (`storage`); all sums are of float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from scaling_search.proxy.cpu.storage import flush, image_sums, narrow, widen

Array = NDArray[np.float32]
Activation = NDArray[np.float32] | NDArray[np.uint16]
Sums = NDArray[np.float64]

BLOCK_ROWS = 64
"""Rows that are summed in float32 before they join a sum in float64."""

_ZERO, _ONE = np.float32(0), np.float32(1)


def _kernel(signature: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Compile at once for both storages (A), keep the result on disk, let other threads run.

    Of fast maths only what keeps infinities and not-a-numbers: a diverged trial must show.
    """
    signatures = [signature.replace("A[", storage) for storage in ("f4[", "u2[")]
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"contract", "nsz", "arcp"},
    }

    def compiled(function: Callable[..., None]) -> Callable[..., None]:
        kernel: Callable[..., None]
        try:
            kernel = numba.njit(signatures, cache=True, **options)(function)
        except RuntimeError:  # no place that can be written: compiled anew by each process
            kernel = numba.njit(signatures, **options)(function)
        return kernel

    return compiled


@numba.njit(inline="always", error_model="numpy")
def _exp(x: np.float32) -> np.float32:
    """e^x to two units in the last place: Cephes' `expf`, in operations that vectorise."""
    x = min(max(x, np.float32(-87.0)), np.float32(88.0))
    n = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    r = x - n * np.float32(0.693359375) + n * np.float32(2.12194440e-4)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    power = np.int32((np.int32(n) + np.int32(127)) << np.int32(23))  # the bits of 2^n
    result: np.float32 = (p * r * r + r + _ONE) * power.view(np.float32)
    return result


# ---------------------------------------------------------------- batch norm, and SiLU after it


@numba.njit(inline="always", error_model="numpy")
def _apply(x: Array, scale: Array, shift: Array, silu: bool, y: Array) -> None:
    if silu:
        for r in range(x.shape[0]):
            for c in range(x.shape[1]):
                z = widen(x[r, c]) * scale[c] + shift[c]
                y[r, c] = narrow(z / (_ONE + _exp(-z)), y)
    else:
        for r in range(x.shape[0]):
            for c in range(x.shape[1]):
                y[r, c] = narrow(widen(x[r, c]) * scale[c] + shift[c], y)


@_kernel(
    "void(A[:,::1], f4[::1], f4[::1], f8, b1, A[:,::1], f8[::1], f8[::1], f4[:,::1], "
    "f4[::1], f4[::1], f8)"
)
def norm_forward(
    x: Array,
    weight: Array,
    bias: Array,
    eps: float,
    silu: bool,
    y: Array,
    mean: Sums,
    variance: Sums,
    affine: Array,
    running_mean: Array,
    running_variance: Array,
    share: float,
) -> None:
    """Normalise the columns of x (R, C) by their moments; y is the result, through SiLU if asked.

    Also returned: mean and biased variance (C,), and `affine` (2, C), so that before SiLU
    y = x · affine[0] + affine[1]. The moments take one pass: sums are of differences from the
    first row, so that a large mean cancels nothing. Running statistics (the unbiased variance, as
    PyTorch has it) move by `share` towards those of x.
    """
    rows, channels = x.shape
    pivot = np.empty(channels, np.float32)
    for c in range(channels):
        pivot[c] = widen(x[0, c])
    total, squares = np.zeros(channels), np.zeros(channels)
    part, part_squares = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    for first in range(0, rows, BLOCK_ROWS):
        part[:] = _ZERO
        part_squares[:] = _ZERO
        for r in range(first, min(first + BLOCK_ROWS, rows)):
            for c in range(channels):
                d = widen(x[r, c]) - pivot[c]
                part[c] += d
                part_squares[c] += d * d
        for c in range(channels):
            total[c] += part[c]
            squares[c] += part_squares[c]
    for c in range(channels):
        offset = total[c] / rows
        mean[c] = offset + pivot[c]
        variance[c] = max(squares[c] / rows - offset * offset, 0.0)
        gain = weight[c] / np.sqrt(variance[c] + eps)
        affine[0, c] = gain
        affine[1, c] = bias[c] - mean[c] * gain
        unbiased = variance[c] * rows / max(rows - 1, 1)
        running_mean[c] += share * (mean[c] - running_mean[c])
        running_variance[c] += share * (unbiased - running_variance[c])
    _apply(x, affine[0], affine[1], silu, y)


@_kernel("void(A[:,::1], f4[::1], f4[::1], b1, A[:,::1])")
def norm_evaluate(x: Array, scale: Array, shift: Array, silu: bool, y: Array) -> None:
    """Fill y with x · scale + shift, through SiLU if asked: (R, C) and (C,)."""
    _apply(x, scale, shift, silu, y)


@_kernel(
    "void(A[:,::1], A[:,::1], f4[::1], f8, b1, f8[::1], f8[::1], f4[:,::1], "
    "A[:,::1], f4[::1], f4[::1])"
)
def norm_backward(
    x: Array,
    gradient: Array,
    weight: Array,
    eps: float,
    silu: bool,
    mean: Sums,
    variance: Sums,
    affine: Array,
    to_x: Array,
    to_weight: Array,
    to_bias: Array,
) -> None:
    """Gradients of `norm_forward` from that of its y: (R, C) and (C,)."""
    rows, channels = x.shape
    scale, shift = affine[0], affine[1]
    centre = mean.astype(np.float32)
    total, product = np.zeros(channels), np.zeros(channels)
    part, part_product = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    for first in range(0, rows, BLOCK_ROWS):
        part[:] = _ZERO
        part_product[:] = _ZERO
        for r in range(first, min(first + BLOCK_ROWS, rows)):
            if silu:
                for c in range(channels):
                    value = widen(x[r, c])
                    z = value * scale[c] + shift[c]
                    s = _ONE / (_ONE + _exp(-z))
                    g = widen(gradient[r, c]) * s * (_ONE + z * (_ONE - s))
                    to_x[r, c] = narrow(g, to_x)
                    part[c] += g
                    part_product[c] += g * (value - centre[c])
            else:
                for c in range(channels):
                    g = widen(gradient[r, c])
                    to_x[r, c] = narrow(g, to_x)
                    part[c] += g
                    part_product[c] += g * (widen(x[r, c]) - centre[c])
        for c in range(channels):
            total[c] += part[c]
            product[c] += part_product[c]
    # gain · (g − mean(g) − x̂ · mean(g · x̂)), as a linear function of g and x.
    of_x, constant = np.empty(channels, np.float32), np.empty(channels, np.float32)
    for c in range(channels):
        inverse = 1 / np.sqrt(variance[c] + eps)
        slope = -weight[c] * inverse**3 * product[c] / rows
        of_x[c] = slope
        constant[c] = -weight[c] * inverse * total[c] / rows - slope * mean[c]
        to_weight[c] = product[c] * inverse
        to_bias[c] = total[c]
    for r in range(rows):
        for c in range(channels):
            g = widen(to_x[r, c]) * scale[c]
            to_x[r, c] = narrow(g + widen(x[r, c]) * of_x[c] + constant[c], to_x)


# ---------------------------------------------------------------- depthwise convolution


@_kernel("void(A[:,:,:,::1], f4[:,:,::1], i8, i8, A[:,:,:,::1])")
def depthwise(x: Array, weight: Array, stride: int, before: int, y: Array) -> None:
    """A depthwise convolution: x (N, H, W, C), weight (k, k, C), y (N, H', W', C).

    `before` are the zeros in front of the first row and column.
    """
    images, height, width, channels = x.shape
    kernel = weight.shape[0]
    total = np.empty(channels, np.float32)
    for n in range(images):
        for row in range(y.shape[1]):
            top = row * stride - before
            for column in range(y.shape[2]):
                left = column * stride - before
                total[:] = _ZERO
                for i in range(max(0, -top), min(kernel, height - top)):
                    for j in range(max(0, -left), min(kernel, width - left)):
                        # Views, because the compiler vectorises loops over plain rows.
                        pixel, tap = x[n, top + i, left + j], weight[i, j]
                        for c in range(channels):
                            total[c] += widen(pixel[c]) * tap[c]
                out = y[n, row, column]
                for c in range(channels):
                    out[c] = narrow(total[c], out)


@_kernel("void(A[:,:,:,::1], f4[:,:,::1], A[:,:,:,::1], i8, i8, A[:,:,:,::1], f4[:,:,::1])")
def depthwise_gradients(
    x: Array,
    weight: Array,
    gradient: Array,
    stride: int,
    before: int,
    to_x: Array,
    to_weight: Array,
) -> None:
    """Both gradients of a depthwise convolution, in one pass.

    x and to_x (N, H, W, C), weight and to_weight (k, k, C), gradient (N, H', W', C); `before` are
    the zeros in front of the first row and column.
    """
    images, height, width, channels = x.shape
    kernel = weight.shape[0]
    to_weight[:] = _ZERO
    buffer = np.empty((height, width, channels), np.float32)
    for n in range(images):
        sums = image_sums(to_x, n, buffer)
        sums[:] = _ZERO
        for row in range(gradient.shape[1]):
            top = row * stride - before
            for column in range(gradient.shape[2]):
                left = column * stride - before
                g = gradient[n, row, column]
                for i in range(max(0, -top), min(kernel, height - top)):
                    for j in range(max(0, -left), min(kernel, width - left)):
                        pixel, to_pixel = x[n, top + i, left + j], sums[top + i, left + j]
                        tap, to_tap = weight[i, j], to_weight[i, j]
                        for c in range(channels):
                            value = widen(g[c])
                            to_pixel[c] += value * tap[c]
                            to_tap[c] += value * widen(pixel[c])
        flush(sums, to_x, n)


# ---------------------------------------------------------------- squeeze and excite


@_kernel("void(A[:,:,::1], f4[:,::1])")
def pool(x: Array, mean: Array) -> None:
    """Mean over positions: (N, H · W, C) to (N, C)."""
    images, positions, channels = x.shape
    for n in range(images):
        row = mean[n]
        row[:] = _ZERO
        for p in range(positions):
            pixel = x[n, p]
            for c in range(channels):
                row[c] += widen(pixel[c])
        for c in range(channels):
            row[c] /= np.float32(positions)


@_kernel("void(A[:,:,::1], f4[:,::1], A[:,:,::1])")
def gated(x: Array, gate: Array, y: Array) -> None:
    """Fill y with x · gate: (N, H · W, C) and (N, C)."""
    images, positions, channels = x.shape
    for n in range(images):
        factor = gate[n]
        for p in range(positions):
            pixel, out = x[n, p], y[n, p]
            for c in range(channels):
                out[c] = narrow(widen(pixel[c]) * factor[c], out)


@_kernel("void(A[:,:,::1], A[:,:,::1], f4[:,::1])")
def gate_gradient(x: Array, gradient: Array, out: Array) -> None:
    """Σ over positions of gradient · x: (N, H · W, C) to (N, C)."""
    images, positions, channels = x.shape
    for n in range(images):
        row = out[n]
        row[:] = _ZERO
        for p in range(positions):
            pixel, g = x[n, p], gradient[n, p]
            for c in range(channels):
                row[c] += widen(g[c]) * widen(pixel[c])


@_kernel("void(A[:,:,::1], f4[:,::1], f4[:,::1], A[:,:,::1])")
def gated_gradient(gradient: Array, gate: Array, pooled: Array, out: Array) -> None:
    """Fill `out` with gradient · gate + pooled: (N, H · W, C) and (N, C)."""
    images, positions, channels = gradient.shape
    for n in range(images):
        factor, constant = gate[n], pooled[n]
        for p in range(positions):
            g, to_pixel = gradient[n, p], out[n, p]
            for c in range(channels):
                to_pixel[c] = narrow(widen(g[c]) * factor[c] + constant[c], to_pixel)
