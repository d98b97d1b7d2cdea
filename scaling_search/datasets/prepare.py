"""Preparing a data set: found, fingerprinted, decoded once, split.

The steps, each skipped where the cache already holds its outcome:

1. locate: the source is found and stamped (file sizes and times, no content);
2. survey: every image is read once for its content hash and size → fingerprint, geometry, and
   the number of bits that deep images use;
3. decode: into a uint8 array, under a lock, published whole;
4. compare: copies between splits and contradicting labels, by the decoded pixels;
5. split: by content hash and seed.

The test split is a folder of its own. One that is stored apart is kept only when asked for: before
that its images are read for its fingerprint and to find copies, and nothing else is done with them.
One that is held apart is decoded with the rest, so that its corrupt images are told with theirs.
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
from scaling_search.datasets.comparing import as_decoded, as_decoded_once
from scaling_search.datasets.copies import (
    Copies,
    Images,
    copies_notes,
    find_copies,
    refuse_copies,
)
from scaling_search.datasets.deep import FULL_BITS
from scaling_search.datasets.depth import choose_bits, depth_notes
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
from search_spaces.names import printable

_FORMAT = 3
"""Raised whenever the same images would be decoded to other pixels or stored otherwise."""

_SETTLED_SECONDS = 2.0
"""A file changed twice within a clock tick keeps its stamp: stamps this fresh are not trusted."""


@dataclass(frozen=True)
class _Opened:
    """What is remembered of a source that was opened, by its stamp.

    Attributes:
        key, test_key: folders of the decoded images; test_key None while they are closed.
        test_count: images of the test split; None where there is none.
        test_fingerprint: of their content.
        copies: between the splits, and contradicting labels.
        held_fraction: what was held apart as test split; 0 where the source has its own.
        place, test_place: what finds an image of each split by its name; equal images may be
            elsewhere, too, so the decoded ones do not remember it.
        notes, left_out: what the source said.
        linked, linked_stamp: image files that a table names, and what changes with them.
    """

    key: str
    test_key: str | None
    test_count: int | None
    test_fingerprint: str | None
    copies: Copies
    held_fraction: float
    place: str
    test_place: str
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    linked: tuple[str, ...] = ()
    linked_stamp: str = ""


@dataclass(frozen=True)
class _Apart:
    """The test split: its images, and what the survey said of them."""

    part: Part
    found: Survey


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
    manifest = _manifest(folder, opened.place)
    manifests = [manifest]
    test_path: str | None = None
    if opened.test_key is not None:
        manifests.append(_manifest(cache / opened.test_key, opened.test_place))
        test_path = str(cache / opened.test_key) if with_test else None
    skipped = tuple(reason for one in manifests for reason in one.skipped)
    n_skipped = sum(one.n_skipped for one in manifests)
    if n_skipped and not spec.skip_corrupt:
        raise CorruptImagesError(skipped, n_skipped)
    split = _split(folder, manifest, spec, opened.held_fraction)
    if spec.strict:
        refuse_copies(spec.name, opened.copies, split.validation_copies)
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
            *copies_notes(opened.copies, opened.test_count),
        ),
        test_fingerprint=opened.test_fingerprint,
        depth_bits=manifest.depth_bits,
        train_copies=split.train_copies,
        validation_copies=split.validation_copies,
        test_copies=opened.copies.test,
        contradictory=opened.copies.contradictory,
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
        apart = None if test is None else _Apart(test, survey(test, progress))
        surveyed = (
            [(train, found)] if apart is None else [(train, found), (apart.part, apart.found)]
        )
        bits = choose_bits(surveyed, spec)

        def print_of(part: Part, of_part: Survey) -> str:
            return _as_read(fingerprint(part, of_part.hashes, source.class_names), bits)

        base = Manifest(
            fingerprint=print_of(train, found),
            class_names=source.class_names,
            images=0,
            channels=geometry.channels,
            source_px=geometry.source_px,
            native_min_px=geometry.native_min_px,
            native_median_px=geometry.native_median_px,
            depth_bits=bits,
            enlarged=geometry.enlarged,
            n_skipped=0,
            skipped=(),
        )
        held_fraction = spec.test_fraction if test is None else 0.0
        pool, pool_found = train, found
        notes = (*source.notes, *depth_notes(surveyed, bits, spec))
        if held_fraction > 0:
            held = held_apart(found.hashes, train.labels, len(source.class_names), held_fraction)
            out, rest = np.flatnonzero(held), np.flatnonzero(~held)
            if len(out):
                apart = _Apart(train.take(out), found.take(out))
                pool, pool_found = train.take(rest), found.take(rest)
                notes += (
                    f"no test split of its own: {len(out):,} images ({held_fraction:.0%} of each "
                    "class, always the same) are held apart as one",
                )
            else:
                notes += (
                    f"no test split: {held_fraction:g} of each class is less than half an image, "
                    "so none is held apart; raise test_fraction for one",
                )
        # Bits, because test images may be deep where those to train on are not.
        shape = [base.fingerprint, base.class_names, base.source_px, base.channels, bits]
        key = _digest(shape, held_fraction)
        if with_test and apart is None:
            raise InputError(
                f"{spec.name} has no test split and test_fraction is {spec.test_fraction:g}, which "
                "holds no image apart: set it to a larger fraction, for example 0.2"
            )
        parts = [(key, pool, pool_found, base)]
        test_key: str | None = None
        test_print = None if apart is None else print_of(apart.part, apart.found)
        # What is held apart was read with the rest, so that its corrupt images are told with them.
        if apart is not None and test_print is not None and (with_test or test is None):
            test_key = _digest("test", shape, test_print)
            test_base = dataclasses.replace(base, fingerprint=test_print)
            parts.append((test_key, apart.part, apart.found, test_base))
        places = train.place, "" if apart is None else apart.part.place
        remembered = cache / f"{_digest('copies', key, test_print, places)}.copies.json"
        copies = _recall_copies(remembered)
        compared: Images | None = None
        if copies is None and apart is not None and test_key is None:
            compared = as_decoded_once(apart.part, apart.found, base, progress)
        refused: CorruptImagesError | None = None
        for name, part, seen, about in parts:
            try:
                _ensure(cache / name, part, seen, about, spec, progress)
            except CorruptImagesError as error:
                refused = error if refused is None else refused.with_those_of(error)
        if refused is not None:
            raise refused
        if copies is None:
            if apart is not None and test_key is not None:
                compared = as_decoded(cache / test_key, apart.part, apart.found)
            copies = find_copies(as_decoded(cache / key, pool, pool_found), compared)
            with contextlib.suppress(InputError, WorkError):  # it only spares a comparison
                write_json(remembered, dataclasses.asdict(copies))
        return _Opened(
            key=key,
            test_key=test_key,
            test_count=None if apart is None else len(apart.part.labels),
            test_fingerprint=test_print,
            copies=copies,
            held_fraction=held_fraction,
            place=printable(places[0]),
            test_place=printable(places[1]),
            notes=notes,
            left_out=source.left_out,
            linked=source.linked,
            linked_stamp=linked_stamp,
        )


def _as_read(content: str, bits: int | None) -> str:
    """A fingerprint of images of which so many bits are used; full depth needs no mention."""
    if bits in (None, FULL_BITS):
        return content
    return hashlib.sha256(f"{content} of {bits} bits".encode()).hexdigest()


def _recall_copies(memory: Path) -> Copies | None:
    values = read_json(memory)
    if values is None:
        return None
    try:
        return Copies(**tuples(values))
    except TypeError:
        return None


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
        copies = Copies(**tuples(values.pop("copies")))
        left_out = tuple(LeftOut(**one) for one in values.pop("left_out"))
        opened = _Opened(**tuples(values), copies=copies, left_out=left_out)
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


def _manifest(folder: Path, place: str) -> Manifest:
    """The manifest of a folder, with the images that it names where they are."""
    manifest = open_entry(folder)
    if manifest is None:
        raise WorkError(
            f"{folder} disappeared or was damaged while it was in use: prepare the data set again"
        )
    skipped = tuple(f"{place}{reason}" for reason in manifest.skipped)
    return dataclasses.replace(manifest, skipped=skipped)


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
        exclude={"validation_fraction", "split_seed", "max_train_images", "skip_corrupt", "strict"}
    )


def _digest(*values: Any) -> str:
    return hashlib.sha256(json.dumps([_FORMAT, *values]).encode()).hexdigest()[:32]
