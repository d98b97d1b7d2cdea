"""What this machine's processor can do, and how wide numba's vectors are."""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import binding as llvm


def rounds_to_bfloat16() -> bool:
    """Whether kernels may round to bfloat16 in one instruction.

    Elsewhere LLVM would call a function that is not there, and the process would end. The user may
    have numba compile for less than this machine has (NUMBA_CPU_NAME, NUMBA_CPU_FEATURES).
    """
    config: Any = numba.config
    if config.CPU_FEATURES is None:
        return bool(llvm.get_host_cpu_features().get("avx512bf16"))
    return "+avx512bf16" in config.CPU_FEATURES.split(",")


ROUNDS_TO_BFLOAT16 = rounds_to_bfloat16()


def use_whole_vectors() -> None:
    """Let numba use 512 bits where the processor does not slow down for it.

    LLVM prefers 256 for every processor, for the sake of the first ones that had 512 and lowered
    their clock; those that round to bfloat16 came later. A choice of the user's is left alone, and
    what numba compiled before keeps its width.
    """
    config: Any = numba.config
    if ROUNDS_TO_BFLOAT16 and config.CPU_FEATURES is None:
        features = llvm.get_host_cpu_features().flatten()
        config.CPU_FEATURES = f"{features},-prefer-256-bit"
