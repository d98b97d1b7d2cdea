"""Preparing a data set: found, fingerprinted, decoded once, split.

The steps, each skipped where the cache already holds its outcome:

1. locate: the source is found and stamped (file sizes and times, no content);
2. survey: every image is read once for its content hash and size → fingerprint, geometry;
3. decode: into a uint8 array, under a lock, published whole;
4. split: by content hash and seed.

The test split is a folder of its own. One that is stored apart is decoded only when asked for; one
that is held apart is decoded with the rest, so that its corrupt images are told with theirs.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scaling_search.datasets.cache import (
    cache_folder,
    discard_remains,
    exclusively,
    publish,
    read_json,
    require_space,
    write_json,
)
from scaling_search.datasets.entry import (
    CorruptImagesError,
    Manifest,
    open_entry,
    some_of,
    write_entry,
)
from scaling_search.datasets.geometry import choose_geometry, geometry_notes
from scaling_search.datasets.parallel import Progress, quiet
from scaling_search.datasets.plain import tuples
from scaling_search.datasets.prepared import LeftOut, PreparedDataset
from scaling_search.datasets.sources import (
    Located,
    Part,
    locate,
    newest_of,
    note_on_left_out,
    stamp_of,
)
from scaling_search.datasets.split_rows import SplitRows, open_split_rows
from scaling_search.datasets.splits import held_apart
from scaling_search.datasets.survey import Survey, fingerprint, survey
from search_spaces.data_spec import DataSpec
from search_spaces.errors import InputError, WorkError

_FORMAT = 1
"""Raised whenever the same images would be decoded to other pixels or stored otherwise."""

_SETTLED_SECONDS = 2.0
"""A file changed twice within a clock tick keeps its stamp: stamps this fresh are not trusted."""


@dataclass(frozen=True)
class _Opened:
    """What is remembered of a source that was opened, by its stamp.

    Attributes:
        key, test_key: folders of the decoded images; test_key None while they are closed.
        test_count: images of the test split; None where there is none.
        held_fraction: what was held apart as test split; 0 where the source has its own.
        notes, left_out: what the source said.
        linked, linked_stamp: image files that a table names, and what changes with them.
    """

    key: str
    test_key: str | None
    test_count: int | None
    held_fraction: float
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    linked: tuple[str, ...] = ()
    linked_stamp: str = ""


def prepare(
    spec: DataSpec, *, with_test: bool = False, progress: Progress = quiet
) -> PreparedDataset:
    """Makes a data set ready for training: decodes it where the cache does not hold it.

    Safe to call from several processes at once: one decodes, the others wait for it.

    Args:
        spec: which images, and how to split and size them.
        with_test: also decode the test split, which stays untouched otherwise.
        progress: called with a stage ("reading", "decoding", "waiting"), images done, and total.

    Raises:
        InputError: where the data set, its images or the cache folder are not as they must be.
        WorkError: where the disk is full or the Hub cannot be reached.
    """
    cache = cache_folder()
    located = locate(spec, cache)
    memory = cache / f"{_digest(located.stamp, _source_options(spec))}.source.json"
    opened = _recall(memory, cache, with_test) if located.stamp else None
    if opened is None:
        opened = _open(spec, located, cache, with_test, progress)
        newest = max(located.newest, newest_of(opened.linked))
        if located.stamp and time.time() - newest > _SETTLED_SECONDS:
            with contextlib.suppress(InputError, WorkError):  # it only spares a reading
                write_json(memory, dataclasses.asdict(opened))
    folder = cache / opened.key
    manifest = _manifest(folder)
    manifests = [manifest]
    test_path: str | None = None
    if opened.test_key is not None:
        manifests.append(_manifest(cache / opened.test_key))
        test_path = str(cache / opened.test_key) if with_test else None
    skipped = tuple(reason for one in manifests for reason in one.skipped)
    n_skipped = sum(one.n_skipped for one in manifests)
    if n_skipped and not spec.skip_corrupt:
        raise CorruptImagesError(skipped, n_skipped)
    split = _split(folder, manifest, spec, opened.held_fraction)
    return PreparedDataset(
        name=spec.name,
        fingerprint=manifest.fingerprint,
        cache_key=opened.key,
        split_key=split.key,
        path=str(folder),
        split_path=split.path,
        test_path=test_path,
        class_names=manifest.class_names,
        channels=manifest.channels,
        native_min_px=manifest.native_min_px,
        native_median_px=manifest.native_median_px,
        source_px=manifest.source_px,
        train_counts=split.train_counts,
        validation_counts=split.validation_counts,
        test_count=opened.test_count if opened.test_key is None else manifests[-1].images,
        n_skipped=n_skipped,
        skipped=skipped,
        left_out=opened.left_out,
        mean=split.mean,
        std=split.std,
        validation_fraction=spec.validation_fraction,
        split_seed=spec.split_seed,
        max_train_images=spec.max_train_images,
        notes=(
            *opened.notes,
            *note_on_left_out(opened.left_out),
            *geometry_notes(manifest),
            *_notes_on_skipped(skipped, n_skipped, manifests[1:]),
            *split.notes,
        ),
    )


def _open(
    spec: DataSpec, located: Located, cache: Path, with_test: bool, progress: Progress
) -> _Opened:
    with located.open() as source:
        train, test = source.train, source.test
        linked_stamp = stamp_of(source.linked)  # before they are read
        found = survey(train, progress)
        if not found.readable.any() and not spec.skip_corrupt:
            rows = sorted(found.unreadable)
            reasons = [f"{train.where(row)} ({found.unreadable[row]})" for row in rows]
            raise CorruptImagesError(reasons, len(reasons))
        geometry = choose_geometry(found, spec)
        base = Manifest(
            fingerprint=fingerprint(train, found.hashes, source.class_names),
            class_names=source.class_names,
            images=0,
            channels=geometry.channels,
            source_px=geometry.source_px,
            native_min_px=geometry.native_min_px,
            native_median_px=geometry.native_median_px,
            enlarged=geometry.enlarged,
            n_skipped=0,
            skipped=(),
        )
        held_fraction = spec.test_fraction if test is None else 0.0
        pool, pool_found, notes = train, found, source.notes
        test_found: Survey | None = None
        if held_fraction > 0:
            apart = held_apart(found.hashes, train.labels, len(source.class_names), held_fraction)
            out, rest = np.flatnonzero(apart), np.flatnonzero(~apart)
            test, test_found = train.take(out), found.take(out)
            pool, pool_found = train.take(rest), found.take(rest)
            notes += (
                f"no test split of its own: {len(out):,} images ({held_fraction:.0%} of each "
                "class, always the same) are held apart as one",
            )
        shape = [base.fingerprint, base.class_names, base.source_px, base.channels]
        key = _digest(shape, held_fraction)
        parts = [(key, pool, pool_found, base)]
        test_key: str | None = None
        if with_test and test is None:
            raise InputError(
                f"{spec.name} has no test split and test_fraction is 0: set it to a fraction "
                "to hold apart, for example 0.2"
            )
        # What is held apart was read with the rest, so that its corrupt images are told with them.
        if test is not None and (with_test or test_found is not None):
            test_found = test_found or survey(test, progress)
            print_ = fingerprint(test, test_found.hashes, source.class_names)
            test_key = _digest("test", shape, print_)
            parts.append(
                (test_key, test, test_found, dataclasses.replace(base, fingerprint=print_))
            )
        refused: CorruptImagesError | None = None
        for name, part, seen, about in parts:
            try:
                _ensure(cache / name, part, seen, about, spec, progress)
            except CorruptImagesError as error:
                refused = error if refused is None else refused.with_those_of(error)
        if refused is not None:
            raise refused
        return _Opened(
            key=key,
            test_key=test_key,
            test_count=None if test is None else len(test.labels),
            held_fraction=held_fraction,
            notes=notes,
            left_out=source.left_out,
            linked=source.linked,
            linked_stamp=linked_stamp,
        )


def _ensure(
    folder: Path, part: Part, found: Survey, base: Manifest, spec: DataSpec, progress: Progress
) -> None:
    if open_entry(folder) is not None:
        return
    total = int(found.readable.sum())
    with exclusively(folder, lambda: progress("waiting", 0, total)):
        if open_entry(folder) is not None:
            return
        discard_remains(folder)
        image_bytes = base.source_px**2 * base.channels
        require_space(folder.parent, total * (image_bytes + 40), "choose a smaller source_px")
        publish(
            folder,
            lambda inside: write_entry(inside, part, found, base, spec.skip_corrupt, progress),
        )


def _recall(memory: Path, cache: Path, with_test: bool) -> _Opened | None:
    values = read_json(memory)
    if values is None:
        return None
    try:
        left_out = tuple(LeftOut(**one) for one in values.pop("left_out"))
        opened = _Opened(**tuples(values), left_out=left_out)
    except (TypeError, KeyError):
        return None
    if stamp_of(opened.linked) != opened.linked_stamp:
        return None
    if open_entry(cache / opened.key) is None:
        return None
    if opened.test_key is None:
        return None if with_test else opened
    if open_entry(cache / opened.test_key) is None:
        return None
    return opened


def _manifest(folder: Path) -> Manifest:
    manifest = open_entry(folder)
    if manifest is None:
        raise WorkError(
            f"{folder} disappeared or was damaged while it was in use: prepare the data set again"
        )
    return manifest


def _split(folder: Path, manifest: Manifest, spec: DataSpec, held_fraction: float) -> SplitRows:
    """The rows of each split.

    Raises:
        InputError: a class has too few images, perhaps because corrupt ones were skipped.
    """
    skipped = some_of(manifest.skipped, manifest.n_skipped)
    if manifest.emptied:
        raise InputError(
            f"class {manifest.emptied[0]!r} has no image left"
            f"{f' (nor have {len(manifest.emptied) - 1} others)' if manifest.emptied[1:] else ''}, "
            f"because none of its images can be decoded: {skipped}; repair or replace them, or "
            "leave the class out"
        )
    try:
        return open_split_rows(folder, manifest.class_names, spec, held_fraction)
    except InputError as error:
        if not manifest.n_skipped:
            raise
        raise InputError(f"{error} (skipped as corrupt: {skipped})") from error


def _notes_on_skipped(
    skipped: Sequence[str], count: int, tests: Sequence[Manifest]
) -> tuple[str, ...]:
    if not count:
        return ()
    notes = [
        f"{count:,} {'image' if count == 1 else 'images'} could not be decoded and "
        f"{'was' if count == 1 else 'were'} skipped: {some_of(skipped, count)}"
    ]
    if emptied := [name for test in tests for name in test.emptied]:
        notes.append(f"no test image is left of {', '.join(emptied)}")
    return tuple(notes)


def _source_options(spec: DataSpec) -> dict[str, Any]:
    """Everything of a spec that decides what is decoded; the split is decided later."""
    return spec.model_dump(
        exclude={"validation_fraction", "split_seed", "max_train_images", "skip_corrupt"}
    )


def _digest(*values: Any) -> str:
    return hashlib.sha256(json.dumps([_FORMAT, *values]).encode()).hexdigest()[:32]
