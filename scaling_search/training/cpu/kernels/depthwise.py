"""Depthwise convolution."""

from __future__ import annotations

import numpy as np

from scaling_search.training.cpu.kernels.compiling import ZERO, Array, kernel
from scaling_search.training.cpu.storage import flush, image_sums, narrow, widen


@kernel("void(A[:,:,:,::1], f4[:,:,::1], i8, i8, A[:,:,:,::1])")
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
                total[:] = ZERO
                for i in range(max(0, -top), min(kernel, height - top)):
                    for j in range(max(0, -left), min(kernel, width - left)):
                        # Views, because the compiler vectorises loops over plain rows.
                        pixel, tap = x[n, top + i, left + j], weight[i, j]
                        for c in range(channels):
                            total[c] += widen(pixel[c]) * tap[c]
                out = y[n, row, column]
                for c in range(channels):
                    out[c] = narrow(total[c], out)


@kernel("void(A[:,:,:,::1], f4[:,:,::1], A[:,:,:,::1], i8, i8, A[:,:,:,::1], f4[:,:,::1])")
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
    to_weight[:] = ZERO
    buffer = np.empty((height, width, channels), np.float32)
    for n in range(images):
        sums = image_sums(to_x, n, buffer)
        sums[:] = ZERO
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
