"""One network as the files that are deployed, and how accurate each of them still is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from scaling_search.data import PreparedDataset, Split
from scaling_search.networks.checkpoints import About, Checkpoint
from scaling_search.networks.modules import build
from scaling_search.networks.weights import OFFICIAL_SETTINGS, detect, load_weights, read_tensors
from scaling_search.training import Training
from scaling_search.training.compiled import log_missing_numba
from scaling_search.training.images import Images
from scaling_search.uses.edge import int8, onnx_files
from scaling_search.uses.edge.int8 import MAX_LOSS
from scaling_search.uses.edge.preprocessing import metadata
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.reading import parse

Batch = tuple[NDArray[np.float32], NDArray[np.int64]]
"""(N, C, H, W) inputs and (N,) labels."""

Say = Callable[[str, float | None], None]
"""Called with what is going on, and which share of it is done."""

_BATCH = 64


@dataclass(frozen=True)
class LibraryWeights:
    """Trained weights in a file; `pretrained`: a library's own, with its padding and ε."""

    path: Path
    pretrained: bool = False


@dataclass(frozen=True, kw_only=True)
class Int8:
    """The file in int8: calibrated on images of the training split.

    Attributes:
        target: the file.
        calibration: images that it is calibrated on.
        max_loss: accuracy, 0 to 1, that it may lose; a file that loses more is not written.
    """

    target: Path
    calibration: int = 128
    max_loss: float = MAX_LOSS


@dataclass(frozen=True)
class _Trained:
    """A network in evaluation mode, where its weights come from, and what is known of it."""

    network: nn.Module
    origin: str
    about: About | None = None


def deploy(
    network: NetworkSpec | Checkpoint,
    target: Path,
    *,
    weights: LibraryWeights | None = None,
    data: PreparedDataset | None = None,
    images: int = 10_000,
    quantised: Int8 | None = None,
    progress: Say | None = None,
) -> dict[str, Any]:
    """Write an ONNX file of a network, and one in int8.

    Args:
        network: a checkpoint, with its weights, or a spec; without `weights`, that takes its
            channels and classes from the data. Files of a checkpoint, and of a network that is
            trained here, say how images are prepared and what the classes are called.
        target: the ONNX file.
        weights: of the spec; without them the network is trained on the data, or is random.
        data: where accuracy is measured (on the validation split), and int8 calibrated.
        images: budget of the training, at the proxies' recipe.
        quantised: the file in int8, which needs data.
        progress: called with what is going on, and the share of it that is done.

    Returns:
        Plain JSON values: how the weights came about, and for each file its size, its accuracy, and
        for int8 what it lost and the verdict on that (see `int8.verdict`).

    Raises:
        InputError: weights and network do not fit, or the extra `edge` is not installed.
        WorkError: onnxruntime's logits are not PyTorch's.
    """
    say = progress or (lambda text, done: None)
    onnx_files.needed("onnxruntime")
    spec, data = _matched(network, weights, data)
    if isinstance(network, Checkpoint):
        trained = _Trained(network.network, "of the checkpoint", network.about)
    else:
        trained = _from_spec(spec, weights, data, images, say)
    described = {} if trained.about is None else metadata(trained.about)
    say(f"writing {target}", None)
    written = onnx_files.write_onnx(trained.network, spec, target, described)
    validation = [] if data is None else _batches(spec, data, "validation", None)
    accuracy = onnx_files.accuracy(target, validation, 1) if validation else None
    files = [_file(target, "float32", written.file_bytes, written.difference, accuracy)]
    if quantised is not None:
        if data is None:
            raise InputError("int8 has no images to calibrate on: name a data set")
        say(f"writing {quantised.target}", None)
        assert accuracy is not None
        batches = _batches(spec, data, "train", quantised.calibration)
        seen = [inputs for inputs, _ in batches]
        files.append(_quantise(target, quantised, seen, described, validation, accuracy))
    return {
        "spec_key": spec.key,
        "weights": trained.origin,
        "opset": written.opset,
        "dataset": None if data is None else data.name,
        "validation_images": sum(len(labels) for _, labels in validation),
        "files": files,
    }


