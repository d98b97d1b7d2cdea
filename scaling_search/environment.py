"""What a result was computed with, and on: recorded with every sweep."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

_PACKAGES = (
    "scaling-search", "torch", "ray", "fvcore", "numpy", "scipy", "datasets", "pillow",
    "onnxruntime",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Python's and the packages' versions that a result may depend on."""
    known = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            continue
    return known


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """Processor, cores and memory in bytes of this machine."""
    return {
        "processor": _processor(),
        "cores": usable_cores(),
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
    }


def machine_name() -> str:
    """This machine in a line: what a latency was measured on."""
    here = machine()
    memory = here["memory_bytes"] / 2**30
    return f"{here['processor']}, {here['cores']} cores, {memory:.0f} GiB"


def cuda_devices() -> list[str]:
    """Names of the CUDA devices that torch can use."""
    import torch  # only here: listing sweeps should not wait for it

    devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [torch.cuda.get_device_name(index) for index in range(devices)]


def hardware() -> dict[str, Any]:
    """This machine with its CUDA devices."""
    return machine() | {"cuda": cuda_devices()}


def usable_cores() -> int:
    """Physical cores that this process may run on: hyperthreads do not add multiply-adds."""
    return min(cores(), psutil.cpu_count(logical=False) or cores())


def cores() -> int:
    """Processor cores, hyperthreads included, that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
