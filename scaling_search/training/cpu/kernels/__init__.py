"""Loops over channels-last activations, compiled by numba for this machine; one thread each.

PyTorch's own kernels walk an activation once for every elementary step; these walk it once for as
many steps as belong together, and the compiler vectorises them along the channels.

Shapes: N images, H × W positions, C channels; R = N · H · W rows. Arrays are C-contiguous. An
activation is float32, or bfloat16 as the uint16 of its bits (`storage`); all sums are of float32.
"""

from scaling_search.training.cpu.kernels.depthwise import depthwise, depthwise_gradients
from scaling_search.training.cpu.kernels.excite import (
    gate_gradient,
    gated,
    gated_norm_backward,
    norm_pool_evaluate,
    norm_pool_forward,
)
from scaling_search.training.cpu.kernels.norm import norm_backward, norm_evaluate, norm_forward

__all__ = [
    "depthwise",
    "depthwise_gradients",
    "gate_gradient",
    "gated",
    "gated_norm_backward",
    "norm_backward",
    "norm_evaluate",
    "norm_forward",
    "norm_pool_evaluate",
    "norm_pool_forward",
]
