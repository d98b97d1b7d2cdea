"""Opening a source: its images are scanned, decoded and compared, unless the cache has them."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scaling_search.data.arrays import CorruptImagesError, Form, open_arrays, write_arrays
from scaling_search.data.bit_depth import choose_bits, depth_notes
from scaling_search.data.cache import (
    discard_remains,
    exclusively,
    publish,
    read_value,
    require_space,
)
from scaling_search.data.compared import hashed_in_cache, hashed_on_the_way
from scaling_search.data.copies import Copies, HashedImages, find_copies
from scaling_search.data.deep_images import FULL_BITS
from scaling_search.data.geometry import choose_geometry
from scaling_search.data.parallel import Progress
from scaling_search.data.scan import Scan, scan
from scaling_search.data.source_cache import OpenedSource, digest, remember
from scaling_search.data.sources import Located, Source, stamp_of
from scaling_search.data.splits import held_out
from search_spaces.errors import InputError
from search_spaces.names import printable
from search_spaces.specs.data import DataSpec


@dataclass(frozen=True, kw_only=True)
class _Split:
    """Images of one split, how they are decoded, and the folder that they are decoded into.

    `key` is None for a test split that is stored by the source and not wanted yet.
    """

    scan: Scan
    form: Form
    key: str | None


@dataclass(frozen=True, kw_only=True)
class _Splits:
    """Images to train and validate on, and those of the test split, which may be held out."""

    pool: _Split
    test: _Split | None
    held_fraction: float
    notes: tuple[str, ...]

    @property
    def places(self) -> tuple[str, str]:
        return self.pool.scan.images.place, "" if self.test is None else self.test.scan.images.place


def ingest(
    spec: DataSpec, located: Located, cache: Path, with_test: bool, progress: Progress
) -> OpenedSource:
    """Read a source and put its images into the cache.

    Args:
        spec: which images, and how to size them.
        located: where they are.
        cache: the folder of all prepared data sets.
        with_test: also keep a test split that the source has.
        progress: called with a stage, images done, and total.

    Raises:
        InputError: the images are not as they must be.
        WorkError: the disk is full.
    """
    with located.open() as source:
        linked_stamp = stamp_of(source.linked)  # before they are read
        splits = _scan_splits(source, spec, with_test, progress)
        pool, test = splits.pool, splits.test
        assert pool.key is not None
        copies = _decode_and_compare(splits, spec, cache, progress)
        return OpenedSource(
            key=pool.key,
            test_key=None if test is None else test.key,
            test_count=None if test is None else len(test.scan.images.labels),
            test_fingerprint=None if test is None else test.form.fingerprint,
            copies=copies,
            held_fraction=splits.held_fraction,
            place=printable(splits.places[0]),
            test_place=printable(splits.places[1]),
            notes=splits.notes,
            left_out=source.left_out,
            linked=source.linked,
            linked_stamp=linked_stamp,
        )


def _scan_splits(source: Source, spec: DataSpec, with_test: bool, progress: Progress) -> _Splits:
    pool = scan(source.train, progress)
    if not pool.readable.any() and not spec.skip_corrupt:
        raise CorruptImagesError.among(pool, pool.unreadable)
    geometry = choose_geometry(pool, spec)
    test = None if source.test is None else scan(source.test, progress)
    scans = [pool] if test is None else [pool, test]
    bits = choose_bits(scans, spec)
    form = Form(
        **dataclasses.asdict(geometry),
        fingerprint=_fingerprint(pool, source, bits),
        class_names=source.class_names,
        depth_bits=bits,
    )
    held_fraction = spec.test_fraction if source.test is None else 0.0
    notes = (*source.notes, *depth_notes(scans, bits, spec))
    if held_fraction > 0:
        pool, test, note = _hold_out(pool, len(source.class_names), held_fraction)
        notes += (note,)
    if with_test and test is None:
        raise InputError(
            f"{spec.name} has no test split and test_fraction is {spec.test_fraction:g}, which "
            "holds out no image: set it to a larger fraction, for example 0.2"
        )
    # Bits, because test images may be deep where those to train on are not.
    shape: list[Any] = [form.fingerprint, form.class_names, form.source_px, form.channels, bits]
    test_split = None
    if test is not None:
        test_form = dataclasses.replace(form, fingerprint=_fingerprint(test, source, bits))
        # What is held out was read with the rest, so its corrupt images are reported together.
        decoded = with_test or source.test is None
        test_key = digest("test", shape, test_form.fingerprint) if decoded else None
        test_split = _Split(scan=test, form=test_form, key=test_key)
    return _Splits(
        pool=_Split(scan=pool, form=form, key=digest(shape, held_fraction)),
        test=test_split,
        held_fraction=held_fraction,
        notes=notes,
    )


def _fingerprint(images: Scan, source: Source, bits: int | None) -> str:
    """Of images of which so many bits are used; full depth needs no mention."""
    content = images.fingerprint(source.class_names)
    if bits in (None, FULL_BITS):
        return content
    return hashlib.sha256(f"{content} of {bits} bits".encode()).hexdigest()


def _hold_out(pool: Scan, classes: int, fraction: float) -> tuple[Scan, Scan | None, str]:
    """What stays to train on, what is held out as test split, and what to say of it."""
    chosen = held_out(pool.hashes, pool.images.labels, classes, fraction)
    out, rest = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    if not len(out):
        return (
            pool,
            None,
            f"no test split: {fraction:g} of each class is less than half an image, so none is "
            "held out; raise test_fraction for one",
        )
    return (
        pool.take(rest),
        pool.take(out),
        f"no test split of its own: {len(out):,} images ({fraction:.0%} of each class, always the "
        "same) are held out as one",
    )


def _decode_and_compare(splits: _Splits, spec: DataSpec, cache: Path, progress: Progress) -> Copies:
    """Put the splits into the cache; what of them are copies of one another."""
    pool, test = splits.pool, splits.test
    assert pool.key is not None
    test_print = None if test is None else test.form.fingerprint
    file = cache / f"{digest('copies', pool.key, test_print, splits.places)}.copies.json"
    copies = read_value(file, Copies)
    hashed_test: HashedImages | None = None
    if copies is None and test is not None and test.key is None:
        hashed_test = hashed_on_the_way(test.scan, pool.form, progress)
    refused: CorruptImagesError | None = None
    for split in (pool, test):
        if split is None or split.key is None:
            continue
        try:
            _decode(split, cache / split.key, spec, progress)
        except CorruptImagesError as error:
            refused = error if refused is None else refused.with_those_of(error)
    if refused is not None:
        raise refused
    if copies is None:
        if test is not None and test.key is not None:
            hashed_test = hashed_in_cache(cache / test.key, test.scan)
        copies = find_copies(hashed_in_cache(cache / pool.key, pool.scan), hashed_test)
        remember(file, copies)
    return copies


def _decode(split: _Split, folder: Path, spec: DataSpec, progress: Progress) -> None:
    """Decode images into a folder that is not there or damaged; one process does, others wait."""
    if open_arrays(folder) is not None:
        return
    total = int(split.scan.readable.sum())

    def write(inside: Path) -> None:
        write_arrays(
            inside, split.scan, split.form, skip_corrupt=spec.skip_corrupt, progress=progress
        )

    with exclusively(folder, lambda: progress("waiting", 0, total)):
        if open_arrays(folder) is not None:
            return
        discard_remains(folder)
        image_bytes = int(np.prod(split.form.shape))
        require_space(folder.parent, total * (image_bytes + 40), "choose a smaller source_px")
        publish(folder, write)
