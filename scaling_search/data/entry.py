"""One folder of decoded images in the cache: how it is written, checked and opened.

images.npy   (N, H, W, C) uint8
labels.npy   (N,) int64
hashes.npy   (N, 32) uint8, sha256 of each image before decoding: what splits are decided by
pixels.npy   (N, 32) uint8, sha256 of each decoded image: what tells copies
manifest.json
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.cache import read_json, readable_errors, write_json
from scaling_search.data.copies import pixel_hash
from scaling_search.data.decode import UnreadableImageError, decode
from scaling_search.data.parallel import Progress, cores, in_order
from scaling_search.data.plain import tuples
from scaling_search.data.prepared import IMAGES_FILE, LABELS_FILE
from scaling_search.data.sources import Part
from scaling_search.data.survey import Survey
from search_spaces.errors import InputError
from search_spaces.names import printable

HASHES_FILE = "hashes.npy"
PIXELS_FILE = "pixels.npy"
MANIFEST_FILE = "manifest.json"
_ENOUGH = 20
"""Corrupt images after which looking for more ends, where they are refused."""
_NAMED = 100
"""Corrupt images that a manifest names."""
_CHUNK_BYTES = 8 * 2**20
THREADS_PAY_FROM_PX = 224


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the decoded images of a folder are.

    Attributes:
        fingerprint: of the images as they were found, corrupt ones included, and of how many bits
            of them are used.
        class_names: in the order of the labels.
        images: how many were decoded.
        channels, source_px: shape of each: (source_px, source_px, channels).
        native_min_px, native_median_px: shorter side before resizing.
        depth_bits: how many bits are used of images with more than 8 a channel; None where there
            are none.
        enlarged: images whose shorter side was below source_px.
        n_skipped: corrupt images left out; skipped: the first of them by name, each with its
            reason, without the place of the data set.
        emptied: classes of which no image is left.
    """

    fingerprint: str
    class_names: tuple[str, ...]
    images: int
    channels: int
    source_px: int
    native_min_px: int
    native_median_px: int
    depth_bits: int | None
    enlarged: int
    n_skipped: int
    skipped: tuple[str, ...]
    emptied: tuple[str, ...] = ()


def open_entry(folder: Path) -> Manifest | None:
    """The manifest of a whole folder; None where it is absent or damaged."""
    values = read_json(folder / MANIFEST_FILE)
    if values is None:
        return None
    try:
        manifest = Manifest(**tuples(values))
        images = np.load(folder / IMAGES_FILE, mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / LABELS_FILE, mmap_mode="r", allow_pickle=False)
        hashes = np.load(folder / HASHES_FILE, mmap_mode="r", allow_pickle=False)
        pixels = np.load(folder / PIXELS_FILE, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, TypeError):
        return None
    px, n = manifest.source_px, manifest.images
    whole = images.shape == (n, px, px, manifest.channels)
    whole = whole and len(labels) == len(hashes) == len(pixels) == n
    return manifest if whole else None


def read_hashes(folder: Path) -> NDArray[np.uint8]:
    """(N, 32) content hashes of the decoded images."""
    return cast("NDArray[np.uint8]", np.load(folder / HASHES_FILE, allow_pickle=False))


def read_pixel_hashes(folder: Path) -> NDArray[np.uint8]:
    """(N, 32) `copies.pixel_hash` of the decoded images."""
    return cast("NDArray[np.uint8]", np.load(folder / PIXELS_FILE, allow_pickle=False))


