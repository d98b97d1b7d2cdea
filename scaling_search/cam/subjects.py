"""The images that networks are compared on, decoded as they want them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scaling_search.checkpoints.about import About
from scaling_search.checkpoints.predicting import read_image
from scaling_search.datasets import PreparedDataset
from scaling_search.datasets.decode import UnreadableImageError, decode
from scaling_search.datasets.sources.endings import IMAGE_SUFFIXES
from scaling_search.datasets.sources.tree import Folder
from search_spaces.errors import InputError
from search_spaces.names import composed, printable

_COLUMNS: Final = ("image", "left", "top", "right", "bottom")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the image as its file has it."""


@dataclass(frozen=True)
class Subject:
    """An image: (S, S, C) uint8, its class and the place of its object, where they are known."""

    name: str
    pixels: NDArray[np.uint8]
    label: int | None = None
    mask: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, and why."""

    name: str
    problem: str


def image_files(folder: Path) -> list[Path]:
    """The images of a folder and its sub-folders, by name, as a data set has them.

    Raises:
        InputError: it is no folder, or holds none.
    """
    if not folder.is_dir():
        raise InputError(f"images {folder} is no folder: name a folder of images")
    found = sorted(Path(one.path) for one in Folder(folder).walk_images())
    if not found:
        endings = ", ".join(sorted(IMAGE_SUFFIXES))
        raise InputError(f"{folder} holds no images: they end in {endings}")
    return found


def read_boxes(path: Path) -> dict[str, list[Box]]:
    """The boxes of a CSV file with the columns image, left, top, right and bottom.

    `image` is a path below the folder of images; an image may have several boxes.

    Raises:
        InputError: it cannot be read, a column is missing, or a value is no number.
    """
    found: dict[str, list[Box]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise InputError(
                    f"boxes {path} has no column {missing[0]!r}: its first line must name "
                    f"{', '.join(_COLUMNS)}"
                )
            for row in rows:
                left, top, right, bottom = (float(row[name]) for name in _COLUMNS[1:])
                found.setdefault(row["image"], []).append((left, top, right, bottom))
    except (OSError, UnicodeDecodeError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"boxes {path} cannot be read: {error}") from None
    return found


def _mask_of(white: Image.Image, side_px: int) -> NDArray[np.bool_]:
    """A mask cropped and resized like its image, so that both stay in register."""
    return decode(np.asarray(white.convert("L")), side_px, 1)[..., 0] > 127


def _drawn(boxes: Sequence[Box], image: Path, side_px: int) -> NDArray[np.bool_]:
    with Image.open(image) as opened:
        white = np.zeros((opened.height, opened.width), np.uint8)
    for left, top, right, bottom in boxes:
        rows = slice(max(0, round(top)), max(0, round(bottom)))
        white[rows, max(0, round(left)) : max(0, round(right))] = 255
    return _mask_of(Image.fromarray(white), side_px)


def from_folder(
    folder: Path,
    about: About,
    *,
    count: int,
    boxes: Mapping[str, Sequence[Box]] | None = None,
    masks: Path | None = None,
) -> Iterator[Subject | Unread]:
    """Images of a folder as a network wants them, evenly spread over the folder.

    A sub-folder that is called like a class gives the class of its images.

    Args:
        folder: the images.
        about: the network; all that are compared want the same images.
        count: how many at most.
        boxes: objects by path below the folder, as `read_boxes` gives them.
        masks: a folder with a PNG for each image, under the same path, white on the object.

    Raises:
        InputError: as `image_files`, or a box is of an image that is not there.
    """
    files = image_files(folder)
    names = {path.relative_to(folder).as_posix() for path in files}
    if boxes and (stray := sorted(boxes.keys() - names)):
        raise InputError(
            f"a box is of {stray[0]!r}, which is no image below {folder}: the column image holds "
            "paths below that folder"
        )
    step = max(1, len(files) // count)
    labels = {name: number for number, name in enumerate(about.class_names)}
    for path in files[::step][:count]:
        name = path.relative_to(folder).as_posix()
        try:
            pixels = read_image(path, about)
            mask = None
            if boxes and name in boxes:
                mask = _drawn(boxes[name], path, about.source_px)
            elif masks is not None and (file := (masks / name).with_suffix(".png")).is_file():
                with Image.open(file) as opened:
                    mask = _mask_of(opened, about.source_px)
        except (UnreadableImageError, OSError) as error:
            yield Unread(printable(name), str(error))
            continue
        yield Subject(printable(name), pixels, _label_of(name, labels), mask)


def _label_of(name: str, labels: Mapping[str, int]) -> int | None:
    """The class of an image by the innermost folder that is called like one."""
    folders = [composed(part) for part in name.split("/")[-2::-1]]
    return next((labels[one] for one in folders if one in labels), None)


def from_data(data: PreparedDataset, positions: Sequence[int]) -> Iterator[Subject]:
    """Images of a data set's test split, which nobody trained on."""
    split = data.open_split("test")
    for position in positions:
        pixels = split.gather(np.array([position]))[0]
        yield Subject(f"test image {position}", pixels, int(split.labels[position]))
