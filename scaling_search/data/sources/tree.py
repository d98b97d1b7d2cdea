"""A folder and what is below it, read from the disk as it is asked for; no file is opened."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path

from scaling_search.data.sources.endings import is_image
from search_spaces.errors import InputError
from search_spaces.names import printable

Entry = os.DirEntry[str]


class Folder:
    """A folder; links are followed, hidden files and folders are left out.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path, above: frozenset[tuple[int, int]] = frozenset()) -> None:
        self.path = path
        self._above = above

    def __str__(self) -> str:
        return printable(str(self.path))

    @property
    def name(self) -> str:
        """Its own name, as messages show it."""
        return printable(self.path.name)

    @functools.cached_property
    def _entries(self) -> tuple[tuple[Folder, ...], tuple[Entry, ...], tuple[Entry, ...]]:
        try:
            stat = self.path.stat()
            here = (stat.st_dev, stat.st_ino)
            if here in self._above:
                raise InputError(
                    f"{self} is a symbolic link to a folder that contains it: a loop has no end; "
                    "remove the link"
                )
            with os.scandir(self.path) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            raise InputError(
                f"{self} cannot be read ({error.strerror}): give read permission, or name another "
                "folder"
            ) from error
        above = self._above | {here}
        folders: list[Folder] = []
        images: list[Entry] = []
        others: list[Entry] = []
        for entry in entries:
            if not _shown(entry.name):
                continue
            if _is_folder(entry):
                folders.append(Folder(Path(entry.path), above))
            else:
                (images if is_image(entry.name) else others).append(entry)
        return tuple(folders), tuple(images), tuple(others)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The folders in it, by name."""
        return self._entries[0]

    @property
    def images(self) -> tuple[Entry, ...]:
        """The images in it, without those in its folders, by name."""
        return self._entries[1]

    @property
    def others(self) -> tuple[Entry, ...]:
        """The other files in it, by name."""
        return self._entries[2]

    @functools.cached_property
    def has_images(self) -> bool:
        """Whether it or any folder below it holds an image; stops at the first."""
        return bool(self.images) or any(folder.has_images for folder in self.folders)

    @property
    def filled(self) -> tuple[Folder, ...]:
        """Its folders that hold images."""
        return tuple(folder for folder in self.folders if folder.has_images)

    def walk_images(self) -> Iterator[Entry]:
        """Every image below it.

        Raises:
            InputError: for folders that cannot be read and links that lead back to one above.
        """
        yield from self.images
        for folder in self.folders:
            yield from folder.walk_images()

    def walk_others(self) -> Iterator[Entry]:
        """Every other file below it; raises as `walk_images`."""
        yield from self.others
        for folder in self.folders:
            yield from folder.walk_others()


def _is_folder(entry: Entry) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        raise InputError(
            f"{printable(entry.path)} cannot be followed ({error.strerror}): remove or repair the "
            "link"
        ) from error


def _shown(name: str) -> bool:
    return not name.startswith(".") and name not in ("__MACOSX", "@eaDir")
