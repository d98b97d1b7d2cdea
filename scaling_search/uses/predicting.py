"""Images to labels, as the network of a checkpoint wants its images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from scaling_search.data.decode import UnreadableImageError, decode
from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.files import Checkpoint
from scaling_search.training.images import Normalisation, resized
from search_spaces.errors import InputError

BATCH: Final = 32
_CPU: Final = torch.device("cpu")


@dataclass(frozen=True)
class Label:
    """A class and its probability."""

    name: str
    probability: float


@dataclass(frozen=True)
class Prediction:
    """An image: its most probable classes, best first, or why it could not be read."""

    image: Path
    labels: tuple[Label, ...] = ()
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        labels = [{"class": one.name, "probability": one.probability} for one in self.labels]
        return {"image": str(self.image), "labels": labels, "problem": self.problem}


def read_image(path: Path, about: About) -> NDArray[np.uint8]:
    """(S, S, C) uint8, as the data set of a network is decoded.

    Raises:
        UnreadableImageError: the file is not there, or no image that can be decoded.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise UnreadableImageError("a folder or device, no file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(error.strerror or str(error)) from None
    return decode(content, about.source_px, about.channels, about.depth_bits)


def inputs(images: NDArray[np.uint8], about: About) -> Tensor:
    """(B, S, S, C) uint8 to (B, C, R, R) float32, resized and normalised for the network.

    Images of k times the side that it was trained on keep their scale: they have k · R.
    """
    normalise = Normalisation(about.mean, about.std, _CPU, channels_last=True)
    side_px = about.network.resolution_px * images.shape[1] // about.source_px
    return normalise(resized(torch.from_numpy(images), side_px))


def predict(
    checkpoint: Checkpoint, images: Iterable[Path], *, top: int = 1, batch_size: int = BATCH
) -> Iterator[Prediction]:
    """Classify image files, in their order, a batch at a time.

    Args:
        checkpoint: the network.
        images: files; one that cannot be read gives its problem, and the others go on.
        top: classes per image, at most as many as there are.
        batch_size: images at once.

    Raises:
        InputError: `top` is below 1.
    """
    if top < 1:
        raise InputError(f"top is {top}: ask for at least 1 class")
    waiting: list[Path] = []
    for path in images:
        waiting.append(path)
        if len(waiting) == batch_size:
            yield from _predict(checkpoint, waiting, top)
            waiting = []
    yield from _predict(checkpoint, waiting, top)


def _predict(checkpoint: Checkpoint, paths: Sequence[Path], top: int) -> Iterator[Prediction]:
    problems: dict[Path, str] = {}
    decoded: dict[Path, NDArray[np.uint8]] = {}
    for path in paths:
        try:
            decoded[path] = read_image(path, checkpoint.about)
        except UnreadableImageError as error:
            problems[path] = str(error)
    labels = _labels(checkpoint, list(decoded.values()), top) if decoded else []
    found = dict(zip(decoded, labels, strict=True))
    for path in paths:
        yield Prediction(path, found.get(path, ()), problems.get(path))


def _labels(
    checkpoint: Checkpoint, images: Sequence[NDArray[np.uint8]], top: int
) -> list[tuple[Label, ...]]:
    names = checkpoint.about.class_names
    with torch.inference_mode():
        logits = checkpoint.network(inputs(np.stack(images), checkpoint.about))
        best = logits.float().softmax(1).topk(min(top, len(names)), dim=1)
    return [
        tuple(Label(names[index], value) for value, index in zip(values, indices, strict=True))
        for values, indices in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]
