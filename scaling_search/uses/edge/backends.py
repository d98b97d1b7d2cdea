"""What runs a network on this machine: each backend writes a file of it, and opens that to run.

torch is imported where it is used: a process that runs an ONNX file must not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from scaling_search.uses.edge import int8, onnx_files
from search_spaces.errors import InputError, suggest
from search_spaces.networks.spec import NetworkSpec

Run: TypeAlias = Callable[[], object]
"""Runs one prepared batch to its logits."""


@dataclass(frozen=True)
class Backend:
    """A way to run a network.

    Attributes:
        suffix: of its files.
        write: a file of a network with random weights, which runs as long as a trained one.
        open: (network, file, threads, batch) to something that runs.
    """

    suffix: str
    write: Callable[[NetworkSpec, Path], None]
    open: Callable[[NetworkSpec, Path, int, int], Run]


def _shape(spec: NetworkSpec, batch: int) -> tuple[int, int, int, int]:
    return batch, spec.in_channels, spec.resolution_px, spec.resolution_px


def _write_torch(spec: NetworkSpec, path: Path) -> None:
    from scaling_search.networks.weights import save_weights

    save_weights(onnx_files.random_network(spec), spec, path)


def _open_torch(spec: NetworkSpec, path: Path, threads: int, batch: int) -> Run:
    """The module as it is: float32, channels last, without gradients."""
    import torch

    from scaling_search.networks.weights import load_weights

    network = load_weights(spec, path).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.zeros(_shape(spec, batch)).contiguous(memory_format=torch.channels_last)

    def run() -> object:
        torch.set_num_threads(threads)  # another network's run may have set another number
        with torch.inference_mode():
            return network(images)

    return run


def _write_onnx(spec: NetworkSpec, path: Path) -> None:
    onnx_files.write_onnx(onnx_files.random_network(spec), spec, path)


def _write_int8(spec: NetworkSpec, path: Path) -> None:
    """Calibrated on noise: good for time and size, not for accuracy."""
    noise = np.random.default_rng(0).standard_normal((2, *_shape(spec, 4)), dtype=np.float32)
    plain = path.with_suffix(".float.onnx")
    _write_onnx(spec, plain)
    int8.quantise(plain, path, list(noise))
    plain.unlink()


def _open_onnx(spec: NetworkSpec, path: Path, threads: int, batch: int) -> Run:
    session = onnx_files.session(path, threads)
    images = np.zeros(_shape(spec, batch), dtype=np.float32)
    return lambda: onnx_files.logits(session, images)


BACKENDS: Final[dict[str, Backend]] = {
    "torch": Backend(".safetensors", _write_torch, _open_torch),
    "onnxruntime": Backend(".onnx", _write_onnx, _open_onnx),
    "onnxruntime-int8": Backend(".onnx", _write_int8, _open_onnx),
}
"""By name; all but the first need the extra `edge`."""


def get_backend(name: str) -> Backend:
    """The backend called `name`.

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    try:
        return BACKENDS[name]
    except KeyError:
        raise InputError(f"backend {name!r} is unknown: {suggest(name, BACKENDS)}") from None
