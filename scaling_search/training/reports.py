"""What a proxy training says: after each epoch, and at its end. Plain values that travel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network on a split.

    Attributes:
        loss: mean cross-entropy without label smoothing; None where it is not finite.
        top1: fraction of images whose largest logit is their class.
        top5: fraction whose class is among the five largest; None with ten classes or fewer.
        correct: (n,) bool in the split's order, what `top1` is the mean of.
    """

    loss: float | None
    top1: float
    top5: float | None
    correct: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EpochReport:
    """A trial at one of its evaluations.

    Attributes:
        epoch: number of this report, from 1.
        steps: optimizer steps so far; images: training images so far, repeats counted.
        train_loss: mean over the steps since the last report, with label smoothing and
            augmentation; None where it is not finite.
        validation_loss, top1, top5: as in `Evaluation`, on the validation split.
        learning_rate: of the last step.
        images_per_second: training images since the last report, evaluation not counted.
        peak_memory_bytes: most memory used so far: of the process on a CPU (sampled between
            forward and backward), of the device's allocator on CUDA.
        diverged: the trial stops here because its loss is not finite or exploded.
    """

    epoch: int
    steps: int
    images: int
    train_loss: float | None
    validation_loss: float | None
    top1: float
    top5: float | None
    learning_rate: float
    images_per_second: float
    peak_memory_bytes: int
    diverged: bool


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A trial at its end: the last evaluation, and what it took.

    Attributes:
        top1, top5, validation_loss, train_loss: of the last report.
        correct: one bit per validation image in the split's order, as `numpy.packbits` packs
            them; `unpack_correct` is the inverse. Paired comparisons of candidates need it.
        n_validation: validation images, the bits of `correct` that count.
        epochs: reports made; steps, images: trained, repeats counted.
        diverged: training stopped early because the loss was not finite or exploded.
        train_seconds: time in training steps; seconds: with building, resizing and evaluating.
        images_per_second: images / train_seconds.
        peak_memory_bytes: as in `EpochReport`.
    """

    top1: float
    top5: float | None
    validation_loss: float | None
    train_loss: float | None
    correct: bytes
    n_validation: int
    epochs: int
    steps: int
    images: int
    diverged: bool
    train_seconds: float
    seconds: float
    images_per_second: float
    peak_memory_bytes: int


def pack_correct(correct: NDArray[np.bool_]) -> bytes:
    """(n,) bool to ceil(n / 8) bytes."""
    return np.packbits(correct).tobytes()


def unpack_correct(packed: bytes, n_validation: int) -> NDArray[np.bool_]:
    """The (n_validation,) bool that `pack_correct` packed."""
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=n_validation)
    return bits.astype(np.bool_)
