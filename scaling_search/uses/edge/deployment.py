"""One network as the files that are deployed, and how accurate each of them still is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from scaling_search.data import PreparedDataset
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

_BATCH = 64


def deploy(
    spec: NetworkSpec,
    target: Path,
    *,
    quantised: Path | None = None,
    weights: Path | None = None,
    pretrained: bool = False,
    data: PreparedDataset | None = None,
    images: int = 10_000,
    calibration: int = 128,
    max_loss: float = MAX_LOSS,
    checkpoint: Checkpoint | None = None,
    told: Callable[[str, float | None], None] | None = None,
) -> dict[str, Any]:
    """An ONNX file of a network, and one in int8.

    Args:
        spec: the network; without `weights`, it takes its channels and classes from the data.
        target: the ONNX file.
        quantised: the file in int8; needs data to be calibrated on.
        weights: trained ones; without them the network is trained on the data, or is random.
        pretrained: the weights are a library's own, with its padding and ε.
        data: where accuracy is measured (on the validation split).
        images: budget of the training, at the proxies' recipe.
        checkpoint: the network with its weights. Its files, and those of a network that is trained
            here, say how images are prepared and what the classes are called.
        calibration: images of the training split that int8 is calibrated on.
        max_loss: accuracy, 0 to 1, that int8 may lose; a file that loses more is not written.
        told: hears what is going on.

    Returns:
        Plain JSON values: how the weights came about, and for each file its size, its accuracy, and
        for int8 what it lost and the verdict on that (see `int8.verdict`).

    Raises:
        InputError: weights and network do not fit, or the extra `edge` is not installed.
        WorkError: onnxruntime's logits are not PyTorch's.
    """
    say = told or (lambda text, done: None)
    onnx_files.needed("onnxruntime")
    if data is not None and checkpoint is not None:
        data = _as_learned(data, checkpoint.about)
    elif data is not None and weights is None:
        spec = dataclasses.replace(spec, in_channels=data.channels, classes=len(data.class_names))
    if data is not None and (spec.in_channels, spec.classes) != (
        data.channels,
        len(data.class_names),
    ):
        raise InputError(
            f"the network takes {spec.in_channels} channels and tells {spec.classes} classes "
            f"apart, {data.name} has {data.channels} and {len(data.class_names)}: name a data set "
            "of the kind that the weights were trained on"
        )
    about = None
    if checkpoint is not None:
        network, origin, about = checkpoint.network, "of the checkpoint", checkpoint.about
    else:
        network, origin = _network(spec, weights, pretrained, data, images, say)
        if data is not None and weights is None:
            about = About.of(spec, data, seed=0)
    described = {} if about is None else metadata(about)
    say(f"writing {target}", None)
    written = onnx_files.write_onnx(network, spec, target, described)
    validation = [] if data is None else _batches(spec, data, "validation", None)
    plain = onnx_files.accuracy(target, validation, 1) if validation else None
    files: list[dict[str, Any]] = [
        {
            "file": str(target),
            "precision": "float32",
            "bytes": written.file_bytes,
            "difference": written.difference,
            "accuracy": plain,
        }
    ]
    if quantised is not None:
        if data is None:
            raise InputError("int8 has no images to calibrate on: name a data set")
        say(f"writing {quantised}", None)
        seen = [inputs for inputs, _ in _batches(spec, data, "train", calibration)]
        assert plain is not None
        with onnx_files.unpublished(quantised) as temporary:
            int8.quantise(target, temporary, seen)
            if described:
                onnx_files.describe(temporary, described)
            reached = onnx_files.accuracy(temporary, validation, 1)
            verdict = int8.verdict(plain - reached, max_loss)
            files.append(
                {
                    "file": str(quantised),
                    "precision": "int8",
                    "bytes": temporary.stat().st_size,
                    "difference": None,
                    "accuracy": reached,
                    "loss": plain - reached,
                    "verdict": verdict,
                }
            )
            if verdict != "refused":
                temporary.replace(quantised)
    return {
        "spec_key": spec.key,
        "weights": origin,
        "opset": written.opset,
        "dataset": None if data is None else data.name,
        "validation_images": sum(len(labels) for _, labels in validation),
        "files": files,
    }


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


def _network(
    spec: NetworkSpec,
    weights: Path | None,
    pretrained: bool,
    data: PreparedDataset | None,
    images: int,
    say: Callable[[str, float | None], None],
) -> tuple[nn.Module, str]:
    """The network in evaluation mode, and where its weights are from."""
    if weights is not None:
        library = detect(read_tensors(weights))
        settings = OFFICIAL_SETTINGS.get(library, {}) if pretrained else {}
        return load_weights(spec, weights, **settings), str(weights)
    if data is None:
        return onnx_files.random_network(spec), "random"
    proxy = parse(ProxySpec, {"images": images}, "training first")
    log_missing_numba("cpu", 1)
    training = Training(spec, proxy, data, 0)
    last = proxy.report_steps[-1]
    for report in training.epochs():
        say(f"training: {report.images:,} of {images:,} images", report.steps / last)
    network = build(spec).eval()
    # Training may have put faster layers in place of plain ones; the tensors are the same.
    network.load_state_dict(training.network.state_dict())
    return network, f"trained on {images:,} images of {data.name}, seed 0"


def _batches(
    spec: NetworkSpec, data: PreparedDataset, split: Any, count: int | None
) -> list[Batch]:
    """A split's inputs and labels, or its first `count`."""
    source = Images(
        data.open_split(split),
        data,
        spec.resolution_px,
        torch.device("cpu"),
        channels_last=False,
    )
    positions = torch.arange(min(len(source), count or len(source)))
    return [
        (inputs.numpy(), labels.numpy()) for inputs, labels in source.batches(positions, _BATCH)
    ]
