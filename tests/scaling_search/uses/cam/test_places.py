"""Boxes and masks lie where their objects are, however the file stores the image."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scaling_search.uses.cam.subjects import Subject, Unread, from_folder, read_boxes
from search_spaces.errors import InputError

from ...data.corpus import TURNED, exif

WIDTH, HEIGHT = 16, 24
"""Of the upright image: its middle square is rows 4 to 20."""
OBJECT = np.s_[6:10, 2:9]
SIDE = 16
ABOUT: Any = SimpleNamespace(source_px=SIDE, channels=1, depth_bits=None, class_names=("a", "b"))


def upright() -> NDArray[np.uint8]:
    """Black, and white on the object: the image shows its own mask."""
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[OBJECT] = 255
    return pixels


def store(folder: Path, orientation: int, kind: str) -> NDArray[np.uint8]:
    stored = np.ascontiguousarray(TURNED[orientation](upright()))
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(stored)
    if kind == "jpg":
        image.save(folder / "a.jpg", quality=100, exif=exif(orientation))
    elif kind == "tif":
        image.save(folder / "a.tif", tiffinfo={0x0112: orientation})
    else:
        image.save(folder / "a.png", exif=exif(orientation))
    return stored


def box_of(mask: NDArray[Any]) -> list[int]:
    """Left, top, right and bottom."""
    rows, columns = np.nonzero(mask)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def write_boxes(path: Path, name: str, *boxes: list[Any]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "left", "top", "right", "bottom"])
        writer.writerows([name, *box] for box in boxes)
    return path


def check(found: object) -> None:
    """The place is exactly where the decoded image is white."""
    assert isinstance(found, Subject)
    assert found.mask is not None
    right = np.zeros((SIDE, SIDE), np.bool_)
    right[2:6, 2:9] = True  # four rows above the middle square are cut away
    np.testing.assert_array_equal(found.pixels[..., 0] > 127, right)
    np.testing.assert_array_equal(found.mask, right)


@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
@pytest.mark.parametrize("orientation", TURNED)
def test_boxes_of_stored_pixels_are_turned_with_the_image(
    orientation: int, kind: str, tmp_path: Path
) -> None:
    stored = store(tmp_path / "images", orientation, kind)
    boxes = write_boxes(tmp_path / "boxes.csv", f"a.{kind}", box_of(stored))
    (found,) = from_folder(tmp_path / "images", ABOUT, count=1, boxes=read_boxes(boxes))
    check(found)


@pytest.mark.parametrize("kind", ["jpg", "tif"])
@pytest.mark.parametrize("orientation", TURNED)
def test_boxes_of_the_upright_image_stay(orientation: int, kind: str, tmp_path: Path) -> None:
    store(tmp_path / "images", orientation, kind)
    boxes = write_boxes(tmp_path / "boxes.csv", f"a.{kind}", box_of(upright()))
    (found,) = from_folder(
        tmp_path / "images", ABOUT, count=1, boxes=read_boxes(boxes), upright=True
    )
    check(found)


@pytest.mark.parametrize("kind", ["jpg", "tif"])
@pytest.mark.parametrize("orientation", TURNED)
def test_masks_of_stored_pixels_are_turned_with_the_image(
    orientation: int, kind: str, tmp_path: Path
) -> None:
    stored = store(tmp_path / "images", orientation, kind)
    (tmp_path / "masks").mkdir()
    Image.fromarray(stored).save(tmp_path / "masks" / "a.png")
    (found,) = from_folder(tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks")
    check(found)


@pytest.mark.parametrize("orientation", TURNED)
def test_a_mask_may_state_its_own_orientation(orientation: int, tmp_path: Path) -> None:
    store(tmp_path / "images", orientation, "jpg")
    store(tmp_path / "masks", orientation, "png")
    (found,) = from_folder(tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks")
    check(found)


@pytest.mark.parametrize(
    ("orientation", "given"), [(5, False), (6, False), (7, False), (8, False), (3, True), (2, True)]
)
def test_upright_masks_are_known_by_their_proportions_or_by_the_option(
    orientation: int, given: bool, tmp_path: Path
) -> None:
    store(tmp_path / "images", orientation, "jpg")
    (tmp_path / "masks").mkdir()
    Image.fromarray(upright()).save(tmp_path / "masks" / "a.png")
    (found,) = from_folder(
        tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks", upright=given
    )
    check(found)


def test_a_mask_may_be_smaller_than_its_image(tmp_path: Path) -> None:
    stored = store(tmp_path / "images", 6, "jpg")
    (tmp_path / "masks").mkdir()
    large = np.repeat(np.repeat(stored, 3, axis=0), 3, axis=1)
    Image.fromarray(large).save(tmp_path / "masks" / "a.png")
    (found,) = from_folder(tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks")
    check(found)


@pytest.mark.parametrize(
    "mask",
    [
        Image.fromarray(upright()).convert("1"),
        Image.fromarray(upright().astype(np.uint16) * 257),
        Image.fromarray(np.stack([upright() | 255, upright()], axis=2)),
        Image.fromarray(upright()).convert("P"),
        Image.fromarray(upright()).convert("RGB"),
    ],
    ids=["bitmap", "16-bit", "transparent around the object", "palette", "colour"],
)
def test_every_kind_of_mask(mask: Image.Image, tmp_path: Path) -> None:
    store(tmp_path / "images", 1, "png")
    (tmp_path / "masks").mkdir()
    mask.save(tmp_path / "masks" / "a.png")
    (found,) = from_folder(tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks")
    check(found)


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        (
            Image.fromarray(upright() // 255),
            "its mask has no value above 1: the object must be white (255), and the rest black",
        ),
        (
            Image.new("L", (30, 30), 255),
            "its mask a.png has 30 × 30 px and the image 16 × 24: a mask must have the "
            "proportions of its image",
        ),
    ],
    ids=["zeros and ones", "of another image"],
)
def test_masks_that_mark_nothing_are_told(mask: Image.Image, problem: str, tmp_path: Path) -> None:
    store(tmp_path / "images", 1, "png")
    (tmp_path / "masks").mkdir()
    mask.save(tmp_path / "masks" / "a.png")
    found = list(from_folder(tmp_path / "images", ABOUT, count=1, masks=tmp_path / "masks"))
    assert found == [Unread("a.png", problem)]


@pytest.mark.parametrize("box", [[30, 0, 40, 10], [9, 6, 2, 10], [2, 12, 9, 23]])
def test_boxes_outside_of_their_image_are_refused(box: list[int], tmp_path: Path) -> None:
    """The last of them is inside the upright image, and not inside the stored one."""
    store(tmp_path / "images", 6, "jpg")
    boxes = read_boxes(write_boxes(tmp_path / "boxes.csv", "a.jpg", box))
    with pytest.raises(InputError) as caught:
        list(from_folder(tmp_path / "images", ABOUT, count=1, boxes=boxes))
    assert str(caught.value) == (
        f"box {', '.join(map(str, box))} of a.jpg is not inside its image, which has 24 × 16 px as "
        "it is stored: boxes are left, top, right, bottom in px of the stored image, or with "
        "--upright of the image as it is shown"
    )
