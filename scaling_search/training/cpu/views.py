"""Activations as the arrays that kernels take: channels last, without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def positions(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N, H, W, C) array: no copy if x is channels last, as activations are.

    bfloat16, which numpy does not know, comes as its bits.
    """
    pixels = x.detach().permute(0, 2, 3, 1).contiguous()
    if pixels.dtype == torch.bfloat16:
        return pixels.view(torch.int16).numpy().view(np.uint16)
    array: NDArray[np.float32] = pixels.numpy()
    return array


def rows(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N · H · W, C) array."""
    pixels = positions(x)
    return pixels.reshape(-1, pixels.shape[-1])


def empty_like(x: Tensor) -> Tensor:
    """A tensor of the same shape and type, channels last."""
    return torch.empty_like(x, memory_format=torch.channels_last)


def per_image(x: Tensor) -> NDArray[Any]:
    """(N, C, H, W) as an (N, H · W, C) array."""
    pixels = positions(x)
    return pixels.reshape(len(pixels), -1, pixels.shape[-1])
