"""The images that are compared: those in the cache, and those that are decoded only for it."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np

from scaling_search.data.arrays import Form, decode_in_order, read_hashes, read_pixel_hashes
from scaling_search.data.copies import HashedImages
from scaling_search.data.dataset import LABELS_FILE
from scaling_search.data.parallel import Progress
from scaling_search.data.scan import Scan

_AT_ONCE = 64


def hashed_in_cache(folder: Path, scan: Scan) -> HashedImages:
    """The decoded images of a folder, with their names in the source.

    Args:
        folder: of the decoded images.
        scan: the images that they were decoded from.
    """
    labels = np.load(folder / LABELS_FILE, allow_pickle=False)
    rows: dict[tuple[bytes, int], deque[int]] = {}
    for row, content in enumerate(scan.hashes):
        rows.setdefault((content.tobytes(), int(scan.images.labels[row])), deque()).append(row)
    # Equal files of a class are decoded in their order, all of them or none.
    stored = [
        rows[content.tobytes(), int(label)].popleft()
        for content, label in zip(read_hashes(folder), labels, strict=True)
    ]
    return HashedImages(
        read_pixel_hashes(folder), labels, lambda row: scan.images.where(stored[row])
    )


def hashed_on_the_way(scan: Scan, form: Form, progress: Progress) -> HashedImages:
    """Images decoded for their hashes; nothing else of them is kept.

    Those that cannot be decoded are left out: they matter once the images are used.
    """
    rows: list[int] = []
    hashes = [np.empty((0, 32), dtype=np.uint8)]
    for chunk in decode_in_order(scan, form, _AT_ONCE):
        rows += chunk.rows
        hashes.append(chunk.hashes)
        progress("reading", chunk.done, chunk.total)
    labels = scan.images.labels[np.array(rows, dtype=np.int64)]
    return HashedImages(np.concatenate(hashes), labels, lambda row: scan.images.where(rows[row]))
