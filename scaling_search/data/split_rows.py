"""The rows of each split, chosen once and kept beside the decoded images."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scaling_search.data.arrays import read_hashes, read_pixel_hashes
from scaling_search.data.cache import publish, read_value, readable_errors, write_value
from scaling_search.data.copies import copied_from, repeated
from scaling_search.data.dataset import IMAGES_FILE, LABELS_FILE
from scaling_search.data.splits import split
from scaling_search.data.statistics import channel_statistics
from search_spaces.specs.data import DataSpec

_FACTS_FILE = "split.json"


@dataclass(frozen=True, kw_only=True)
class SplitFacts:
    """A split that is on the disk: its folder holds train.npy and validation.npy.

    Attributes:
        key: sha256 of the images of each side, whatever their order.
        train_counts, validation_counts: images of each class.
        mean, std: per channel over the training images, in 0..1.
        train_copies: training images that are copies of others of them.
        validation_copies: validation images that are copies of training images.
    """

    key: str
    train_counts: tuple[int, ...]
    validation_counts: tuple[int, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    train_copies: int
    validation_copies: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the results should know."""
        if not self.validation_copies:
            return ()
        return (
            f"{self.validation_copies:,} validation images are exact copies of training images",
        )


def split_folder(
    decoded: Path, class_names: Sequence[str], spec: DataSpec, held_fraction: float
) -> tuple[Path, SplitFacts]:
    """The folder of a split: made, or found as it was made before.

    Args:
        decoded: folder of the decoded images.
        class_names: in the order of the labels.
        spec: fraction, seed and cap.
        held_fraction: what was held out as test split before.

    Raises:
        InputError: a class would be missing on one side.
    """
    hashes = read_hashes(decoded)
    labels = np.load(decoded / LABELS_FILE, allow_pickle=False)
    identity = hashlib.sha256(hashes.tobytes() + labels.tobytes())
    choice = (decoded.name, spec.validation_fraction, spec.split_seed, spec.max_train_images)
    identity.update(repr(choice).encode())
    target = decoded.parent / "splits" / identity.hexdigest()[:32]
    known = read_value(target / _FACTS_FILE, SplitFacts)
    if known is not None:
        return target, known
    rows = split(hashes, labels, class_names, spec, held_fraction)
    images = np.load(decoded / IMAGES_FILE, mmap_mode="r", allow_pickle=False)
    mean, std = channel_statistics(images, rows.train)
    sides = [b"".join(sorted(row.tobytes() for row in hashes[side])) for side in rows.sides()]
    train_counts, validation_counts = (
        tuple(np.bincount(labels[side], minlength=len(class_names)).tolist())
        for side in rows.sides()
    )
    pixels = read_pixel_hashes(decoded)
    facts = SplitFacts(
        key=hashlib.sha256(b"|".join(sides)).hexdigest(),
        train_counts=train_counts,
        validation_counts=validation_counts,
        mean=mean,
        std=std,
        train_copies=repeated(pixels[rows.train]),
        validation_copies=copied_from(pixels[rows.validation], pixels[rows.train]),
    )

    def write(inside: Path) -> None:
        np.save(inside / "train.npy", rows.train)
        np.save(inside / "validation.npy", rows.validation)
        write_value(inside / _FACTS_FILE, facts)

    with readable_errors(target.parent):
        target.parent.mkdir(exist_ok=True)
    publish(target, write)
    return target, facts
