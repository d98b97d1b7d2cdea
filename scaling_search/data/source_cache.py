"""What is kept of a source that was opened, so that nothing of it is read again."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling_search.data.arrays import open_arrays
from scaling_search.data.cache import read_value, write_value
from scaling_search.data.copies import Copies
from scaling_search.data.dataset import LeftOut
from scaling_search.data.sources import stamp_of
from search_spaces.errors import InputError, WorkError

_FORMAT = 3
"""Raised whenever the same images would be decoded to other pixels or stored otherwise."""


@dataclass(frozen=True)
class OpenedSource:
    """A source whose images are in the cache; kept under its stamp.

    Attributes:
        key, test_key: folders of the decoded images; test_key None while they are closed.
        test_count: images of the test split; None where there is none.
        test_fingerprint: of their content.
        copies: between the splits, and contradicting labels.
        held_fraction: what was held out as test split; 0 where the source has its own.
        place, test_place: what finds an image of each split by its name; equal images may be
            elsewhere, too, so the decoded ones do not keep it.
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


def recall(file: Path, cache: Path, with_test: bool) -> OpenedSource | None:
    """The source that a file keeps; None where there is none, or it is no longer true.

    Args:
        file: where it is kept.
        cache: the folder of all prepared data sets.
        with_test: whether the decoded test split is wanted, too.
    """
    opened = read_value(file, OpenedSource)
    if opened is None or stamp_of(opened.linked) != opened.linked_stamp:
        return None
    if opened.test_key is None and with_test:
        return None
    keys = [key for key in (opened.key, opened.test_key) if key is not None]
    return opened if all(open_arrays(cache / key) is not None for key in keys) else None


def remember(file: Path, value: OpenedSource | Copies) -> None:
    """Keep what spares a reading; that it cannot be written stops nothing."""
    with contextlib.suppress(InputError, WorkError):
        write_value(file, value)


def digest(*values: Any) -> str:
    """A name in the cache, of 32 hexadecimal digits, for what JSON can hold."""
    return hashlib.sha256(json.dumps([_FORMAT, *values]).encode()).hexdigest()[:32]
