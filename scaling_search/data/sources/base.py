"""What every source of images gives."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.dataset import LeftOut
from scaling_search.data.decode import Raw
from search_spaces.errors import InputError
from search_spaces.names import printable


@dataclass(frozen=True)
class RawImages:
    """One split of a source as it is stored; nothing is decoded.

    Attributes:
        labels: (N,) int64, rows of the source's class names.
        names: N names, part of the fingerprint: relative paths, or row numbers.
        place: what to put before a name so that a person finds the image.
        load: gives the undecoded image of a row; may raise OSError, or UnreadableImageError where
            there is none in it.
    """

    labels: NDArray[np.int64]
    names: Sequence[str]
    place: str
    load: Callable[[int], Raw]

    def where(self, row: int) -> str:
        """The image of a row, as a message names it."""
        return printable(f"{self.place}{self.names[row]}")

    def read(self, row: int) -> Raw:
        """The undecoded image of a row.

        Raises:
            InputError: where it cannot be read.
            UnreadableImageError: where there is none in it.
        """
        try:
            return self.load(row)
        except OSError as error:
            raise InputError(
                f"{self.where(row)} cannot be read ({error.strerror or error}): every image must "
                "be a readable file; fix its permissions or remove it"
            ) from error

    def take(self, rows: NDArray[np.int64]) -> RawImages:
        """The part that holds these rows only."""
        load = self.load
        return RawImages(
            self.labels[rows],
            [self.names[row] for row in rows],
            self.place,
            lambda row: load(int(rows[row])),
        )


@dataclass(frozen=True, kw_only=True)
class Source:
    """A data set that has been opened.

    Attributes:
        class_names: sorted as the source sorts them; labels are their positions.
        train: the images to train and validate on (and to test on, where there is no test).
        test: the images of its own test split; None where it has none that can be used.
        notes: what a reader of the results should know.
        left_out: files that are not read, by ending.
        linked: image files that are named in a table, which its own stamp does not cover.
    """

    class_names: tuple[str, ...]
    train: RawImages
    test: RawImages | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    linked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Located:
    """A data set that has been found but not opened.

    Attributes:
        stamp: changes whenever the data may have changed; None where only reading
            them would tell.
        newest: when the youngest of its files was changed, in seconds since the epoch.
        open: opens it; what it needs meanwhile is released when the context ends.
    """

    stamp: str | None
    newest: float
    open: Callable[[], AbstractContextManager[Source]]


def stamp_of(files: Iterable[str | Path]) -> str:
    """What changes whenever one of these files may have changed: from paths, sizes and times."""
    digest = hashlib.sha256()
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:
            digest.update(repr((str(file), None)).encode())
        else:
            about = (str(file), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            digest.update(repr(about).encode())
    return digest.hexdigest()


def newest_of(files: Iterable[str]) -> float:
    """When the youngest of these files was changed, in seconds since the epoch; 0 for none."""
    newest = 0.0
    for file in files:
        with contextlib.suppress(OSError):
            newest = max(newest, os.stat(file).st_mtime)
    return newest
