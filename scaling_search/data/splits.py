"""Which images are held out for testing, validated on and trained on.

An image's place is decided by a hash of its content and the seed, not by a random number
generator: the same images are split alike whatever their order or file names, on every version
of every library, and an image that is added moves few of the others.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec


@dataclass(frozen=True)
class Rows:
    """Rows of the decoded images, ascending: (n,) int64 each."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]

    def sides(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Training and validation rows."""
        return self.train, self.validation


def share_of(count: int, fraction: float) -> int:
    """How many of `count` images a fraction is: rounded to the nearest, halves up."""
    return math.floor(count * fraction + 0.5)


def pick(
    hashes: NDArray[np.uint8], labels: NDArray[np.int64], wanted: Sequence[int], purpose: str
) -> NDArray[np.bool_]:
    """Mark `wanted[c]` images of each class c, chosen by content and purpose.

    Args:
        hashes: (N, 32) content hashes.
        labels: (N,) classes.
        wanted: how many of each class.
        purpose: separates choices from one another; holds the seed.

    Returns:
        (N,) booleans.
    """
    salt = purpose.encode()
    order = np.frombuffer(
        b"".join(hashlib.sha256(salt + row.tobytes()).digest()[:8] for row in hashes), dtype=">u8"
    )
    chosen = np.zeros(len(labels), dtype=np.bool_)
    for label, count in enumerate(wanted):
        members = np.flatnonzero(labels == label)
        chosen[members[np.argsort(order[members], kind="stable")[:count]]] = True
    return chosen


def held_out(
    hashes: NDArray[np.uint8], labels: NDArray[np.int64], classes: int, fraction: float
) -> NDArray[np.bool_]:
    """Mark the test split of data that have none: a fixed, stratified fraction."""
    counts = np.bincount(labels, minlength=classes)
    return pick(hashes, labels, [share_of(int(n), fraction) for n in counts], "test:0:")


def split(
    hashes: NDArray[np.uint8],
    labels: NDArray[np.int64],
    class_names: Sequence[str],
    spec: DataSpec,
    test_fraction: float,
) -> Rows:
    """Split validation off the training images, then keep max_train_images of the rest.

    Args:
        hashes: (N, 32) of the images that are not held out as test split.
        labels: (N,) of the same images.
        class_names: in the order of the labels.
        spec: fraction, seed and cap.
        test_fraction: what was held out before (0 for nothing), for the error message.

    Raises:
        InputError: a class would have no image to train on or to validate on.
    """
    counts = np.bincount(labels, minlength=len(class_names))
    wanted = [share_of(int(n), spec.validation_fraction) for n in counts]
    for name, count, kept in zip(class_names, counts, wanted, strict=True):
        if kept == 0 or kept == count:
            raise InputError(_too_few(name, int(count), kept, spec, test_fraction))
    in_validation = pick(hashes, labels, wanted, f"validation:{spec.split_seed}:")
    in_train = ~in_validation
    cap = spec.max_train_images
    if cap is not None and cap < int(in_train.sum()):
        if cap < len(class_names):
            raise InputError(
                f"max_train_images is {cap}: {len(class_names)} classes need at least one image "
                f"each; use at least {len(class_names)}"
            )
        shares = _apportion(cap, counts - np.array(wanted))
        rows = np.flatnonzero(in_train)
        kept_rows = pick(hashes[rows], labels[rows], shares, f"train:{spec.split_seed}:")
        in_train = np.zeros_like(in_validation)
        in_train[rows[kept_rows]] = True
    return Rows(np.flatnonzero(in_train), np.flatnonzero(in_validation))


def _apportion(total: int, available: NDArray[np.int64]) -> list[int]:
    """Shares of `total` in proportion to `available`, at least 1 each (largest remainder)."""
    exact = available * (total / available.sum())
    shares = np.maximum(1, np.floor(exact)).astype(np.int64)
    while shares.sum() < total:
        shares[np.argmax(np.where(shares < available, exact - shares, -np.inf))] += 1
    while shares.sum() > total:
        shares[np.argmax(np.where(shares > 1, shares - exact, -np.inf))] -= 1
    return [int(n) for n in shares]


def _too_few(name: str, count: int, kept: int, spec: DataSpec, test_fraction: float) -> str:
    fraction = spec.validation_fraction

    def left(total: int) -> int:
        return total - share_of(total, test_fraction)

    needed = next(n for n in range(2, 1_000_000) if 0 < share_of(left(n), fraction) < left(n))
    lacking = "validation" if kept == 0 else "training"
    apart = ""
    if test_fraction > 0:
        apart = f" (after {test_fraction:g} of its images were held out as the test split)"
    return (
        f"class {name!r} would have no {lacking} image: it has {count}{apart} and "
        f"validation_fraction is {fraction:g}; a class needs at least {needed} images at these "
        "fractions: add images, leave the class out or change validation_fraction"
    )
