"""Saves and restores torch's global settings around a trial."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch
from torch import Tensor

from search_spaces.errors import InputError


class Isolation:
    """Threads, modes and random numbers of one trial; they apply inside `entered()` only.

    Args:
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads of the trial.

    Raises:
        InputError: the device does not exist.
    """

    def __init__(self, device: str, threads: int) -> None:
        self.device = torch.device(device)
        if self.device.type == "cuda" and not torch.cuda.is_available():
            raise InputError(
                f"device is {device!r}, but this process sees no CUDA device (torch "
                f"{torch.__version__}); use cpu, or install a CUDA build of torch"
            )
        self._threads = threads
        self._cuda = [self.device] if self.device.type == "cuda" else []
        self._random: list[Tensor] | None = None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Apply the trial's settings and random state as it left them; restore the process's after.

        torch does not tell whether denormal numbers are flushed to zero: afterwards they are not,
        which is how a process starts.
        """
        threads = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        # Vanishing activations and moments are denormal numbers, which a CPU computes slowly.
        torch.set_flush_denormal(True)
        try:
            with (
                torch.random.fork_rng(self._cuda),
                torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False),
            ):
                if self._random is not None:
                    torch.set_rng_state(self._random[0])
                    for device in self._cuda:
                        torch.cuda.set_rng_state(self._random[1], device)
                yield
                states = [torch.cuda.get_rng_state(device) for device in self._cuda]
                self._random = [torch.get_rng_state(), *states]
        finally:
            torch.set_flush_denormal(False)
            torch.set_num_threads(threads)

    def memory_bytes(self) -> int:
        """Memory in use by the process on a CPU; the most ever allocated on a CUDA device."""
        if self._cuda:
            return torch.cuda.max_memory_allocated(self.device)
        return int(psutil.Process().memory_info().rss)
