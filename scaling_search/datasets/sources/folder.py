"""A folder of images: one sub-folder a class, directly or below train/ (with test/ or val/).

Read directly with Pillow rather than through Hugging Face `datasets`, which takes several times
as long to index a folder and cannot say which file of it is damaged.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scaling_search.datasets.sources.base import Located, Part, Source
from scaling_search.datasets.sources.layout import note_on_test, note_on_unused, role_of, roles
from scaling_search.datasets.sources.scan import (
    IMAGE_SUFFIXES,
    File,
    Listing,
    list_classes,
    subfolders,
    walk,
)
from search_spaces.errors import InputError


@dataclass(frozen=True)
class _Folders:
    train: Listing
    test: Listing | None
    notes: tuple[str, ...]
    ignored: int


def has_images(path: Path) -> bool:
    """Whether any image lies below a folder; stops at the first."""
    return any(Path(entry.name).suffix.lower() in IMAGE_SUFFIXES for entry in walk(path))


def locate(path: Path) -> Located:
    """Lists a folder of images and checks its shape.

    Raises:
        InputError: no images, no class folders, one class, an empty class, unreadable folders.
    """
    found = _arrange(path)
    _check(found.train, path)

    @contextlib.contextmanager
    def open_() -> Iterator[Source]:
        names = found.train.classes
        yield Source(
            class_names=names,
            train=_part(found.train, names),
            test=_part(found.test, names) if found.test else None,
            notes=found.notes,
            ignored_files=found.ignored,
        )

    newest = max(file.mtime_ns for part in (found.train, found.test) if part for file in part.files)
    return Located(_stamp(found), newest / 1e9, open_)


def _arrange(path: Path) -> _Folders:
    names = subfolders(path)
    split = roles(names)
    if split.train is None:
        if names and all(role_of(name) for name in names):
            raise InputError(
                f"{path} holds {', '.join(names)} but no train: a folder of splits needs "
                "train/ with one sub-folder a class"
            )
        listing = list_classes(path)
        return _Folders(listing, None, (), listing.ignored)
    train = list_classes(path / split.train)
    notes = [f"{name}/ is not used: it is no split" for name in split.other]
    test: Listing | None = None
    ignored = train.ignored
    for name in split.test:
        if test is not None:
            notes.append(note_on_unused(f"{name}/"))
            continue
        candidate = list_classes(path / name)
        if problem := _test_problem(name, candidate, train):
            notes.append(problem)
            continue
        test, ignored = candidate, ignored + candidate.ignored
        if note := note_on_test(name):
            notes.append(note.replace(name, f"{name}/", 1))
    return _Folders(train, test, tuple(notes), ignored)


def _test_problem(name: str, listing: Listing, train: Listing) -> str:
    if not listing.files:
        return f"{name}/ cannot be a test split: it has no class folders with images"
    unknown = sorted(listing.filled_classes - set(train.classes))
    if unknown:
        return (
            f"{name}/ cannot be a test split: its class folder {unknown[0]!r} is not one of train/"
        )
    return ""


def _check(train: Listing, named: Path) -> None:
    if not train.classes:
        if train.loose:
            raise InputError(
                f"{train.path} holds {train.loose} images but no class folders: put the images "
                "of each class into a sub-folder named after it"
            )
        raise InputError(f"{train.path} holds no images: each class needs a sub-folder of them")
    if len(train.classes) == 1:
        only = train.path / train.classes[0]
        inner = subfolders(only)
        hint = f"; did you mean {only}?" if len(inner) > 1 or roles(inner).train else ""
        raise InputError(
            f"{named} has one class ({train.classes[0]!r}): telling classes apart needs at least "
            f"two class folders{hint}"
        )
    if not train.files:
        raise InputError(
            f"{train.path} holds no images in its {len(train.classes)} class folders: images "
            f"are files ending in {', '.join(sorted(IMAGE_SUFFIXES))}"
        )
    empty = sorted(set(train.classes) - train.filled_classes)
    if empty:
        raise InputError(
            f"class folder {train.path / empty[0]} holds no images"
            f"{f' (nor do {len(empty) - 1} others)' if len(empty) > 1 else ''}: add images or "
            "remove it"
        )


def _part(listing: Listing, class_names: tuple[str, ...]) -> Part:
    index = {name: label for label, name in enumerate(class_names)}
    names = [f"{file.class_name}/{file.name}" for file in listing.files]
    return Part(
        labels=np.array([index[file.class_name] for file in listing.files], dtype=np.int64),
        names=names,
        place=f"{listing.path}/",
        load=lambda row: (listing.path / names[row]).read_bytes(),
    )


def _stamp(found: _Folders) -> str:
    digest = hashlib.sha256(repr((found.notes, found.ignored)).encode())
    for listing in (found.train, found.test):
        digest.update(f"\n{listing and (str(listing.path), listing.classes)}\n".encode())
        files: tuple[File, ...] = listing.files if listing else ()
        for file in files:
            digest.update(repr(tuple(file)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
