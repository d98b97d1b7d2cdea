"""Copies of images and contradicting labels, by the pixels that a network would see.

Two images are copies where their decoded arrays are equal, whatever their files: one that was saved
again without loss, renamed or given other metadata is a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_spaces.errors import InputError

_NAMED = 3

Where = Callable[[int], str]
"""The name of an image by its row."""


@dataclass(frozen=True)
class HashedImages:
    """Images to compare.

    Attributes:
        pixels: (N, 32) uint8, `pixel_hash` of each.
        labels: (N,) int64.
        where: names an image by its row.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    where: Where


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Copies in a data set.

    Attributes:
        test: test images that are copies of images to train or validate on; None without a test
            split.
        contradictory: images of all splits whose pixels occur in more than one class.
        test_examples, contradictory_examples: the first of them, in words.
    """

    test: int | None
    contradictory: int
    test_examples: tuple[str, ...] = ()
    contradictory_examples: tuple[str, ...] = ()


def pixel_hash(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(32,) uint8, sha256 of a decoded image."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels).data).digest()
    return np.frombuffer(digest, dtype=np.uint8)


def as_names(hashes: NDArray[np.uint8]) -> NDArray[np.void]:
    """(N, 32) uint8 as N values that can be compared."""
    return np.ascontiguousarray(hashes).view("V32").ravel()


def find_copies(pool: HashedImages, test: HashedImages | None) -> Copies:
    """Compare all images with one another.

    Args:
        pool: to train and validate on.
        test: of the test split.
    """
    seen: dict[bytes, int] = {}
    for row, name in enumerate(pool.pixels):
        seen.setdefault(name.tobytes(), row)
    copied: list[str] = []
    n_copied = 0
    if test is not None:
        for row, name in enumerate(test.pixels):
            original = seen.get(name.tobytes())
            if original is not None:
                n_copied += 1
                if len(copied) < _NAMED:
                    copied.append(f"{test.where(row)} of {pool.where(original)}")
    contradictory, pairs = _contradictions([pool] if test is None else [pool, test])
    return Copies(
        test=None if test is None else n_copied,
        contradictory=contradictory,
        test_examples=tuple(copied),
        contradictory_examples=pairs,
    )


def _contradictions(parts: list[HashedImages]) -> tuple[int, tuple[str, ...]]:
    first: dict[bytes, tuple[int, int]] = {}
    contradicting: dict[bytes, str] = {}
    names = [[name.tobytes() for name in part.pixels] for part in parts]
    for number, part in enumerate(parts):
        for row, name in enumerate(names[number]):
            known = first.setdefault(name, (number, row))
            if name not in contradicting and parts[known[0]].labels[known[1]] != part.labels[row]:
                contradicting[name] = f"{parts[known[0]].where(known[1])} and {part.where(row)}"
    count = sum(name in contradicting for of_part in names for name in of_part)
    return count, tuple(contradicting.values())[:_NAMED]


def repeated(hashes: NDArray[np.uint8]) -> int:
    """How many images are copies of another one before them."""
    return len(hashes) - len(np.unique(as_names(hashes)))


def copied_from(hashes: NDArray[np.uint8], others: NDArray[np.uint8]) -> int:
    """How many images are copies of one of the others."""
    return int(np.isin(as_names(hashes), as_names(others)).sum())


def copies_notes(copies: Copies, test_count: int | None) -> tuple[str, ...]:
    """What to say of copies in the test split and of contradicting labels."""
    notes = []
    if copies.test:
        notes.append(
            f"{copies.test:,} of {test_count:,} test images are exact copies of images to train or "
            f"validate on ({'; '.join(copies.test_examples)}): accuracies on the test split do not "
            "say how new images are told"
        )
    if copies.contradictory:
        notes.append(
            f"{copies.contradictory:,} images are exact copies with contradicting labels "
            f"({'; '.join(copies.contradictory_examples)}): no network can tell both right"
        )
    return tuple(notes)


def refuse_copies(name: str, copies: Copies, validation: int) -> None:
    """Refuse copies, as `strict` asks for.

    Args:
        name: of the data set.
        copies: in all splits.
        validation: validation images that are copies of training images.

    Raises:
        InputError: there are copies between splits, or contradicting labels.
    """
    problems = []
    if copies.test:
        problems.append(
            f"{copies.test:,} test images that are exact copies of images to train or validate on "
            f"({'; '.join(copies.test_examples)})"
        )
    if validation:
        problems.append(
            f"{validation:,} validation images that are exact copies of training images"
        )
    if copies.contradictory:
        problems.append(
            f"{copies.contradictory:,} exact copies with contradicting labels "
            f"({'; '.join(copies.contradictory_examples)})"
        )
    if problems:
        raise InputError(
            f"{name} has {', and '.join(problems)}: remove the copies, or set strict to false to "
            "go on with them"
        )
