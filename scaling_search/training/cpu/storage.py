"""How kernels read and write activations: float32 as it is, bfloat16 as the bits of one.

numba has no bfloat16. Its bits are the upper half of a float32's: widening shifts them back,
narrowing rounds to the nearest, halves to even (as PyTorch does). Processors and PyTorch make
not-a-numbers whose lower half is zero, so that rounding carries none of them away.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from scaling_search.training.cpu import processor

_BFLOAT16 = types.uint16


class _BFloat(ir.Type):  # type: ignore[misc]
    """LLVM's `bfloat`, which llvmlite does not list."""

    def _to_string(self) -> str:
        return "bfloat"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _BFloat)

    def __hash__(self) -> int:
        return hash(_BFloat)


def _rounding(typing_context: Any, value: Any) -> Any:
    """The bits of the bfloat16 nearest to a float32."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(builder.fptrunc(arguments[0], _BFloat()), ir.IntType(16))

    return _BFLOAT16(types.float32), generate


_to_bfloat16: Any = intrinsic(_rounding)


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

    def converted(value: Any, array: Any) -> Any:
        return _to_bfloat16(np.float32(value))

    def rounded(value: Any, array: Any) -> Any:
        bits = np.float32(value).view(np.uint32)
        half = np.uint32(np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))
        return np.uint16(np.uint32(bits + half) >> np.uint32(16))

    if array.dtype != _BFLOAT16:
        return as_it_is
    return converted if processor.ROUNDS_TO_BFLOAT16 else rounded


def sigmoid_degree(array: Any) -> int:
    """Degree of the polynomial in a sigmoid that the array will store: more would not show."""
    raise NotImplementedError("compiled code alone calls this")


@overload(sigmoid_degree)
def _sigmoid_degree(array: Any) -> Any:
    def fine(array: Any) -> Any:
        return 5

    def coarse(array: Any) -> Any:
        return 3

    return coarse if array.dtype == _BFLOAT16 else fine


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
