"""How kernels read and write activations: float32 as it is, bfloat16 as the bits of one.

numba has no bfloat16. Its bits are the upper half of a float32's: widening shifts them back,
narrowing rounds to the nearest, halves to even (as PyTorch does). Processors and PyTorch make
not-a-numbers whose lower half is zero, so that rounding carries none of them away.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

_BFLOAT16 = types.uint16


def widen(value: Any) -> Any:
    """A stored number as float32."""
    raise NotImplementedError("compiled code alone calls this")


@overload(widen)
def _widen(value: Any) -> Any:
    def as_it_is(value: Any) -> Any:
        return value

    def shifted(value: Any) -> Any:
        return np.uint32(np.uint32(value) << np.uint32(16)).view(np.float32)

    return shifted if value == _BFLOAT16 else as_it_is


def narrow(value: Any, array: Any) -> Any:
    """A float32 as the array stores it."""
    raise NotImplementedError("compiled code alone calls this")


@overload(narrow)
def _narrow(value: Any, array: Any) -> Any:
    def as_it_is(value: Any, array: Any) -> Any:
        return value

    def rounded(value: Any, array: Any) -> Any:
        bits = np.float32(value).view(np.uint32)
        half = np.uint32(np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        return np.uint16(np.uint32(bits + half) >> np.uint32(16))

    return rounded if array.dtype == _BFLOAT16 else as_it_is


def image_sums(activation: Any, n: int, buffer: Any) -> Any:
    """Where to sum up image n in float32: in the activation itself, or else in the buffer."""
    raise NotImplementedError("compiled code alone calls this")


@overload(image_sums)
def _image_sums(activation: Any, n: Any, buffer: Any) -> Any:
    def itself(activation: Any, n: Any, buffer: Any) -> Any:
        return activation[n]

    def beside(activation: Any, n: Any, buffer: Any) -> Any:
        return buffer

    return beside if activation.dtype == _BFLOAT16 else itself


def flush(sums: Any, activation: Any, n: int) -> Any:
    """Bring what `image_sums` gave into the activation, if it is not there already."""
    raise NotImplementedError("compiled code alone calls this")


@overload(flush)
def _flush(sums: Any, activation: Any, n: Any) -> Any:
    def nothing(sums: Any, activation: Any, n: Any) -> Any:
        pass

    def narrowed(sums: Any, activation: Any, n: Any) -> Any:
        for row in range(sums.shape[0]):
            for column in range(sums.shape[1]):
                source, target = sums[row, column], activation[n, row, column]
                for c in range(sums.shape[2]):
                    target[c] = narrow(source[c], target)

    return narrowed if activation.dtype == _BFLOAT16 else nothing
