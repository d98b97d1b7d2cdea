"""The images that networks are compared on, decoded as they want them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scaling_search.data import PreparedDataset
from scaling_search.data.decode import (
    Layout,
    UnreadableImageError,
    decode_mask,
    read_layout,
)
from scaling_search.data.sources.endings import IMAGE_SUFFIXES
from scaling_search.data.sources.tree import Folder
from scaling_search.networks.checkpoints.about import About
from scaling_search.uses.predicting import read_image
from search_spaces.errors import InputError
from search_spaces.names import composed, printable

_UPRIGHT: Final = 1
_ALIKE: Final = 0.02
"""How far the proportions of a mask may be from those of its image: small masks are rounded."""
_COLUMNS: Final = ("image", "left", "top", "right", "bottom")

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


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


def _drawn(
    name: str, boxes: Sequence[Box], layout: Layout, side_px: int, *, upright: bool
) -> NDArray[np.bool_]:
    """Where boxes are on an image after its turn, crop and resize."""
    width, height = layout.upright if upright else (layout.width, layout.height)
    white = np.zeros((height, width), np.uint8)
    how = "upright" if upright else "stored"
    for left, top, right, bottom in boxes:
        rows = slice(max(0, round(top)), max(0, round(bottom)))
        place = white[rows, max(0, round(left)) : max(0, round(right))]
        turned = (right > width + 1 or bottom > height + 1) and (width, height) != (height, width)
        if not place.size or (turned and right <= height + 1 and bottom <= width + 1):
            raise InputError(
                f"box {left:g}, {top:g}, {right:g}, {bottom:g} of {name} is not inside its image, "
                f"which has {width} × {height} px as it is {how}: boxes are left, top, right, "
                "bottom in px of the stored image, or with --upright of the image as it is shown"
            )
        place[...] = 255
    return decode_mask(white, side_px, _UPRIGHT if upright else layout.orientation)


def _masked(file: Path, layout: Layout, side_px: int, *, upright: bool) -> NDArray[np.bool_]:
    """Where a mask is white after the turn, crop and resize of its image.

    It is of the stored pixels of its image, unless its proportions are those of the upright image
    alone, or it states an orientation of its own.
    """
    content = file.read_bytes()
    own = read_layout(content)
    of_stored = _proportions(own.upright, (layout.width, layout.height))
    of_upright = _proportions(own.upright, layout.upright)
    if own.orientation != _UPRIGHT:  # `decode_mask` turns it by what it states
        of_stored = False
    if not of_stored and not of_upright:
        raise UnreadableImageError(
            f"its mask {file.name} has {own.width} × {own.height} px and the image "
            f"{layout.width} × {layout.height}: a mask must have the proportions of its image"
        )
    turn = layout.orientation if of_stored and not upright else _UPRIGHT
    return decode_mask(content, side_px, turn)


def _proportions(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1) <= _ALIKE


def from_folder(
    folder: Path,
    about: About,
    *,
    count: int,
    boxes: Mapping[str, Sequence[Box]] | None = None,
    masks: Path | None = None,
    upright: bool = False,
) -> Iterator[Subject | Unread]:
    """Images of a folder as a network wants them, evenly spread over the folder.

    A sub-folder that is called like a class gives the class of its images.

    Args:
        folder: the images.
        about: the network; all that are compared want the same images.
        count: how many at most.
        boxes: objects by path below the folder, as `read_boxes` gives them.
        masks: a folder with a PNG for each image, under the same path, white on the object.
        upright: whether boxes and masks are of images as they are shown, turned by their EXIF
            orientation, rather than of the pixels that the files store.

    Raises:
        InputError: as `image_files`, or a box is of an image that is not there, or outside of it.
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
                layout = read_layout(path.read_bytes())
                mask = _drawn(name, boxes[name], layout, about.source_px, upright=upright)
            elif masks is not None and (file := (masks / name).with_suffix(".png")).is_file():
                layout = read_layout(path.read_bytes())
                mask = _masked(file, layout, about.source_px, upright=upright)
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
