"""The reading side: prepared images as memory-mapped arrays.

Runs inside Ray workers, so it never decodes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.cache import adapter
from search_spaces.errors import InputError, WorkError
from search_spaces.planning.warnings import upsampling_note

Split = Literal["train", "validation", "test"]

IMAGES_FILE = "images.npy"
LABELS_FILE = "labels.npy"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Files of a data set that are not read, of one ending and for one reason.

    Attributes:
        ending: in lower case with its dot; empty for names without one.
        count: how many there are.
        reason, remedy: why, and what would let them be read.
    """

    ending: str
    count: int
    reason: str
    remedy: str


@dataclass(frozen=True)
class SplitArrays:
    """One split, as rows of a memory-mapped array of images.

    Attributes:
        images: (N, H, W, C) uint8, read-only and mapped: all images the split is part of.
        rows: (n,) int64, the rows of `images` that belong to the split, ascending.
        labels: (n,) int64, the class of each of those rows.
    """

    images: NDArray[np.uint8]
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def gather(self, positions: NDArray[np.int64] | slice) -> NDArray[np.uint8]:
        """Copy the images at these positions of the split: (n, H, W, C) uint8."""
        return np.asarray(self.images[self.rows[positions]])


@dataclass(frozen=True, kw_only=True)
class PreparedDataset:
    """Images decoded and split, ready to be mapped; small enough to travel to any worker.

    Attributes:
        name: what the user called it.
        fingerprint: sha256 over class, name and content of every image to train on, those that are
            held out from them included, and of how many bits of them are used.
        cache_key: names the decoded arrays: fingerprint and decoding options.
        split_key: names the split: the images of training and validation, nothing else.
        path: folder of the decoded arrays; split_path: folder of the rows of each split.
        test_path: folder of the decoded test images; None until they are asked for.
        class_names: in the order of the labels.
        channels: 1 (grey) or 3 (RGB).
        native_min_px, native_median_px: shorter side of the images before any resizing.
        source_px: side of the square images in the cache.
        train_counts, validation_counts: images of each class.
        test_count: images of the test split, as listed while it is closed; None without one.
        n_skipped, skipped: corrupt images left out: how many, and the names of the first.
        left_out: files that are not read, by ending.
        mean, std: per channel over the training split, pixel values in 0..1.
        validation_fraction, split_seed, max_train_images: as in the spec.
        notes: remarks on the data for readers of the results.
        test_fingerprint: the same of the test split; None where there is none.
        depth_bits: how many bits are used of images with more than 8 per channel; None where there
            are none.
        train_copies: training images that are exact copies of others of them.
        validation_copies: validation images that are exact copies of training images.
        test_copies: test images that are exact copies of images to train or validate on; None
            without a test split.
        contradictory: images of all splits whose pixels occur in more than one class.
    """

    name: str
    fingerprint: str
    cache_key: str
    split_key: str
    path: str
    split_path: str
    test_path: str | None
    class_names: tuple[str, ...]
    channels: int
    native_min_px: int
    native_median_px: int
    source_px: int
    train_counts: tuple[int, ...]
    validation_counts: tuple[int, ...]
    test_count: int | None
    n_skipped: int
    skipped: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    validation_fraction: float
    split_seed: int
    max_train_images: int | None
    notes: tuple[str, ...]
    test_fingerprint: str | None = None
    depth_bits: int | None = None
    train_copies: int = 0
    validation_copies: int = 0
    test_copies: int | None = None
    contradictory: int = 0

    @property
    def n_train(self) -> int:
        """Images of the training split."""
        return sum(self.train_counts)

    @property
    def n_validation(self) -> int:
        """Images of the validation split."""
        return sum(self.validation_counts)

    @property
    def detail_px(self) -> int:
        """Pixels of detail along a side: native, or fewer where the cache holds fewer."""
        return min(self.native_median_px, self.source_px)

    def upsampling_note(self, resolution_px: int) -> str | None:
        """The caution for a candidate of that resolution, or None where none is due."""
        return upsampling_note(resolution_px, self.native_median_px, self.source_px)

    def open_split(self, split: Split) -> SplitArrays:
        """Map a split read-only; nothing is copied until rows are gathered.

        Raises:
            InputError: the split is unknown, or `test` and was not prepared.
            WorkError: the cache is not on this machine.
        """
        if split not in get_args(Split):
            raise InputError(f"split is {split!r}: it must be train, validation or test")
        if split == "test":
            if self.test_path is None:
                raise InputError(
                    f"the test split of {self.name} is closed: it is decoded only when asked for; "
                    "prepare the data set with with_test=True"
                )
            images, labels = _map(self.test_path, IMAGES_FILE), _map(self.test_path, LABELS_FILE)
            return SplitArrays(images, np.arange(len(images)), np.asarray(labels))
        rows = np.asarray(_map(self.split_path, f"{split}.npy"))
        labels = _map(self.path, LABELS_FILE)
        return SplitArrays(_map(self.path, IMAGES_FILE), rows, np.asarray(labels[rows]))

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold; `from_dict` gives an equal object back."""
        values: dict[str, Any] = adapter(PreparedDataset).dump_python(self, mode="json")
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PreparedDataset:
        """The object that `to_dict` described."""
        return adapter(cls).validate_python(values)


def _map(folder: str, file: str) -> NDArray[Any]:
    path = Path(folder) / file
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise WorkError(
            f"{path} cannot be read ({error}): the decoded images must be on every machine that "
            "trains; prepare the data set there, or point SCALING_SEARCH_CACHE_DIR at a shared "
            "folder"
        ) from error
    return mapped
