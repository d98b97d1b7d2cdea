"""Opening a source: its images are surveyed, decoded and compared, whatever is not in the cache."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scaling_search.data.cache import discard_remains, exclusively, publish, require_space
from scaling_search.data.comparing import as_decoded, as_decoded_once
from scaling_search.data.copies import Images, find_copies
from scaling_search.data.deep import FULL_BITS
from scaling_search.data.depth import choose_bits, depth_notes
from scaling_search.data.entry import CorruptImagesError, Manifest, open_entry, write_entry
from scaling_search.data.geometry import choose_geometry
from scaling_search.data.memory import Opened, digest, recall_copies, remember
from scaling_search.data.parallel import Progress
from scaling_search.data.sources import Located, Part, stamp_of
from scaling_search.data.splits import held_apart
from scaling_search.data.survey import Survey, fingerprint, survey
from search_spaces.errors import InputError
from search_spaces.names import printable
from search_spaces.specs.data import DataSpec


@dataclass(frozen=True)
class _Images:
    """Images of a source, and what the survey said of them."""

    part: Part
    found: Survey


def open_source(
    spec: DataSpec, located: Located, cache: Path, with_test: bool, progress: Progress
) -> Opened:
    """Reads a source and puts its images into the cache.

    Args:
        spec: which images, and how to size them.
        located: where they are.
        cache: the folder of all prepared data sets.
        with_test: also keep a test split that is stored apart.
        progress: called with a stage, images done, and total.

    Raises:
        InputError: the images are not as they must be.
        WorkError: the disk is full.
    """
    with located.open() as source:
        train, test = source.train, source.test
        linked_stamp = stamp_of(source.linked)  # before they are read
        found = survey(train, progress)
        if not found.readable.any() and not spec.skip_corrupt:
            rows = sorted(found.unreadable)
            reasons = [f"{train.where(row)} ({found.unreadable[row]})" for row in rows]
            raise CorruptImagesError(reasons, len(reasons))
        geometry = choose_geometry(found, spec)
        apart = None if test is None else _Images(test, survey(test, progress))
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
        pool = _Images(train, found)
        notes = (*source.notes, *depth_notes(surveyed, bits, spec))
        if held_fraction > 0:
            pool, apart, note = _hold_apart(pool, len(source.class_names), held_fraction)
            notes += (note,)
        # Bits, because test images may be deep where those to train on are not.
        shape = [base.fingerprint, base.class_names, base.source_px, base.channels, bits]
        key = digest(shape, held_fraction)
        if with_test and apart is None:
            raise InputError(
                f"{spec.name} has no test split and test_fraction is {spec.test_fraction:g}, which "
                "holds no image apart: set it to a larger fraction, for example 0.2"
            )
        parts = [(key, pool, base)]
        test_key: str | None = None
        test_print = None if apart is None else print_of(apart.part, apart.found)
        # What is held apart was read with the rest, so that its corrupt images are told with them.
        if apart is not None and test_print is not None and (with_test or test is None):
            test_key = digest("test", shape, test_print)
            test_base = dataclasses.replace(base, fingerprint=test_print)
            parts.append((test_key, apart, test_base))
        places = train.place, "" if apart is None else apart.part.place
        remembered = cache / f"{digest('copies', key, test_print, places)}.copies.json"
        copies = recall_copies(remembered)
        compared: Images | None = None
        if copies is None and apart is not None and test_key is None:
            compared = as_decoded_once(apart.part, apart.found, base, progress)
        refused: CorruptImagesError | None = None
        for name, images, about in parts:
            try:
                _ensure(cache / name, images, about, spec, progress)
            except CorruptImagesError as error:
                refused = error if refused is None else refused.with_those_of(error)
        if refused is not None:
            raise refused
        if copies is None:
            if apart is not None and test_key is not None:
                compared = as_decoded(cache / test_key, apart.part, apart.found)
            copies = find_copies(as_decoded(cache / key, pool.part, pool.found), compared)
            remember(remembered, copies)
        return Opened(
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


def _hold_apart(
    pool: _Images, classes: int, fraction: float
) -> tuple[_Images, _Images | None, str]:
    """What stays to train on, what is held apart as test split, and what to say of it."""
    held = held_apart(pool.found.hashes, pool.part.labels, classes, fraction)
    out, rest = np.flatnonzero(held), np.flatnonzero(~held)
    if not len(out):
        return (
            pool,
            None,
            (
                f"no test split: {fraction:g} of each class is less than half an image, so none is "
                "held apart; raise test_fraction for one"
            ),
        )
    return (
        _Images(pool.part.take(rest), pool.found.take(rest)),
        _Images(pool.part.take(out), pool.found.take(out)),
        f"no test split of its own: {len(out):,} images ({fraction:.0%} of each class, always the "
        "same) are held apart as one",
    )


def _as_read(content: str, bits: int | None) -> str:
    """A fingerprint of images of which so many bits are used; full depth needs no mention."""
    if bits in (None, FULL_BITS):
        return content
    return hashlib.sha256(f"{content} of {bits} bits".encode()).hexdigest()


def _ensure(
    folder: Path, images: _Images, base: Manifest, spec: DataSpec, progress: Progress
) -> None:
    if open_entry(folder) is not None:
        return
    part, found = images.part, images.found
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
