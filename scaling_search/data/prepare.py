"""Preparing a data set: found, fingerprinted, decoded once, split.

The steps, each skipped where the cache already holds its outcome:

1. locate: the source is found and stamped (file sizes and times, no content);
2. scan: every image is read once for its content hash and size → fingerprint, geometry, and
   the number of bits that deep images use;
3. decode: into a uint8 array, under a lock, published whole;
4. compare: copies between splits and contradicting labels, by the decoded pixels;
5. split: by content hash and seed.

The test split is a folder of its own. One that the source has is kept only when asked for: before
that its images are read for its fingerprint and to find copies, and nothing else is done with them.
One that is held out is decoded with the rest, so that corrupt images are reported together.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

from scaling_search.data.arrays import CorruptImagesError, Manifest, first_of, open_arrays
from scaling_search.data.cache import cache_folder
from scaling_search.data.copies import copies_notes, refuse_copies
from scaling_search.data.dataset import PreparedDataset
from scaling_search.data.ingest import ingest
from scaling_search.data.parallel import Progress, quiet
from scaling_search.data.source_cache import OpenedSource, digest, recall, remember
from scaling_search.data.sources import locate, newest_of, note_on_left_out
from scaling_search.data.split_rows import SplitFacts, split_folder
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec

_SETTLED_SECONDS = 2.0
"""A file changed twice within a clock tick keeps its stamp: stamps this fresh are not trusted."""


def prepare(
    spec: DataSpec, *, with_test: bool = False, progress: Progress = quiet
) -> PreparedDataset:
    """Make a data set ready for training: decode it where the cache does not hold it.

    Safe to call from several processes at once: one decodes, the others wait for it.

    Args:
        spec: which images, and how to split and size them.
        with_test: also decode the test split, which stays untouched otherwise.
        progress: called with a stage ("reading", "decoding", "waiting"), images done, and total.

    Raises:
        InputError: the data set, its images or the cache folder are not as they must be.
        WorkError: the disk is full or the Hub cannot be reached.
    """
    cache = cache_folder()
    opened = _open(spec, cache, with_test, progress)
    folder = cache / opened.key
    manifest, test = _manifest(folder, opened.place), None
    if opened.test_key is not None:
        test = _manifest(cache / opened.test_key, opened.test_place)
    skipped, n_skipped = _skipped(manifest, test)
    if n_skipped and not spec.skip_corrupt:
        raise CorruptImagesError(skipped, n_skipped)
    split_path, split = _split(folder, manifest, spec, opened.held_fraction)
    if spec.strict:
        refuse_copies(spec.name, opened.copies, split.validation_copies)
    return PreparedDataset(
        name=spec.name,
        fingerprint=manifest.fingerprint,
        cache_key=opened.key,
        split_key=split.key,
        path=str(folder),
        split_path=str(split_path),
        test_path=str(cache / opened.test_key) if opened.test_key and with_test else None,
        class_names=manifest.class_names,
        channels=manifest.channels,
        native_min_px=manifest.native_min_px,
        native_median_px=manifest.native_median_px,
        source_px=manifest.source_px,
        train_counts=split.train_counts,
        validation_counts=split.validation_counts,
        test_count=test.images if test else opened.test_count,
        n_skipped=n_skipped,
        skipped=skipped,
        left_out=opened.left_out,
        mean=split.mean,
        std=split.std,
        validation_fraction=spec.validation_fraction,
        split_seed=spec.split_seed,
        max_train_images=spec.max_train_images,
        notes=_notes(opened, manifest, test, split),
        test_fingerprint=opened.test_fingerprint,
        depth_bits=manifest.depth_bits,
        train_copies=split.train_copies,
        validation_copies=split.validation_copies,
        test_copies=opened.copies.test,
        contradictory=opened.copies.contradictory,
    )


def _open(spec: DataSpec, cache: Path, with_test: bool, progress: Progress) -> OpenedSource:
    """The source, from the cache if it did not change since."""
    located = locate(spec, cache)
    file = cache / f"{digest(located.stamp, _source_options(spec))}.source.json"
    opened = recall(file, cache, with_test) if located.stamp else None
    if opened is None:
        opened = ingest(spec, located, cache, with_test, progress)
        newest = max(located.newest, newest_of(opened.linked))
        if located.stamp and time.time() - newest > _SETTLED_SECONDS:
            remember(file, opened)
    return opened


def _manifest(folder: Path, place: str) -> Manifest:
    """The manifest of a folder, with the images that it names where they are."""
    manifest = open_arrays(folder)
    if manifest is None:
        raise WorkError(
            f"{folder} disappeared or was damaged while it was in use: prepare the data set again"
        )
    skipped = tuple(f"{place}{reason}" for reason in manifest.skipped)
    return dataclasses.replace(manifest, skipped=skipped)


def _split(
    folder: Path, manifest: Manifest, spec: DataSpec, held_fraction: float
) -> tuple[Path, SplitFacts]:
    """The rows of each split.

    Raises:
        InputError: a class has too few images, perhaps because corrupt ones were skipped.
    """
    skipped = first_of(manifest.skipped, manifest.n_skipped)
    if manifest.emptied:
        raise InputError(
            f"class {manifest.emptied[0]!r} has no image left"
            f"{f' (nor have {len(manifest.emptied) - 1} others)' if manifest.emptied[1:] else ''}, "
            f"because none of its images can be decoded: {skipped}; repair or replace them, or "
            "leave the class out"
        )
    try:
        return split_folder(folder, manifest.class_names, spec, held_fraction)
    except InputError as error:
        if not manifest.n_skipped:
            raise
        raise InputError(f"{error} (skipped as corrupt: {skipped})") from error


def _skipped(manifest: Manifest, test: Manifest | None) -> tuple[tuple[str, ...], int]:
    """The first corrupt images that were left out, and how many there are."""
    if test is None:
        return manifest.skipped, manifest.n_skipped
    return manifest.skipped + test.skipped, manifest.n_skipped + test.n_skipped


def _notes(
    opened: OpenedSource, manifest: Manifest, test: Manifest | None, split: SplitFacts
) -> tuple[str, ...]:
    skipped, count = _skipped(manifest, test)
    corrupt = []
    if count:
        corrupt.append(
            f"{count:,} {'image' if count == 1 else 'images'} could not be decoded and "
            f"{'was' if count == 1 else 'were'} skipped: {first_of(skipped, count)}"
        )
        if test and test.emptied:
            corrupt.append(f"no test image is left of {', '.join(test.emptied)}")
    return (
        *opened.notes,
        *note_on_left_out(opened.left_out),
        *manifest.notes,
        *corrupt,
        *split.notes,
        *copies_notes(opened.copies, opened.test_count),
    )


def _source_options(spec: DataSpec) -> dict[str, Any]:
    """Everything of a spec that decides what is decoded; the split is decided later."""
    return spec.model_dump(
        exclude={"validation_fraction", "split_seed", "max_train_images", "skip_corrupt", "strict"}
    )
