"""The first pass over the images of a source: content hashes and sizes.

No pixel is decoded, but for images with more than 8 bits per channel, which do not say their range.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.decode import UnreadableImageError, read_header
from scaling_search.data.parallel import Progress, in_order
from scaling_search.data.sources import RawImages
from scaling_search.environment import cores

NOT_DEEP = -1
_CHUNK = 256
_NO_IMAGE = b"no image"
"""Content of a row without an image: it is not an empty file."""


@dataclass(frozen=True)
class Scan:
    """Undecoded images, and what the first pass read of each of the N.

    Attributes:
        images: the images.
        hashes: (N, 32) uint8, sha256 of each image's content.
        short_px: (N,) int64, shorter side in pixels; 0 where unreadable.
        grey: (N,) booleans, whether it has no colour channels.
        largest: (N,) int64, the largest value of images with more than 8 bits per channel; NOT_DEEP
            for all others.
        unreadable: row → reason, for images whose header cannot be read.
    """

    images: RawImages
    hashes: NDArray[np.uint8]
    short_px: NDArray[np.int64]
    grey: NDArray[np.bool_]
    largest: NDArray[np.int64]
    unreadable: dict[int, str]

    @property
    def readable(self) -> NDArray[np.bool_]:
        """(N,) booleans."""
        return self.short_px > 0

    def take(self, rows: NDArray[np.int64]) -> Scan:
        """These rows only."""
        return Scan(
            self.images.take(rows),
            self.hashes[rows],
            self.short_px[rows],
            self.grey[rows],
            self.largest[rows],
            {new: self.unreadable[row] for new, row in enumerate(rows) if row in self.unreadable},
        )

    def fingerprint(self, class_names: Sequence[str]) -> str:
        """sha256 over (class, name, content hash) of every image, sorted: the data's identity."""
        lines = sorted(
            f"{class_names[label]}\0{name}\0{content.tobytes().hex()}\n"
            for label, name, content in zip(
                self.images.labels, self.images.names, self.hashes, strict=True
            )
        )
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def scan(images: RawImages, progress: Progress) -> Scan:
    """Read every image once.

    Raises:
        InputError: a file cannot be read at all (damaged content is recorded instead).
    """
    total = len(images.labels)
    hashes = np.zeros((total, 32), dtype=np.uint8)
    short_px = np.zeros(total, dtype=np.int64)
    grey = np.zeros(total, dtype=np.bool_)
    largest = np.full(total, NOT_DEEP, dtype=np.int64)
    unreadable: dict[int, str] = {}

    def read(rows: range) -> None:
        for row in rows:
            content = _NO_IMAGE
            try:
                raw = images.read(row)
                content = (
                    raw if isinstance(raw, bytes) else repr(raw.shape).encode() + raw.tobytes()
                )
                header = read_header(raw)
            except UnreadableImageError as error:
                unreadable[row] = str(error)
            else:
                short_px[row], grey[row] = header.short_px, header.grey
                if header.largest is not None:
                    largest[row] = header.largest
            hashes[row] = np.frombuffer(hashlib.sha256(content).digest(), dtype=np.uint8)

    for rows, _ in in_order(read, total, _CHUNK, cores()):
        progress("reading", rows.stop, total)
    return Scan(images, hashes, short_px, grey, largest, unreadable)
