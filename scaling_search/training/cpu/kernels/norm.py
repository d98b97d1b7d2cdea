"""Batch norm, and SiLU after it."""

from __future__ import annotations

import numba
import numpy as np

from scaling_search.training.cpu.kernels.compiling import ONE, ZERO, Array, Sums, kernel
from scaling_search.training.cpu.kernels.sigmoid import sigmoid
from scaling_search.training.cpu.storage import narrow, sigmoid_degree, widen

BLOCK_ROWS = 64
"""Rows that are summed in float32 before they join a sum in float64."""


@numba.njit(inline="always", error_model="numpy")
def moments(
    x: Array,
    weight: Array,
    bias: Array,
    eps: float,
    mean: Sums,
    variance: Sums,
    affine: Array,
    running_mean: Array,
    running_variance: Array,
    share: float,
) -> None:
    """Mean and biased variance of the columns of x (R, C), and what follows from them.

    That is `affine` (2, C), by which x · affine[0] + affine[1] is the normalised x, and running
    statistics (the unbiased variance, as PyTorch has it) moved by `share`. One pass: sums are of
    differences from the first row, so that a large mean cancels nothing.
    """
    rows, channels = x.shape
    pivot = np.empty(channels, np.float32)
    for c in range(channels):
        pivot[c] = widen(x[0, c])
    total, squares = np.zeros(channels), np.zeros(channels)
    part, part_squares = np.zeros(channels, np.float32), np.zeros(channels, np.float32)
    for first in range(0, rows, BLOCK_ROWS):
        part[:] = ZERO
        part_squares[:] = ZERO
        last = min(first + BLOCK_ROWS, rows)
        fours = first + (last - first) // 4 * 4
        # Four rows at a time: the sums are fetched and stored a fourth as often.
        for r in range(first, fours, 4):
            for c in range(channels):
                d, e = widen(x[r, c]) - pivot[c], widen(x[r + 1, c]) - pivot[c]
                f, g = widen(x[r + 2, c]) - pivot[c], widen(x[r + 3, c]) - pivot[c]
                part[c] += (d + e) + (f + g)
                part_squares[c] += (d * d + e * e) + (f * f + g * g)
        for r in range(fours, last):
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


@numba.njit(inline="always", error_model="numpy")
def _apply(x: Array, scale: Array, shift: Array, silu: bool, y: Array) -> None:
    if silu:
        for r in range(x.shape[0]):
            for c in range(x.shape[1]):
                z = widen(x[r, c]) * scale[c] + shift[c]
                y[r, c] = narrow(z * sigmoid(z, sigmoid_degree(y)), y)
    else:
        for r in range(x.shape[0]):
            for c in range(x.shape[1]):
                y[r, c] = narrow(widen(x[r, c]) * scale[c] + shift[c], y)


@kernel(
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

    Also returned is what `moments` returns.
    """
    moments(x, weight, bias, eps, mean, variance, affine, running_mean, running_variance, share)
    _apply(x, affine[0], affine[1], silu, y)


@kernel("void(A[:,::1], f4[::1], f4[::1], b1, A[:,::1])")
def norm_evaluate(x: Array, scale: Array, shift: Array, silu: bool, y: Array) -> None:
    """Fill y with x · scale + shift, through SiLU if asked: (R, C) and (C,)."""
    _apply(x, scale, shift, silu, y)


@numba.njit(inline="always", error_model="numpy")
def finish_backward(
    x: Array,
    weight: Array,
    eps: float,
    mean: Sums,
    variance: Sums,
    scale: Array,
    total: Sums,
    product: Sums,
    to_x: Array,
    to_weight: Array,
    to_bias: Array,
) -> None:
    """From gradients g of the normalised and scaled x, in `to_x`, to those of x, in their place.

    `total` is Σ g, `product` Σ g · (x − mean), both over rows: (C,).
    """
    rows, channels = x.shape
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


@kernel(
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
        part[:] = ZERO
        part_product[:] = ZERO
        for r in range(first, min(first + BLOCK_ROWS, rows)):
            if silu:
                for c in range(channels):
                    value = widen(x[r, c])
                    z = value * scale[c] + shift[c]
                    s = sigmoid(z, sigmoid_degree(to_x))
                    g = widen(gradient[r, c]) * s * (ONE + z * (ONE - s))
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
    finish_backward(x, weight, eps, mean, variance, scale, total, product, to_x, to_weight, to_bias)
