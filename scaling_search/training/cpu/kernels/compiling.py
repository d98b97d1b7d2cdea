"""How kernels are compiled, and what their arrays are.

numba keeps what it compiled in `__pycache__` and looks at a kernel's own file alone to see whether
that still holds: after a change of `sigmoid`, `storage` or `processor`, delete that folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from scaling_search.training.cpu.processor import use_whole_vectors

Array = NDArray[np.float32]
Sums = NDArray[np.float64]

ZERO, ONE = np.float32(0), np.float32(1)

use_whole_vectors()


def kernel(signature: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
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
        fast: Callable[..., None]
        try:
            fast = numba.njit(signatures, cache=True, **options)(function)
        except RuntimeError:  # no place that can be written: compiled anew by each process
            fast = numba.njit(signatures, **options)(function)
        return fast

    return compiled
