"""Whether networks train on compiled layers: one CPU thread, numba installed, not switched off."""

from __future__ import annotations

import logging
import os
from functools import cache
from importlib.util import find_spec

from torch import nn

from search_spaces.errors import InputError

COMPILED_VARIABLE = "SCALING_SEARCH_COMPILED_LAYERS"
"""0 trains on PyTorch's own layers everywhere."""


def _fit(device: str, threads: int) -> bool:
    """Whether compiled layers would be used if numba is installed."""
    wanted = os.environ.get(COMPILED_VARIABLE) or "1"
    if wanted not in ("0", "1"):
        raise InputError(
            f"{COMPILED_VARIABLE} is {wanted!r}: it must be 1 (the default), or 0 for PyTorch's "
            "own layers"
        )
    return device == "cpu" and threads == 1 and wanted == "1"


def compiled_layers(device: str, threads: int) -> bool:
    """Whether trials run, channels last, on the layers of `training.cpu`: the fastest way.

    Those use one thread; with more of them PyTorch's own layers do, and wherever
    SCALING_SEARCH_COMPILED_LAYERS is 0 or numba (the extra `cpu`) is not installed.

    Raises:
        InputError: the variable is neither 0 nor 1.
    """
    return _fit(device, threads) and find_spec("numba") is not None


def compile_layers(network: nn.Module, device: str, threads: int) -> None:
    """Replace a network's layers by compiled ones, in place, where `compiled_layers` says so."""
    if compiled_layers(device, threads):
        from scaling_search.training.cpu import speed_up  # numba takes a second to import

        speed_up(network)


def log_missing_numba(device: str, threads: int) -> None:
    """Log once per process that training would be faster with the extra `cpu`.

    For the process that drives trainings, so that not every worker repeats it.
    """
    if _fit(device, threads) and find_spec("numba") is None:
        _log_once()


@cache
def _log_once() -> None:
    logging.getLogger(__name__).warning(
        "numba is not installed: training uses PyTorch's own layers, which take two to three times "
        "as long on a CPU; install the extra `cpu`: pip install 'scaling-search[cpu]'"
    )
