"""A folder of images: one sub-folder per class, directly or below train/ (with test/ or val/).

Read directly with Pillow rather than through Hugging Face `datasets`, which takes several times
as long to index a folder and cannot say which file of it is damaged.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from stat import S_ISREG
from typing import NamedTuple

import numpy as np

from scaling_search.data.dataset import LeftOut
from scaling_search.data.sources.arrange import (
    AS_CLASSES,
    Arrangement,
    arrange,
    class_names,
    listed,
)
from scaling_search.data.sources.base import Located, RawImages, Source
from scaling_search.data.sources.endings import IMAGE_SUFFIXES, as_list, ending, left_out
from scaling_search.data.sources.layout import note_on_test, note_on_unused, role_of
from scaling_search.data.sources.tree import Folder
from search_spaces.errors import InputError
from search_spaces.names import case_note, check_class_names, composed, printable
from search_spaces.specs.data import Layout

_TABLES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".txt", ".xlsx"})


class File(NamedTuple):
    """An image file: its class, its path below the folder of classes, what changes with it."""

    class_name: str
    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class Listing:
    """The images of every class folder of a folder, sorted by class and name."""

    folder: Folder
    files: tuple[File, ...]


def has_classes(root: Folder, layout: Layout) -> bool:
    """Whether the images below a folder lie in class folders, rather than beside something else.

    Raises:
        InputError: as `arrange`.
    """
    return root.has_images and len(arrange(root, layout).train.filled) > 1


def locate(root: Folder, layout: Layout) -> Located:
    """Lists a folder of images and checks its shape.

    Raises:
        InputError: no images, no class folders, one class, an empty class, unreadable folders,
            folders that are neither classes nor splits.
    """
    arrangement = arrange(root, layout)
    _check(arrangement, root)
    train = _list(arrangement.train)
    test, notes = _choose_test(arrangement)
    if layout == "auto":
        notes = (*_notes_on_reading(arrangement, test), *notes)
    others = _left_out(arrangement, test)
    names = tuple(sorted({file.class_name for file in train.files}))

    @contextlib.contextmanager
    def open_() -> Iterator[Source]:
        yield Source(
            class_names=names,
            train=_raw_images(train, names),
            test=_raw_images(test, names) if test else None,
            notes=notes,
            left_out=others,
        )

    newest = max(file.mtime_ns for part in (train, test) if part for file in part.files)
    digest = hashlib.sha256(repr((notes, others)).encode())
    for part in (train, test):
        digest.update(repr(part and (str(part.folder.path), part.files)).encode())
    return Located(digest.hexdigest(), newest / 1e9, open_)


def _list(folder: Folder) -> Listing:
    """Lists the images of the class folders of a folder, by `stat` alone.

    Raises:
        InputError: for links that lead nowhere, and for pipes, which never end.
    """
    files: list[File] = []
    below = len(os.path.join(folder.path, ""))
    for of_class in folder.filled:
        name = composed(of_class.path.name)
        for entry in of_class.walk_images():
            try:
                stat = entry.stat()
            except OSError as error:
                remedy = (
                    "a link must lead to an image; repair or remove it"
                    if entry.is_symlink()
                    else "give permission to search its folder"
                )
                raise InputError(
                    f"{printable(entry.path)} cannot be read ({error.strerror}): {remedy}"
                ) from error
            if not S_ISREG(stat.st_mode):
                raise InputError(
                    f"{printable(entry.path)} is no file but a pipe, socket or device: remove it"
                )
            path = entry.path[below:].replace(os.sep, "/")
            files.append(File(name, path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return Listing(folder, tuple(sorted(files)))


def _choose_test(arrangement: Arrangement) -> tuple[Listing | None, tuple[str, ...]]:
    """The test split, and what to say of it and of the classes."""
    notes = list(filter(None, [case_note(one.path.name for one in arrangement.train.filled)]))
    classes = class_names(arrangement.train)
    test: Listing | None = None
    used = ""
    for named, role, held in arrangement.tests:
        name = f"{named.name}/"
        if test is not None:
            notes.append(note_on_unused(name, role, used))
        elif problem := _test_problem(name, held, classes):
            notes.append(problem)
        else:
            test, used = _list(held), name
            notes += filter(None, [note_on_test(name, role)])
    return test, tuple(notes)


def _notes_on_reading(arrangement: Arrangement, test: Listing | None) -> Iterator[str]:
    """What to say of folders whose role follows from their names."""
    outermost = arrangement.around[0] if arrangement.around else arrangement.train
    if arrangement.splits is None:
        if arrangement.train is not outermost:
            yield f"read from {arrangement.train}, the only folder with images in {outermost}"
        for one in arrangement.train.filled:
            if role_of(one.path.name):
                yield (
                    f"{one.name}/ is read as a class, because there is no train/: if it is a "
                    "split, put the class folders to train on into train/"
                )
    else:
        held, train = arrangement.splits
        if held is not outermost:
            yield f"read from {held}, the only folder with images in {outermost}"
        # Of other test splits, and of those that cannot be one, notes of their own say so.
        tests = [
            (one, role)
            for one, role, held in arrangement.tests
            if role != "test" or (test is not None and held is test.folder)
        ]
        if any(role_of(one.path.name) is None for one in (train, *(one for one, _ in tests))):
            named = [f"{train.name}/ as the training split"]
            named += [f"{one.name}/ as the {role} split" for one, role in tests]
            yield f"by their names, folders are read as splits: {', '.join(named)}"
        if arrangement.unused:
            yield _unused(arrangement, train)


def _unused(arrangement: Arrangement, train: Folder) -> str:
    verb = "is" if len(arrangement.unused) == 1 else "are"
    return (
        f"{listed(arrangement.unused)} {verb} not used, because {train.name}/ is read as the "
        f"training split: if all of them are classes, {AS_CLASSES}"
    )


def _test_problem(name: str, held: Folder, classes: set[str]) -> str:
    own = class_names(held)
    if not own:
        return f"{name} cannot be a test split: it has no class folders with images"
    unknown = sorted(own - classes)
    if not unknown:
        return ""
    alike = [one for one in classes if one.casefold() == unknown[0].casefold()]
    hint = f"; rename it to {alike[0]}, if it is the same class" if alike else ""
    return (
        f"{name} cannot be a test split: its class folder {printable(unknown[0])!r} is not one of "
        f"train/{hint}"
    )


def _left_out(arrangement: Arrangement, test: Listing | None) -> tuple[LeftOut, ...]:
    """Files that are not read, in the folders that are."""
    others: list[str] = []
    loose: list[str] = []
    tests = [one for one, _, held in arrangement.tests if test is not None and held is test.folder]
    for level in (*arrangement.around, arrangement.train, *tests):
        others += [entry.name for entry in level.others]
        loose += [entry.name for entry in level.images]
        for inner in level.folders:
            if not inner.has_images:
                others += [entry.name for entry in inner.walk_others()]
    for listing in (arrangement.train, test.folder if test else None):
        for of_class in listing.filled if listing else ():
            others += [entry.name for entry in of_class.walk_others()]
    return left_out(others, loose)


def _check(arrangement: Arrangement, root: Folder) -> None:
    train = arrangement.train
    classes = train.folders
    if not classes:
        raise InputError(_no_classes(arrangement))
    if len(classes) == 1:
        inner = classes[0].filled
        hint = f"; did you mean {classes[0]}?" if len(inner) > 1 else ""
        raise InputError(
            f"{root} has one class ({classes[0].name!r}): telling classes apart needs at least "
            f"two class folders{hint}"
        )
    empty = [one for one in classes if not one.has_images]
    if len(empty) == len(classes):
        raise InputError(
            f"{train} holds no images in its {len(classes)} class folders{_holding(train)}: images "
            f"are files ending in {', '.join(sorted(IMAGE_SUFFIXES))}"
        )
    if empty:
        raise InputError(
            f"class folder {empty[0]} holds no images"
            f"{f' (nor do {len(empty) - 1} others)' if len(empty) > 1 else ''}"
            f"{_holding(empty[0])}: add images or remove it"
        )
    check_class_names(
        (one.path.name for one in classes), f"class folder {train}/", "rename the folder"
    )


def _no_classes(arrangement: Arrangement) -> str:
    train = arrangement.train
    if not train.images:
        return f"{train} holds no images{_holding(train)}: each class needs a sub-folder of them"
    message = (
        f"{train} holds {len(train.images)} images but no class folders: put the images of each "
        "class into a sub-folder named after it"
    )
    if arrangement.splits is not None and arrangement.unused:
        message += (
            f"; {arrangement.splits[1].name}/ is read as the training split: if it is a class like "
            f"{listed(arrangement.unused)}, {AS_CLASSES}"
        )
    tables = [entry.name for entry in train.others if ending(entry.name) in _TABLES]
    if tables:
        message += f" (labels in a file, such as {printable(tables[0])}, are not read)"
    return message


def _holding(folder: Folder) -> str:
    """What a folder without images holds instead."""
    files = left_out(entry.name for entry in folder.walk_others())
    return f" but {as_list(files)}" if files else ""


def _raw_images(listing: Listing, names: tuple[str, ...]) -> RawImages:
    index = {name: label for label, name in enumerate(names)}
    folder, files = listing.folder.path, listing.files
    return RawImages(
        labels=np.array([index[file.class_name] for file in files], dtype=np.int64),
        names=[composed(file.name) for file in files],
        place=f"{folder}/",
        load=lambda row: (folder / files[row].name).read_bytes(),
    )
