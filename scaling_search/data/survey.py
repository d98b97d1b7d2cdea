"""The first pass over a data set: content hashes and sizes.

No pixel is decoded, but for images with more than 8 bits a channel, which do not say their range.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.decode import UnreadableImageError, read_header
from scaling_search.data.parallel import Progress, cores, in_order
from scaling_search.data.sources import Part

NOT_DEEP = -1
_CHUNK = 256
_NO_IMAGE = b"no image"
"""What a row without an image has for its content: it is not an empty file."""


@dataclass(frozen=True)
class Survey:
    """What the first pass found, row by row of a part.

    Attributes:
        hashes: (N, 32) uint8, sha256 of each image's content.
        short_px: (N,) int64, shorter side in pixels; 0 where unreadable.
        grey: (N,) booleans, whether it has no colour channels.
        largest: (N,) int64, the largest value of images with more than 8 bits a channel; NOT_DEEP
            for all others.
        unreadable: row → why, for images whose header cannot be read.
    """

    hashes: NDArray[np.uint8]
    short_px: NDArray[np.int64]
    grey: NDArray[np.bool_]
    largest: NDArray[np.int64]
    unreadable: dict[int, str]

    @property
    def readable(self) -> NDArray[np.bool_]:
        """(N,) booleans."""
        return self.short_px > 0

    def take(self, rows: NDArray[np.int64]) -> Survey:
        """The survey of these rows only."""
        unreadable = {
            new: self.unreadable[row] for new, row in enumerate(rows) if row in self.unreadable
        }
        return Survey(
            self.hashes[rows],
            self.short_px[rows],
            self.grey[rows],
            self.largest[rows],
            unreadable,
        )


def survey(part: Part, progress: Progress, stage: str = "reading") -> Survey:
    """Reads every image of a part once.

    Raises:
        InputError: where a file cannot be read at all (damaged content is recorded instead).
    """
    total = len(part.labels)
    hashes = np.zeros((total, 32), dtype=np.uint8)
    short_px = np.zeros(total, dtype=np.int64)
    grey = np.zeros(total, dtype=np.bool_)
    largest = np.full(total, NOT_DEEP, dtype=np.int64)
    unreadable: dict[int, str] = {}

    def look(rows: range) -> None:
        for row in rows:
            content = _NO_IMAGE
            try:
                raw = part.read(row)
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

    for rows, _ in in_order(look, total, _CHUNK, cores()):
        progress(stage, rows.stop, total)
    return Survey(hashes, short_px, grey, largest, unreadable)


def fingerprint(part: Part, hashes: NDArray[np.uint8], class_names: Sequence[str]) -> str:
    """sha256 over (class, name, content hash) of every image, sorted: the identity of the data."""
    lines = sorted(
        f"{class_names[label]}\0{name}\0{content.tobytes().hex()}\n"
        for label, name, content in zip(part.labels, part.names, hashes, strict=True)
    )
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
