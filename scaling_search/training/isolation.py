"""A trial inside a process that has other things to do: its settings come in and go out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch
from torch import Tensor

from search_spaces.errors import InputError


class Isolation:
    """Threads, modes and random numbers of one trial; outside `entered()` the process has its own.

    Args:
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads of the trial.

    Raises:
        InputError: the device is not there.
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
        """The trial's settings and random state as it left them; the process's come back after.

        Denormal numbers alone cannot be asked for: afterwards they are computed as such again,
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
