"""Listing the images of class folders, by `stat` alone: nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from search_spaces.errors import InputError

_SUFFIXES = ".jpg .jpeg .jpe .jfif .png .bmp .gif .webp .tif .tiff .ppm .pgm .pbm .jp2 .avif"
IMAGE_SUFFIXES = frozenset(_SUFFIXES.split())


class File(NamedTuple):
    """An image file: its class, its path below the class folder, and what changes with it."""

    class_name: str
    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True)
class Listing:
    """What a folder of class folders holds.

    Attributes:
        path: the folder.
        classes: its class folders, sorted; empty ones too.
        files: the images, sorted by class and name.
        loose: images beside the class folders, which belong to no class.
        ignored: files that are no images, and hidden ones.
    """

    path: Path
    classes: tuple[str, ...]
    files: tuple[File, ...]
    loose: int
    ignored: int

    @property
    def filled_classes(self) -> frozenset[str]:
        """Classes with at least one image."""
        return frozenset(file.class_name for file in self.files)


def subfolders(path: Path) -> list[str]:
    """Names of the folders in a folder, sorted, without hidden ones."""
    return sorted(entry.name for entry in _entries(path) if _is_folder(entry) and _shown(entry))


def list_classes(path: Path) -> Listing:
    """Lists the images of every class folder of a folder.

    Raises:
        InputError: for folders that cannot be read, broken links and loops of links.
    """
    classes = subfolders(path)
    loose = ignored = 0
    for entry in _entries(path):
        if not _is_folder(entry):
            is_image = _is_image(entry)
            loose, ignored = loose + is_image, ignored + (not is_image)
    files: list[File] = []
    for class_name in classes:
        below = len(os.path.join(path, class_name, ""))
        for entry in walk(path / class_name):
            if not _is_image(entry):
                ignored += 1
                continue
            try:
                stat = entry.stat()
            except OSError as error:
                raise InputError(
                    f"{entry.path} cannot be read ({error.strerror}): a link must lead to an "
                    "image; repair or remove it"
                ) from error
            name = entry.path[below:].replace(os.sep, "/")
            files.append(File(class_name, name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return Listing(path, tuple(classes), tuple(sorted(files)), loose, ignored)


def walk(path: Path, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder, links followed, hidden folders left out.

    Raises:
        InputError: for folders that cannot be read and links that lead back to a folder above.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    here = (stat.st_dev, stat.st_ino)
    if here in above:
        raise InputError(
            f"{path} is a symbolic link to a folder that contains it: a loop has no end; remove "
            "the link"
        )
    for entry in _entries(path):
        if not _is_folder(entry):
            yield entry
        elif _shown(entry):
            yield from walk(Path(entry.path), above | {here})


def _entries(path: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return list(found)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path} cannot be read ({error.strerror}): give read permission, or name another folder"
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        raise InputError(
            f"{entry.path} cannot be followed ({error.strerror}): remove or repair the link"
        ) from error


def _shown(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.name != "__MACOSX"


def _is_image(entry: os.DirEntry[str]) -> bool:
    return _shown(entry) and os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES
