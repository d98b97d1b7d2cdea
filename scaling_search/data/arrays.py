"""One folder of decoded images in the cache: how it is written, checked and opened.

images.npy   (N, H, W, C) uint8
labels.npy   (N,) int64
hashes.npy   (N, 32) uint8, sha256 of each image before decoding: what splits are decided by
pixels.npy   (N, 32) uint8, sha256 of each decoded image: what tells copies
manifest.json
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.cache import read_value, readable_errors, write_value
from scaling_search.data.copies import pixel_hash
from scaling_search.data.dataset import IMAGES_FILE, LABELS_FILE
from scaling_search.data.decode import UnreadableImageError, decode
from scaling_search.data.geometry import Geometry
from scaling_search.data.parallel import Progress, in_order
from scaling_search.data.scan import Scan
from scaling_search.environment import cores
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
_THREADS_PAY_FROM_PX = 224


@dataclass(frozen=True, kw_only=True)
class Form(Geometry):
    """How images are to be decoded, and which they are.

    Attributes:
        fingerprint: of the images as they were found, corrupt ones included, and of how many bits
            of them are used.
        class_names: in the order of the labels.
        depth_bits: how many bits are used of images with more than 8 per channel; None where there
            are none.
    """

    fingerprint: str
    class_names: tuple[str, ...]
    depth_bits: int | None


@dataclass(frozen=True, kw_only=True)
class Manifest(Form):
    """The decoded images of a folder.

    Attributes:
        images: how many were decoded.
        n_skipped: corrupt images left out; skipped: the first of them by name, each with its
            reason, without the place of the data set.
        emptied: classes of which no image is left.
    """

    images: int
    n_skipped: int
    skipped: tuple[str, ...]
    emptied: tuple[str, ...] = ()


class CorruptImagesError(InputError):
    """Images that cannot be decoded.

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
            f"cannot be decoded: {first_of(reasons, count)}; repair or remove {it}, or set "
            "skip_corrupt to true to go on without"
        )

    @classmethod
    def among(
        cls, scan: Scan, reasons: dict[int, str], at_least: bool = False
    ) -> CorruptImagesError:
        """The images of these rows, with the reason of each."""
        named = [f"{scan.images.where(row)} ({reasons[row]})" for row in sorted(reasons)]
        return cls(named, len(named), at_least)

    def with_those_of(self, other: CorruptImagesError) -> CorruptImagesError:
        """One error for the images of both."""
        return CorruptImagesError(
            self.reasons + other.reasons, self.count + other.count, self.at_least or other.at_least
        )


def first_of(reasons: Sequence[str], count: int) -> str:
    """The first five, and how many more there are."""
    shown = list(reasons[:5])
    return "; ".join(shown) + (f" and {count - len(shown)} more" if count > len(shown) else "")


def open_arrays(folder: Path) -> Manifest | None:
    """The manifest of a complete folder; None where it is absent or damaged."""
    manifest = read_value(folder / MANIFEST_FILE, Manifest)
    if manifest is None:
        return None
    try:
        images, *others = (
            np.load(folder / file, mmap_mode="r", allow_pickle=False)
            for file in (IMAGES_FILE, LABELS_FILE, HASHES_FILE, PIXELS_FILE)
        )
    except (OSError, ValueError):
        return None
    complete = images.shape == (manifest.images, *manifest.shape)
    return manifest if complete and {len(one) for one in others} == {manifest.images} else None


def read_hashes(folder: Path) -> NDArray[np.uint8]:
    """(N, 32) content hashes of the decoded images."""
    return cast("NDArray[np.uint8]", np.load(folder / HASHES_FILE, allow_pickle=False))


def read_pixel_hashes(folder: Path) -> NDArray[np.uint8]:
    """(N, 32) `copies.pixel_hash` of the decoded images."""
    return cast("NDArray[np.uint8]", np.load(folder / PIXELS_FILE, allow_pickle=False))


@dataclass(frozen=True)
class DecodedChunk:
    """Consecutive images, decoded.

    Attributes:
        rows: of the n that could be decoded.
        pixels: (n, H, W, C) uint8.
        hashes: (n, 32) uint8, `copies.pixel_hash` of each.
        corrupt: row → reason, for those that could not.
        done: readable images up to here; total: all of them.
    """

    rows: list[int]
    pixels: NDArray[np.uint8]
    hashes: NDArray[np.uint8]
    corrupt: dict[int, str]
    done: int
    total: int


