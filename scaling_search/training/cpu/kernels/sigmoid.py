"""The sigmoid, in operations that the compiler vectorises."""

from __future__ import annotations

import numba
import numpy as np

from scaling_search.training.cpu.kernels.compiling import ONE

_LOG2_E = np.float32(1.44269504)
_ROUNDER = np.float32(3 * 2**22 + 127)


@numba.njit(inline="always", error_model="numpy")
def _two_to_the(t: np.float32) -> tuple[np.float32, np.float32]:
    """2^t as a power of two and what is left of the exponent, -0.5 … 0.5.

    Adding a number whose last bit counts ones rounds t, and leaves the exponent of the power,
    biased as a float32's is, in its lowest bits.
    """
    rounded = t + _ROUNDER
    power = np.int32(np.float32(rounded).view(np.int32) << np.int32(23))
    return power.view(np.float32), t - (rounded - _ROUNDER)


@numba.njit(inline="always", error_model="numpy")
def sigmoid(z: np.float32, degree: int) -> np.float32:
    """1 / (1 + e^-z) with the best polynomial of the degree for 2^f on -0.5 … 0.5.

    Relative error, against 4e-3 between neighbours in bfloat16: below 1e-6 for |z| < 10 at
    degree 5, 1e-4 at degree 3.
    """
    power, f = _two_to_the(min(max(z * -_LOG2_E, np.float32(-126)), np.float32(127)))
    if degree == 5:
        p = np.float32(1.3276472e-3) * f + np.float32(9.6755419e-3)
        p = (p * f + np.float32(5.5507131e-2)) * f + np.float32(2.4022120e-1)
        p = (p * f + np.float32(6.9314694e-1)) * f + ONE
    else:
        p = np.float32(5.5171669e-2) * f + np.float32(2.4261114e-1)
        p = (p * f + np.float32(6.9326097e-1)) * f + np.float32(9.9992806e-1)
    result: np.float32 = ONE / (ONE + p * power)
    return result
