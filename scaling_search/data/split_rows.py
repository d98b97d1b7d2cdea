"""The rows of each split, chosen once and kept beside the decoded images."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scaling_search.data.cache import publish, read_json, readable_errors, write_json
from scaling_search.data.copies import copied_from, repeated
from scaling_search.data.entry import read_hashes, read_pixel_hashes
from scaling_search.data.plain import tuples
from scaling_search.data.prepared import IMAGES_FILE, LABELS_FILE
from scaling_search.data.splits import split
from scaling_search.data.statistics import channel_statistics
from search_spaces.specs.data import DataSpec

_FACTS_FILE = "split.json"


@dataclass(frozen=True, kw_only=True)
class SplitRows:
    """A split that is on the disk: its folder holds train.npy and validation.npy.

    Attributes:
        key: sha256 of the images of each side, whatever their order.
        path: the folder.
        train_counts, validation_counts: images of each class.
        mean, std: per channel over the training images, in 0..1.
        train_copies: training images that are copies of others of them.
        validation_copies: validation images that are copies of training images.
    """

    key: str
    path: str
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


def open_split_rows(
    folder: Path, class_names: Sequence[str], spec: DataSpec, held_fraction: float
) -> SplitRows:
    """Splits the decoded images of a folder, or finds the split that was made before.

    Args:
        folder: of the decoded images.
        class_names: in the order of the labels.
        spec: fraction, seed and cap.
        held_fraction: what was held apart as test split before.

    Raises:
        InputError: where a class would be missing on one side.
    """
    hashes = read_hashes(folder)
    labels = np.load(folder / LABELS_FILE, allow_pickle=False)
    identity = hashlib.sha256(hashes.tobytes() + labels.tobytes())
    choice = (folder.name, spec.validation_fraction, spec.split_seed, spec.max_train_images)
    identity.update(repr(choice).encode())
    target = folder.parent / "splits" / identity.hexdigest()[:32]
    known = read_json(target / _FACTS_FILE)
    if known is not None:
        return SplitRows(path=str(target), **tuples(known))
    rows = split(hashes, labels, class_names, spec, held_fraction)
    images = np.load(folder / IMAGES_FILE, mmap_mode="r", allow_pickle=False)
    mean, std = channel_statistics(images, rows.train)
    sides = [b"".join(sorted(row.tobytes() for row in hashes[side])) for side in rows.sides()]
    pixels = read_pixel_hashes(folder)
    made = SplitRows(
        key=hashlib.sha256(b"|".join(sides)).hexdigest(),
        path=str(target),
        train_counts=tuple(np.bincount(labels[rows.train], minlength=len(class_names)).tolist()),
        validation_counts=tuple(
            np.bincount(labels[rows.validation], minlength=len(class_names)).tolist()
        ),
        mean=mean,
        std=std,
        train_copies=repeated(pixels[rows.train]),
        validation_copies=copied_from(pixels[rows.validation], pixels[rows.train]),
    )

    def write(inside: Path) -> None:
        np.save(inside / "train.npy", rows.train)
        np.save(inside / "validation.npy", rows.validation)
        facts = dataclasses.asdict(made)
        del facts["path"]
        write_json(inside / _FACTS_FILE, facts)

    with readable_errors(target.parent):
        target.parent.mkdir(exist_ok=True)
    publish(target, write)
    return made