def decode_in_order(scan: Scan, form: Form, images: int) -> Iterator[DecodedChunk]:
    """Decode the readable images, so many at a time."""
    readable = np.flatnonzero(scan.readable)

    def work(chunk: range) -> DecodedChunk:
        rows: list[int] = []
        pixels: list[NDArray[np.uint8]] = []
        corrupt: dict[int, str] = {}
        for row in map(int, readable[chunk.start : chunk.stop]):
            try:
                raw = scan.images.read(row)
                pixels.append(decode(raw, form.source_px, form.channels, form.depth_bits))
                rows.append(row)
            except UnreadableImageError as error:
                corrupt[row] = str(error)
        hashes = np.array([pixel_hash(one) for one in pixels], dtype=np.uint8).reshape(-1, 32)
        stacked = np.array(pixels, dtype=np.uint8).reshape(-1, *form.shape)
        return DecodedChunk(rows, stacked, hashes, corrupt, chunk.stop, len(readable))

    threads = cores() if form.native_median_px >= _THREADS_PAY_FROM_PX else 1
    for _, chunk in in_order(work, len(readable), images, threads):
        yield chunk


def write_arrays(
    folder: Path, scan: Scan, form: Form, *, skip_corrupt: bool, progress: Progress
) -> None:
    """Decode images into a folder; the caller publishes it.

    Args:
        folder: empty.
        scan: the images.
        form: how they are decoded.
        skip_corrupt: leave out what cannot be decoded instead of refusing.
        progress: called as images are done.

    Raises:
        CorruptImagesError: naming the corrupt images, unless they are to be skipped.
        WorkError: the disk is full.
    """
    corrupt = dict(scan.unreadable)
    rows: list[int] = []
    hashes = [np.empty((0, 32), dtype=np.uint8)]
    ended_early = False

    def pixels() -> Iterator[NDArray[np.uint8]]:
        nonlocal ended_early
        at_once = int(np.clip(_CHUNK_BYTES // np.prod(form.shape), 1, 1024))
        for chunk in decode_in_order(scan, form, at_once):
            yield chunk.pixels
            rows.extend(chunk.rows)
            hashes.append(chunk.hashes)
            corrupt.update(chunk.corrupt)
            if len(corrupt) >= _ENOUGH and not skip_corrupt:
                ended_early = chunk.done < chunk.total
                return
            progress("decoding", chunk.done, chunk.total)

    _write_images(folder / IMAGES_FILE, int(scan.readable.sum()), form.shape, pixels())
    if corrupt and not skip_corrupt:
        raise CorruptImagesError.among(scan, corrupt, ended_early)
    labels = scan.images.labels
    with readable_errors(folder.parent):
        np.save(folder / LABELS_FILE, labels[rows])
        np.save(folder / HASHES_FILE, scan.hashes[rows])
        np.save(folder / PIXELS_FILE, np.concatenate(hashes))
    first = sorted(corrupt)[:_NAMED]
    manifest = Manifest(
        **dataclasses.asdict(form),
        images=len(rows),
        n_skipped=len(corrupt),
        skipped=tuple(f"{printable(scan.images.names[row])} ({corrupt[row]})" for row in first),
        emptied=tuple(form.class_names[label] for label in np.setdiff1d(labels, labels[rows])),
    )
    write_value(folder / MANIFEST_FILE, manifest)


def _write_images(
    path: Path, most: int, shape: tuple[int, ...], chunks: Iterator[NDArray[np.uint8]]
) -> None:
    """An .npy file of at most so many images, written in sequence.

    Through a mapping a full disk would be a signal that ends the process, and not an error.
    """

    def write_header(count: int) -> None:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count, *shape)}
        np.lib.format.write_array_header_1_0(file, header)

    with readable_errors(path.parent.parent):
        file = path.open("wb")
    with file:
        with readable_errors(path.parent.parent):
            write_header(most)
        start, count = file.tell(), 0
        for pixels in chunks:
            with readable_errors(path.parent.parent):
                file.write(pixels.data)
            count += len(pixels)
        with readable_errors(path.parent.parent):
            file.seek(0)
            write_header(count)
        if file.tell() != start:
            raise AssertionError("the header of an .npy file changed its length")
