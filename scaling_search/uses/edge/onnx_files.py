"""ONNX files of networks, and running them with onnxruntime; both need the extra `edge`."""

from __future__ import annotations

import logging
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from search_spaces.errors import InputError, WorkError
from search_spaces.networks.spec import NetworkSpec

if TYPE_CHECKING:
    from torch import nn

OPSET: Final = 18
TOLERANCE: Final = 1e-4
"""The largest difference of a logit to PyTorch's, relative to the largest logit."""
_INPUT, _OUTPUT = "images", "logits"


@dataclass(frozen=True, kw_only=True)
class OnnxFile:
    """A file of one network: its size, and the largest relative difference to PyTorch's logits."""

    path: Path
    file_bytes: int
    difference: float
    opset: int


def needed(module: str) -> Any:
    """A module of the extra `edge`.

    Raises:
        InputError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise InputError(
            f"{module.partition('.')[0]} is not installed: ONNX needs the extra `edge`, "
            "pip install 'scaling-search[edge]'"
        ) from None


def random_network(spec: NetworkSpec) -> nn.Module:
    """A network as it is before training, in evaluation mode; the same at every call."""
    import torch

    from scaling_search.networks.modules import build

    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return build(spec).eval()


@contextmanager
def unpublished(path: Path) -> Iterator[Path]:
    """A file beside `path` to write and to check before it is moved there; else it is removed."""
    temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.onnx")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def write_onnx(
    network: nn.Module, spec: NetworkSpec, path: Path, metadata: Mapping[str, str] | None = None
) -> OnnxFile:
    """A network in one ONNX file, for any number of images, compared with PyTorch on random ones.

    A file that is not the network is not left at `path`, nor what was there replaced.

    Args:
        network: the module.
        spec: its channels and resolution.
        path: the file.
        metadata: texts for it, see `describe`.

    Raises:
        InputError: the extra `edge` is not installed.
        WorkError: onnxruntime's logits are not PyTorch's.
    """
    import torch

    needed("onnxscript")
    network.eval()
    generator = torch.Generator().manual_seed(0)
    shape = (2, spec.in_channels, spec.resolution_px, spec.resolution_px)
    images = torch.randn(shape, generator=generator)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        expected = network(images).numpy()
    with unpublished(path) as temporary:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                (images,),
                temporary,
                input_names=[_INPUT],
                output_names=[_OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                opset_version=OPSET,
                external_data=False,
                verbose=False,
            )
        if metadata:
            describe(temporary, metadata)
        found = logits(session(temporary, 1), images.numpy())
        difference = float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-6))
        if not difference <= TOLERANCE:
            raise WorkError(
                f"onnxruntime's logits differ from PyTorch's by {difference:.2g} of the largest, "
                f"more than {TOLERANCE:g}: it would not be the network that was exported, so "
                f"{path} was not written"
            )
        temporary.replace(path)
    return OnnxFile(path=path, file_bytes=path.stat().st_size, difference=difference, opset=OPSET)


def describe(path: Path, entries: Mapping[str, str]) -> None:
    """Put texts into a file's metadata, where onnxruntime's `get_modelmeta` finds them."""
    onnx = needed("onnx")
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, dict(entries))
    onnx.save(model, str(path))


def session(path: Path, threads: int) -> Any:
    """An onnxruntime session on the CPU.

    Raises:
        InputError: onnxruntime is not installed, or cannot read the file.
    """
    runtime = needed("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own that share no base
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} is no network that onnxruntime runs: {reason}") from None


def logits(opened: Any, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, C, H, W) images to (N, classes)."""
    (found,) = opened.run([_OUTPUT], {_INPUT: images})
    return np.asarray(found, dtype=np.float32)


def accuracy(
    path: Path, batches: list[tuple[NDArray[np.float32], NDArray[np.int64]]], threads: int
) -> float:
    """The share of images that a file's network tells right."""
    opened = session(path, threads)
    right = [(logits(opened, images).argmax(1) == labels) for images, labels in batches]
    return float(np.concatenate(right).mean())