def write_entry(
    folder: Path,
    part: Part,
    found: Survey,
    base: Manifest,
    skip_corrupt: bool,
    progress: Progress,
) -> None:
    """Decodes a part into a folder; the caller publishes it.

    Args:
        folder: empty.
        part: the images.
        found: what the survey said of them.
        base: the manifest but for what only decoding tells (images, skipped).
        skip_corrupt: leave out what cannot be decoded instead of refusing.
        progress: called as images are done.

    Raises:
        CorruptImagesError: naming the corrupt images, unless they are to be skipped.
        WorkError: where the disk fills up.
    """
    px, channels = base.source_px, base.channels
    corrupt = dict(found.unreadable)
    rows = np.flatnonzero(found.readable)

    def work(chunk: range) -> tuple[NDArray[np.uint8], NDArray[np.uint8], dict[int, str]]:
        hashes: list[NDArray[np.uint8]] = []
        pixels: list[NDArray[np.uint8]] = []
        bad: dict[int, str] = {}
        for row in rows[chunk.start : chunk.stop]:
            try:
                pixels.append(decode(part.read(int(row)), px, channels, base.depth_bits))
                hashes.append(pixel_hash(pixels[-1]))
            except UnreadableImageError as error:
                bad[int(row)] = str(error)
        return (
            np.array(pixels, dtype=np.uint8).reshape(-1, px, px, channels),
            np.array(hashes, dtype=np.uint8).reshape(-1, 32),
            bad,
        )

    chunk = int(np.clip(_CHUNK_BYTES // (px * px * channels), 1, 1024))
    threads = cores() if base.native_median_px >= THREADS_PAY_FROM_PX else 1
    # Written in sequence, not through a mapping: a full disk is then an error, not a signal.
    with contextlib.ExitStack() as stack:
        with readable_errors(folder.parent):
            file = stack.enter_context((folder / IMAGES_FILE).open("wb"))
            _write_header(file, (len(rows), px, px, channels))
        start, seen = file.tell(), 0
        named: list[NDArray[np.uint8]] = []
        for done, (pixels, hashes, bad) in in_order(work, len(rows), chunk, threads):
            with readable_errors(folder.parent):
                file.write(pixels.data)
            corrupt |= bad
            named.append(hashes)
            seen = done.stop
            if len(corrupt) >= _ENOUGH and not skip_corrupt:
                break
            progress("decoding", seen, len(rows))
        if corrupt and not skip_corrupt:
            reasons = [f"{part.where(row)} ({corrupt[row]})" for row in sorted(corrupt)]
            raise CorruptImagesError(reasons, len(reasons), at_least=seen < len(rows))
        kept = np.array([row for row in rows if row not in corrupt], dtype=np.int64)
        with readable_errors(folder.parent):
            file.seek(0)
            _write_header(file, (len(kept), px, px, channels))
            np.save(folder / LABELS_FILE, part.labels[kept])
            np.save(folder / HASHES_FILE, found.hashes[kept])
            np.save(folder / PIXELS_FILE, np.concatenate(named or [found.hashes[:0]]))
        if file.tell() != start:
            raise AssertionError("the header of an .npy file changed its length")
    manifest = dataclasses.replace(
        base,
        images=len(kept),
        n_skipped=len(corrupt),
        skipped=tuple(
            f"{printable(part.names[row])} ({corrupt[row]})" for row in sorted(corrupt)[:_NAMED]
        ),
        emptied=tuple(
            base.class_names[label] for label in np.setdiff1d(part.labels, part.labels[kept])
        ),
    )
    write_json(folder / MANIFEST_FILE, dataclasses.asdict(manifest))


class CorruptImagesError(InputError):
    """The refusal of images that cannot be decoded.

    Args:
        reasons: the first of them, each with why.
        count: how many there are.
        at_least: whether there may be more, because looking ended early.
    """

    def __init__(self, reasons: Sequence[str], count: int, at_least: bool = False) -> None:
        self.reasons, self.count, self.at_least = tuple(reasons), count, at_least
        it = "it" if count == 1 else "them"
        super().__init__(
            f"{'at least ' if at_least else ''}{count} {'image' if count == 1 else 'images'} "
            f"cannot be decoded: {some_of(reasons, count)}; repair or remove {it}, or set "
            "skip_corrupt to true to go on without"
        )

    def with_those_of(self, other: CorruptImagesError) -> CorruptImagesError:
        """One refusal of the images of both."""
        return CorruptImagesError(
            self.reasons + other.reasons, self.count + other.count, self.at_least or other.at_least
        )


def some_of(reasons: Sequence[str], count: int) -> str:
    """The first five, and how many more there are."""
    shown = list(reasons[:5])
    return "; ".join(shown) + (f" and {count - len(shown)} more" if count > len(shown) else "")


def _write_header(file: Any, shape: tuple[int, ...]) -> None:
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
