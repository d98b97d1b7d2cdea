"""What is remembered of a source that was opened, so that nothing of it is read again."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling_search.data.cache import read_json, write_json
from scaling_search.data.copies import Copies
from scaling_search.data.entry import open_entry
from scaling_search.data.plain import tuples
from scaling_search.data.prepared import LeftOut
from scaling_search.data.sources import stamp_of
from search_spaces.errors import InputError, WorkError

_FORMAT = 3
"""Raised whenever the same images would be decoded to other pixels or stored otherwise."""


@dataclass(frozen=True)
class Opened:
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


def recall(memory: Path, cache: Path, with_test: bool) -> Opened | None:
    """What a file remembers; None where that is nothing, or no longer true.

    Args:
        memory: the file.
        cache: the folder of all prepared data sets.
        with_test: whether the decoded test split is wanted, too.
    """
    values = read_json(memory)
    if values is None:
        return None
    try:
        copies = Copies(**tuples(values.pop("copies")))
        left_out = tuple(LeftOut(**one) for one in values.pop("left_out"))
        opened = Opened(**tuples(values), copies=copies, left_out=left_out)
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


def recall_copies(memory: Path) -> Copies | None:
    """The copies that a file remembers; None where there is no such file."""
    values = read_json(memory)
    if values is None:
        return None
    try:
        return Copies(**tuples(values))
    except TypeError:
        return None


def remember(memory: Path, value: Opened | Copies) -> None:
    """Writes what spares a reading; that it cannot be written stops nothing."""
    with contextlib.suppress(InputError, WorkError):
        write_json(memory, dataclasses.asdict(value))


def digest(*values: Any) -> str:
    """A name in the cache, of 32 hexadecimal digits, for what JSON can hold."""
    return hashlib.sha256(json.dumps([_FORMAT, *values]).encode()).hexdigest()[:32]
