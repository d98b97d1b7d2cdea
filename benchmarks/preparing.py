"""Images decoded once into a mapped cache, beside decoding them in every epoch.

Both deliver batches of uint8 images in a random order: one through Pillow from files, the other by
gathering rows of the map. The one-off cost of preparing is given beside it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.folders import copy_images, write_digits
from benchmarks.report import Figure
from scaling_search.data import SplitArrays
from scaling_search.data.cache import CACHE_VARIABLE
from scaling_search.data.prepare import prepare
from search_spaces.specs.data import DataSpec

BATCH = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--images", type=Path, metavar="FOLDER", help="as for throughput")
    parser.add_argument("--per-class", type=int, default=170, help="images of every class")
    parser.add_argument("--epochs", type=int, default=3)


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Prepare a folder of files, then read it both ways."""
    if arguments.tiny:
        arguments.per_class, arguments.epochs = 10, 1
    with tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as scratch:
        folder = Path(scratch) / "images"
        if arguments.images is None:
            write_digits(folder, arguments.per_class)
        else:
            copy_images(arguments.images, folder, arguments.per_class)
        before = os.environ.get(CACHE_VARIABLE)
        os.environ[CACHE_VARIABLE] = str(Path(scratch) / "cache")
        try:
            yield from _compare(folder, arguments.epochs)
        finally:
            os.environ.pop(CACHE_VARIABLE)
            if before is not None:
                os.environ[CACHE_VARIABLE] = before


def _compare(folder: Path, epochs: int) -> Iterator[Figure]:
    spec = DataSpec(name=str(folder), test_fraction=0.0)
    started = time.perf_counter()
    data = prepare(spec)
    once = time.perf_counter() - started
    files = sorted(folder.glob("*/*"))
    split = data.open_split("train")
    started = time.perf_counter()
    prepare(spec)
    again = time.perf_counter() - started

    mapped = _speed(lambda rows: _gather(split, rows), len(split), epochs)
    decoded = _speed(lambda rows: _decode(files, rows, data.source_px), len(files), epochs)
    print(
        f"{len(files):,} files of {data.native_median_px} px: prepared in {once:.2f} s, found "
        f"prepared in {again:.3f} s; {epochs} epochs in batches of {BATCH}",
        flush=True,
    )
    yield Figure("Pillow in every epoch", decoded, "images/s")
    yield Figure("gathered from the map", mapped, "images/s")
    yield Figure("map : Pillow", mapped / decoded, "×")
    yield Figure(
        "reading, fingerprinting, decoding and splitting, once", len(files) / once, "images/s"
    )


def _gather(split: SplitArrays, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    return split.gather(rows)


def _decode(files: list[Path], rows: NDArray[np.int64], side: int) -> NDArray[np.uint8]:
    images = []
    for row in rows:
        with Image.open(files[row]) as image:
            images.append(np.asarray(image.convert("RGB").resize((side, side))))
    return np.stack(images)


def _speed(read: Callable[[NDArray[np.int64]], object], count: int, epochs: int) -> float:
    """Images per second over `epochs` permutations in batches; the generator's seed is 0."""
    random = np.random.default_rng(0)
    started = time.perf_counter()
    for _ in range(epochs):
        for rows in np.array_split(random.permutation(count), max(count // BATCH, 1)):
            read(rows)
    return epochs * count / (time.perf_counter() - started)
