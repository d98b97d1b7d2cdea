"""From the name of a data set to the source that holds it."""

from __future__ import annotations

import difflib
from pathlib import Path

from scaling_search.data.registry import built_ins
from scaling_search.data.sources import digits, endings, folder, hub, parquet
from scaling_search.data.sources.base import Located
from scaling_search.data.sources.tree import Folder
from search_spaces.errors import InputError, suggest
from search_spaces.names import printable
from search_spaces.specs.data import DataSpec

HUB_PREFIX = "hub:"
_OF_FOLDERS = ("layout",)
_OF_TABLES = ("image_column", "label_column")
_OF_THE_HUB = ("hub_config", "hub_revision")


def locate(spec: DataSpec, scratch: Path) -> Located:
    """Finds the data set that a spec names.

    Args:
        spec: built-in names first, then `hub:`, then paths.
        scratch: a folder for what a source has to unpack while it is open.

    Raises:
        InputError: where there is no such data set, or it is no kind that can be read.
    """
    if spec.name == "digits":
        _check_choices(spec, "a built-in data set", *_OF_FOLDERS, *_OF_TABLES, *_OF_THE_HUB)
        return digits.locate()
    if spec.name.startswith(HUB_PREFIX):
        _check_choices(spec, "a data set of the Hub", *_OF_FOLDERS)
        return hub.locate(spec, spec.name.removeprefix(HUB_PREFIX))
    try:
        path = Path(spec.name).expanduser()
    except RuntimeError as error:
        user = printable(spec.name.partition("/")[0])
        raise InputError(
            f"{printable(spec.name)} starts from the home folder of a user that is not known "
            f"({user}): name the folder by its whole path, or write ./{user} for one called so"
        ) from error
    try:
        path = path.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(_absent(spec.name, path)) from error
    except OSError as error:
        raise InputError(
            f"{printable(spec.name)} cannot be reached ({error.strerror}): give permission to read "
            "it and the folders above it, or name another path"
        ) from error
    except RuntimeError as error:
        raise InputError(f"{spec.name} is a loop of symbolic links: name a real folder") from error
    except ValueError as error:  # a NUL
        raise InputError(f"{printable(spec.name)} cannot be a path: {error}") from error
    if path.is_dir():
        root = Folder(path)
        tables = parquet.find_files(root)
        if tables and not folder.has_classes(root, spec.layout):
            _check_choices(spec, "a folder of Parquet files", *_OF_FOLDERS, "hub_revision")
            return parquet.locate(spec, root, scratch)
        if tables and any(map(parquet.holds_images, tables)):
            raise InputError(
                f"{root} holds Parquet files with images and class folders with images: name one "
                "of the Parquet files, or move those or the folders to another place"
            )
        _check_choices(spec, "a folder of images", *_OF_TABLES, *_OF_THE_HUB)
        return folder.locate(root, spec.layout)
    suffix = endings.ending(path.name)
    if suffix == ".parquet":
        _check_choices(spec, "a Parquet file", *_OF_FOLDERS, *_OF_THE_HUB)
        return parquet.locate(spec, path, scratch)
    if suffix in endings.ARCHIVE_SUFFIXES:
        raise InputError(f"{spec.name} is an archive: unpack it and name the folder")
    raise InputError(
        f"{spec.name} is a file that is not Parquet: name a folder of images (one sub-folder per "
        "class), a .parquet file or a folder of them"
    )


def _check_choices(spec: DataSpec, kind: str, *without: str) -> None:
    """Refuse what would be ignored.

    Args:
        spec: what was chosen.
        kind: what was found under its name.
        without: choices that it does not have.
    """
    for key in without:
        if (value := getattr(spec, key)) != type(spec).model_fields[key].default:
            raise InputError(
                f"{key} is {value!r}: {spec.name} is {kind}, which has no such choice; leave "
                f"{key} out, or name another data set"
            )


def _absent(name: str, path: Path) -> str:
    known = [entry.name for entry in built_ins()]
    if path.name == name and not name.startswith("~"):
        return (
            f"unknown data set {name!r}: {suggest(name, known)} A data set is {', '.join(known)}, "
            "the path of a folder or Parquet file, hub:owner/name, or a name that `scaling-search "
            "datasets add` registered in this database"
        )
    if path.is_symlink():
        return f"{name} is a broken symbolic link: name a folder or Parquet file that exists"
    parent = next((p for p in path.parents if p.exists()), path.parent)
    try:
        beside = [str(parent / entry.name) for entry in parent.iterdir()]
    except OSError:  # it cannot be listed: nothing to suggest
        beside = []
    near = difflib.get_close_matches(str(path), beside, n=1)  # listing them all would help nobody
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{name} does not exist: name a folder or Parquet file that does{hint}"
