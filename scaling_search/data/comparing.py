"""The images that are compared: those in the cache, and those that are decoded only for it."""

from __future__ import annotations

import contextlib
from collections import deque
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.copies import Images, pixel_hash
from scaling_search.data.decode import UnreadableImageError, decode
from scaling_search.data.entry import (
    THREADS_PAY_FROM_PX,
    Manifest,
    read_hashes,
    read_pixel_hashes,
)
from scaling_search.data.parallel import Progress, cores, in_order
from scaling_search.data.prepared import LABELS_FILE
from scaling_search.data.sources import Part
from scaling_search.data.survey import Survey

_AT_ONCE = 64


def as_decoded(folder: Path, part: Part, found: Survey) -> Images:
    """The images of a folder in the cache, with their names in the source.

    Args:
        folder: of the decoded images.
        part: what they were decoded from.
        found: what the survey said of it.
    """
    labels = np.load(folder / LABELS_FILE, allow_pickle=False)
    contents = read_hashes(folder)
    rows: dict[tuple[bytes, int], deque[int]] = {}
    for row, content in enumerate(found.hashes):
        rows.setdefault((content.tobytes(), int(part.labels[row])), deque()).append(row)
    # Equal files of a class are decoded in their order, all of them or none.
    stored = [
        rows[content.tobytes(), int(label)].popleft()
        for content, label in zip(contents, labels, strict=True)
    ]
    return Images(read_pixel_hashes(folder), labels, lambda row: part.where(stored[row]))


def as_decoded_once(part: Part, found: Survey, shape: Manifest, progress: Progress) -> Images:
    """The images of a part as they are decoded, of which nothing but their hashes is kept.

    Those that cannot be decoded are left out: they are the business of whoever uses them.

    Args:
        part: the images.
        found: what the survey said of them.
        shape: how they are decoded.
        progress: called as images are done.
    """
    rows = np.flatnonzero(found.readable)

    def work(chunk: range) -> list[tuple[int, NDArray[np.uint8]]]:
        done: list[tuple[int, NDArray[np.uint8]]] = []
        for row in rows[chunk.start : chunk.stop]:
            with contextlib.suppress(UnreadableImageError):
                raw = part.read(int(row))
                pixels = decode(raw, shape.source_px, shape.channels, shape.depth_bits)
                done.append((int(row), pixel_hash(pixels)))
        return done

    kept: list[int] = []
    hashes: list[NDArray[np.uint8]] = []
    threads = cores() if shape.native_median_px >= THREADS_PAY_FROM_PX else 1
    for chunk, done in in_order(work, len(rows), _AT_ONCE, threads):
        kept += [row for row, _ in done]
        hashes += [of_row for _, of_row in done]
        progress("reading", chunk.stop, len(rows))
    return Images(
        np.array(hashes, dtype=np.uint8).reshape(-1, 32),
        part.labels[np.array(kept, dtype=np.int64)],
        lambda row: part.where(kept[row]),
    )