def _file(
    path: Path, precision: str, size_bytes: int, difference: float | None, accuracy: float | None
) -> dict[str, Any]:
    return {
        "file": str(path),
        "precision": precision,
        "bytes": size_bytes,
        "difference": difference,
        "accuracy": accuracy,
    }


def _quantise(
    source: Path,
    quantised: Int8,
    calibration: list[NDArray[np.float32]],
    described: dict[str, str],
    validation: list[Batch],
    accuracy: float,
) -> dict[str, Any]:
    """Write the file in int8, unless it loses too much; what it is and lost."""
    with onnx_files.unpublished(quantised.target) as temporary:
        int8.quantise(source, temporary, calibration)
        if described:
            onnx_files.describe(temporary, described)
        reached = onnx_files.accuracy(temporary, validation, 1)
        verdict = int8.verdict(accuracy - reached, quantised.max_loss)
        size = temporary.stat().st_size
        file = _file(quantised.target, "int8", size, None, reached)
        file |= {"loss": accuracy - reached, "verdict": verdict}
        if verdict != "refused":
            temporary.replace(quantised.target)
    return file


def _matched(
    network: NetworkSpec | Checkpoint,
    weights: LibraryWeights | None,
    data: PreparedDataset | None,
) -> tuple[NetworkSpec, PreparedDataset | None]:
    """The spec, for the data where it is trained on them, and the data as the network wants them.

    Raises:
        InputError: they differ in channels or classes.
    """
    spec = network if isinstance(network, NetworkSpec) else network.about.network
    if data is None:
        return spec, None
    channels, classes = data.channels, len(data.class_names)
    if isinstance(network, Checkpoint):
        data = _as_learned(data, network.about)
    elif weights is None:
        spec = dataclasses.replace(spec, in_channels=channels, classes=classes)
    if (spec.in_channels, spec.classes) != (channels, classes):
        raise InputError(
            f"the network takes {spec.in_channels} channels and tells {spec.classes} classes "
            f"apart, {data.name} has {channels} and {classes}: name a data set of the kind that "
            "the weights were trained on"
        )
    return spec, data


def _as_learned(data: PreparedDataset, about: About) -> PreparedDataset:
    """The images as a checkpoint wants them.

    Raises:
        InputError: their classes are others.
    """
    if data.class_names != about.class_names:
        raise InputError(
            f"{data.name} has the classes {', '.join(data.class_names[:5])}, …, the checkpoint "
            f"{', '.join(about.class_names[:5])}, …: name a data set of the classes that it knows"
        )
    return dataclasses.replace(data, mean=about.mean, std=about.std)


def _from_spec(
    spec: NetworkSpec,
    weights: LibraryWeights | None,
    data: PreparedDataset | None,
    images: int,
    say: Say,
) -> _Trained:
    """The network with weights of a file, else trained on the data, else as it is initialised."""
    if weights is not None:
        library = detect(read_tensors(weights.path))
        settings = OFFICIAL_SETTINGS.get(library, {}) if weights.pretrained else {}
        return _Trained(load_weights(spec, weights.path, **settings), str(weights.path))
    if data is None:
        return _Trained(onnx_files.random_network(spec), "random")
    proxy = parse(ProxySpec, {"images": images}, "training first")
    log_missing_numba("cpu", 1)
    training = Training(spec, proxy, data, 0)
    last = proxy.report_steps[-1]
    for report in training.epochs():
        say(f"training: {report.images:,} of {images:,} images", report.steps / last)
    network = build(spec).eval()
    # Training may have put faster layers in place of plain ones; the tensors are the same.
    network.load_state_dict(training.network.state_dict())
    origin = f"trained on {images:,} images of {data.name}, seed 0"
    return _Trained(network, origin, About.of(spec, data, seed=0))


def _batches(
    spec: NetworkSpec, data: PreparedDataset, split: Split, count: int | None
) -> list[Batch]:
    """A split's inputs and labels, or its first `count`."""
    cpu = torch.device("cpu")
    source = Images(data.open_split(split), data, spec.resolution_px, cpu, channels_last=False)
    positions = torch.arange(min(len(source), count or len(source)))
    return [
        (inputs.numpy(), labels.numpy()) for inputs, labels in source.batches(positions, _BATCH)
    ]
