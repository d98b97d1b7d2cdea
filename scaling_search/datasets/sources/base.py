"""What every source of images gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling_search.datasets.decode import Raw
from search_spaces.errors import InputError


@dataclass(frozen=True)
class Part:
    """One split of a source as it is stored; nothing is decoded.

    Attributes:
        labels: (N,) int64, rows of the source's class names.
        names: N names, part of the fingerprint: relative paths, or row numbers.
        place: what to put before a name so that a person finds the image.
        load: gives the undecoded image of a row; may raise OSError.
    """

    labels: NDArray[np.int64]
    names: Sequence[str]
    place: str
    load: Callable[[int], Raw]

    def where(self, row: int) -> str:
        """The image of a row, as a message names it."""
        return f"{self.place}{self.names[row]}"

    def read(self, row: int) -> Raw:
        """The undecoded image of a row.

        Raises:
            InputError: where it cannot be read.
        """
        try:
            return self.load(row)
        except OSError as error:
            raise InputError(
                f"{self.where(row)} cannot be read ({error.strerror or error}): every image must "
                "be a readable file; fix its permissions or remove it"
            ) from error

    def take(self, rows: NDArray[np.int64]) -> Part:
        """The part that holds these rows only."""
        load = self.load
        return Part(
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
        ignored_files: files that are no images.
    """

    class_names: tuple[str, ...]
    train: Part
    test: Part | None = None
    notes: tuple[str, ...] = ()
    ignored_files: int = 0


@dataclass(frozen=True)
class Located:
    """A data set that has been found but not opened.

    Attributes:
        stamp: changes whenever the data may have changed; None where that cannot be told
            without reading them.
        newest: when the youngest of its files was changed, in seconds since the epoch.
        open: opens it; what it needs meanwhile is released when the context ends.
    """

    stamp: str | None
    newest: float
    open: Callable[[], AbstractContextManager[Source]]
