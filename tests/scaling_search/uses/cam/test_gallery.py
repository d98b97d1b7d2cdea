"""A gallery shows every network on every image, and needs nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scaling_search.uses.cam import Shown, Tally, compare, gallery
from scaling_search.uses.cam.gallery import CELL_PX, write_gallery
from scaling_search.uses.cam.subjects import Subject, Unread, from_folder, read_boxes
from search_spaces.errors import InputError


@pytest.fixture
def networks(planted_scene: Any) -> list[Shown]:
    return [Shown("one", planted_scene.checkpoint), Shown("two <b>", planted_scene.checkpoint)]


def test_a_gallery_is_one_page_and_images(
    planted_scene: Any, networks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "PAGE_ROWS", 3)  # colours of a whole page take seconds
    tally = Tally(networks)
    rows = compare(networks, planted_scene.subjects[:4], batch_size=8)
    page, *images = write_gallery(tmp_path / "out", rows, networks, tally, title="Maps")
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/webp;base64,") == 4 * 3
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert "two &lt;b&gt;" in text
    assert "<b>" not in text
    assert text.count("(right)") + text.count("(wrong)") >= 4 * 2
    assert "25.0 %" in text  # of the image is object
    assert [image.name for image in images] == ["gallery-1.png", "gallery-2.png"]
    with Image.open(images[0]) as first:
        assert first.width > 3 * CELL_PX
        assert first.height > 3 * CELL_PX


def test_rows_are_taken_as_they_are_needed(planted_scene: Any, networks: Any) -> None:
    taken: list[int] = []

    def subjects() -> Any:
        for number, subject in enumerate(planted_scene.subjects):
            taken.append(number)
            yield subject

    rows = compare(networks, subjects(), batch_size=4)
    next(rows)
    assert taken == [0, 1, 2, 3]


def test_boxes_follow_the_crop_and_the_resize(planted_scene: Any, tmp_path: Path) -> None:
    """A photograph of 128 × 64: its middle square is kept, and halved to 32 px."""
    (tmp_path / "bars").mkdir()
    Image.new("RGB", (128, 64), "grey").save(tmp_path / "bars" / "a.png")
    (tmp_path / "bars" / "broken.png").write_bytes(b"nothing")
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("image,left,top,right,bottom\nbars/a.png,32,0,64,32\n")
    about = planted_scene.checkpoint.about
    found = list(from_folder(tmp_path, about, count=10, boxes=read_boxes(boxes)))
    subject = next(one for one in found if isinstance(one, Subject))
    assert subject.label == 1
    expected = np.zeros((32, 32), np.bool_)
    expected[:16, :16] = True
    assert subject.mask is not None
    assert (subject.mask != expected).sum() <= 32  # the resize softens the border
    (unread,) = (one for one in found if isinstance(one, Unread))
    assert unread.name == "bars/broken.png"


def test_masks_are_read_by_name(planted_scene: Any, tmp_path: Path) -> None:
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    Image.new("RGB", (32, 32), "grey").save(images / "a.jpg")
    white = np.zeros((32, 32), np.uint8)
    white[4:8, 10:20] = 255
    Image.fromarray(white).save(masks / "a.png")
    (subject,) = from_folder(images, planted_scene.checkpoint.about, count=1, masks=masks)
    assert isinstance(subject, Subject)
    assert subject.mask is not None
    assert (subject.mask == (white > 0)).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,left\n", "has no column 'top': its first line must name image, left, top"),
        ("image,left,top,right,bottom\na.png,1,2,3,x\n", "cannot be read: could not convert"),
    ],
)
def test_wrong_boxes_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "boxes.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_boxes(path)


def test_boxes_of_images_that_are_not_there_are_refused(planted_scene: Any, tmp_path: Path) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    about, boxes = planted_scene.checkpoint.about, {"b.png": [(0.0, 0.0, 1.0, 1.0)]}
    with pytest.raises(InputError, match=r"a box is of 'b.png', which is no image below"):
        list(from_folder(tmp_path, about, count=1, boxes=boxes))


def test_an_empty_folder_is_refused(planted_scene: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no images"):
        list(from_folder(tmp_path, planted_scene.checkpoint.about, count=1))


def test_networks_of_other_classes_are_not_compared(planted_scene: Any) -> None:
    from scaling_search.networks.checkpoints.files import Checkpoint

    about = planted_scene.checkpoint.about.model_copy(update={"class_names": ("a", "b", "c", "d")})
    other = Shown("other", Checkpoint(about, planted_scene.checkpoint.network))
    with pytest.raises(InputError, match="one and other differ in class_names"):
        next(compare([Shown("one", planted_scene.checkpoint), other], planted_scene.subjects))
