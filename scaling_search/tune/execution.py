"""Resources of a sweep: they decide how fast it runs and where, never its results."""

from __future__ import annotations

from dataclasses import dataclass

from scaling_search.tune.session import check_address
from search_spaces.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Resources of a sweep's trials.

    `workers` trials run at once; each gets `cpus_per_trial` threads and `gpus_per_trial` of a CUDA
    device (a fraction shares it; 0 trains on the CPU). A trial that raises is tried `attempts`
    times. `ray_address` is a running cluster's host:port, None for a private Ray.
    """

    workers: int
    cpus_per_trial: int = 1
    gpus_per_trial: float = 0.0
    attempts: int = 2
    ray_address: str | None = None

    def __post_init__(self) -> None:
        for name in ("workers", "cpus_per_trial", "attempts"):
            value = getattr(self, name)
            if not 1 <= value <= 10_000:
                raise InputError(f"{name} is {value}: it must be between 1 and 10000")
        if not 0 <= self.gpus_per_trial <= 64:
            raise InputError(
                f"gpus_per_trial is {self.gpus_per_trial:g}: it must be between 0 and 64; "
                "0.25 lets four trials share a device"
            )
        if self.ray_address is not None:
            check_address(self.ray_address)
