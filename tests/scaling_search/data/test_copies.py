"""Copies between splits and contradicting labels are counted, told, and refused if asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec
from search_spaces.specs.sweep import load_sweep

from .conftest import picture


def write(folder: Path, *, first: int, count: int = 6) -> Path:
    """Two classes of images that are all different."""
    for label, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            picture(first + 2 * number + label).save(folder / name / f"{number}.png")
    return folder


def with_own_test(folder: Path) -> Path:
    write(folder / "train", first=1)
    write(folder / "test", first=101, count=3)
    return folder


def again(file: Path, target: Path) -> None:
    """The same pixels in another file."""
    with Image.open(file) as image:
        image.save(target, compress_level=1, dpi=(72, 72))
    assert target.read_bytes() != file.read_bytes()


def counts(data: PreparedDataset) -> tuple[int, int, int | None, int]:
    return data.train_copies, data.validation_copies, data.test_copies, data.contradictory


def refusal(folder: Path, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder), strict=True, **changes))
    return str(caught.value)


@pytest.mark.parametrize("with_test", [False, True])
def test_equal_files_are_each_named(with_test: bool, tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    shutil.copy(folder / "train" / "cat" / "4.png", folder / "test" / "cat" / "a.png")
    shutil.copy(folder / "train" / "cat" / "4.png", folder / "test" / "cat" / "b.png")
    notes = prepare(DataSpec(name=str(folder)), with_test=with_test).notes
    assert notes == (
        "2 of 8 test images are exact copies of images to train or validate on "
        f"({folder}/test/cat/a.png of {folder}/train/cat/4.png; {folder}/test/cat/b.png of "
        f"{folder}/train/cat/4.png): accuracies on the test split do not say how new images are "
        "told",
    )


@pytest.mark.parametrize("with_test", [False, True])
def test_data_without_copies_have_none(with_test: bool, tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    data = prepare(DataSpec(name=str(folder), strict=True), with_test=with_test)
    assert counts(data) == (0, 0, 0, 0)
    assert data.notes == ()


@pytest.mark.parametrize("with_test", [False, True])
def test_a_test_split_that_copies_train_is_told(with_test: bool, tmp_path: Path) -> None:
    """One file as it is, one saved again: both are copies."""
    folder = with_own_test(tmp_path / "set")
    shutil.copy(folder / "train" / "cat" / "2.png", folder / "test" / "cat" / "leak.png")
    again(folder / "train" / "dog" / "4.png", folder / "test" / "dog" / "leak.png")
    data = prepare(DataSpec(name=str(folder)), with_test=with_test)
    assert counts(data) == (0, 0, 2, 0)
    examples = "; ".join(
        f"{folder}/test/{name}/leak.png of {folder}/train/{name}/{number}.png"
        for name, number in (("cat", 2), ("dog", 4))
    )
    assert data.notes == (
        f"2 of 8 test images are exact copies of images to train or validate on ({examples}): "
        "accuracies on the test split do not say how new images are told",
    )
    assert refusal(folder) == (
        f"{folder} has 2 test images that are exact copies of images to train or validate on "
        f"({examples}): remove the copies, or set strict to false to go on with them"
    )


def test_one_image_under_two_labels_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", first=1)
    again(folder / "cat" / "2.png", folder / "dog" / "other.png")
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert data.contradictory == 2
    pair = f"({folder}/cat/2.png and {folder}/dog/other.png)"
    assert (
        f"2 images are exact copies with contradicting labels {pair}: no network can tell both "
        "right"
    ) in data.notes
    assert f"2 exact copies with contradicting labels {pair}" in refusal(folder, test_fraction=0)


def test_contradictions_between_splits_are_told(tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    shutil.copy(folder / "train" / "cat" / "2.png", folder / "test" / "dog" / "leak.png")
    data = prepare(DataSpec(name=str(folder)))
    assert (data.test_copies, data.contradictory) == (1, 2)


def test_copies_within_training_are_counted_and_allowed(tmp_path: Path) -> None:
    """Ten copies of one image in a class; a split by content keeps those together it can."""
    folder = write(tmp_path / "set", first=1, count=10)
    for number in range(3):
        again(folder / "cat" / "0.png", folder / "cat" / f"again-{number}.png")
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert data.train_copies + data.validation_copies <= 3
    assert data.train_copies >= 1


def test_copies_on_both_sides_of_validation_are_refused_if_asked(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", first=1, count=10)
    for number in range(10):
        picture(0).save(folder / "cat" / f"{number}.png")
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert counts(data) == (7, 2, None, 0)
    assert refusal(folder, test_fraction=0) == (
        f"{folder} has 2 validation images that are exact copies of training images: remove the "
        "copies, or set strict to false to go on with them"
    )


def test_images_held_out_are_compared_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", first=1, count=10)
    for number in range(10):
        picture(0).save(folder / "cat" / f"{number}.png")
    data = prepare(DataSpec(name=str(folder)))
    assert (data.test_count, data.test_copies) == (4, 2)


def test_rows_of_parquet_files_are_compared(tmp_path: Path) -> None:
    folder = write(tmp_path / "plain", first=1)
    files = sorted(folder.rglob("*.png"))
    images = [{"bytes": file.read_bytes(), "path": None} for file in files]
    labels = [file.parent.name for file in files]
    (tmp_path / "set").mkdir()
    train = pa.table({"image": images, "label": labels})
    pq.write_table(train, tmp_path / "set" / "train.parquet")
    pq.write_table(train.slice(0, 2), tmp_path / "set" / "test.parquet")
    name = str(tmp_path / "set")
    data = prepare(DataSpec(name=name))
    assert data.test_copies == 2
    assert f"({name} (test) row 0 of {name} (train) row 0; " in data.notes[0]


def test_counts_are_remembered(tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    shutil.copy(folder / "train" / "cat" / "2.png", folder / "test" / "cat" / "leak.png")
    spec = DataSpec(name=str(folder))
    stages: list[str] = []
    first = prepare(spec)
    second = prepare(spec, progress=lambda stage, done, total: stages.append(stage))
    assert "decoding" not in stages
    assert second == first


def test_only_the_test_split_is_named_where_only_it_changed(tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    before = prepare(DataSpec(name=str(folder)))
    picture(999).save(folder / "test" / "cat" / "0.png")
    after = prepare(DataSpec(name=str(folder)))
    assert after.test_fingerprint != before.test_fingerprint
    assert (after.fingerprint, after.split_key) == (before.fingerprint, before.split_key)


def test_strict_is_no_part_of_the_protocol_nor_of_the_cache(tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    strict = prepare(DataSpec(name=str(folder), strict=True))
    assert strict == prepare(DataSpec(name=str(folder)))
    asked = load_sweep("quickstart", {"data": {"strict": True}})
    assert asked.protocol("f") == load_sweep("quickstart").protocol("f")


def test_images_that_differ_in_one_pixel_are_no_copies(tmp_path: Path) -> None:
    folder = with_own_test(tmp_path / "set")
    with Image.open(folder / "train" / "cat" / "2.png") as image:
        pixels = np.array(image)
    pixels[0, 0, 0] ^= 1
    Image.fromarray(pixels).save(folder / "test" / "cat" / "near.png")
    assert prepare(DataSpec(name=str(folder))).test_copies == 0
