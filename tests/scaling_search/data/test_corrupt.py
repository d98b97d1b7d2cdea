"""Images that cannot be decoded: all of them in one refusal, or skipped by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder, age
from .test_folder import refusal

BROKEN = "(not an image, or damaged at its start)"


def break_header(file: Path) -> None:
    file.write_bytes(b"")


def break_pixels(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


def test_headers_and_pixels_are_told_in_one_refusal(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    break_header(folder / "dog" / "002.png")
    break_pixels(folder / "cat" / "004.png")
    assert refusal(folder, test_fraction=0) == (
        f"2 images cannot be decoded: {folder}/cat/004.png (truncated); {folder}/dog/002.png "
        f"{BROKEN}; repair or remove them, or set skip_corrupt to true to go on without"
    )


def test_images_held_out_for_the_test_are_checked_too(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    for file in folder.rglob("*.png"):
        break_pixels(file)
    assert refusal(folder).startswith("20 images cannot be decoded: ")


def test_both_splits_are_told_in_one_refusal(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/test", cat=2, dog=2).parent
    break_pixels(folder / "train" / "cat" / "001.png")
    break_header(folder / "test" / "dog" / "001.png")
    assert refusal(folder).startswith("1 image cannot be decoded: ")
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder)), with_test=True)
    assert str(caught.value) == (
        f"2 images cannot be decoded: {folder}/train/cat/001.png (truncated); "
        f"{folder}/test/dog/001.png {BROKEN}; repair or remove them, or set skip_corrupt to true "
        "to go on without"
    )


def test_skipped_images_of_every_split_are_named_and_counted(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/test", cat=2, dog=2).parent
    break_pixels(folder / "train" / "cat" / "001.png")
    break_header(folder / "test" / "dog" / "000.png")
    break_header(folder / "test" / "dog" / "001.png")
    age(folder)
    data = prepare(DataSpec(name=str(folder), skip_corrupt=True), with_test=True)
    names = (
        f"{folder}/train/cat/001.png (truncated)",
        f"{folder}/test/dog/000.png {BROKEN}",
        f"{folder}/test/dog/001.png {BROKEN}",
    )
    assert (data.n_skipped, data.skipped, data.test_count) == (3, names, 2)
    assert data.notes == (
        f"3 images could not be decoded and were skipped: {'; '.join(names)}",
        "no test image is left of dog",
    )


def test_many_skipped_images_are_counted_in_the_note(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=20, dog=10)
    for number in range(8):
        break_header(folder / "cat" / f"{number:03d}.png")
    data = prepare(DataSpec(name=str(folder), skip_corrupt=True, test_fraction=0))
    assert data.n_skipped == len(data.skipped) == 8
    (note,) = data.notes
    assert note.startswith("8 images could not be decoded and were skipped: ")
    assert note.endswith(f"{folder}/cat/004.png {BROKEN} and 3 more")


def test_a_class_that_skipping_empties_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", ant=1, cat=10, dog=10)
    break_header(folder / "ant" / "000.png")
    assert refusal(folder, skip_corrupt=True, test_fraction=0) == (
        "class 'ant' has no image left, because none of its images can be decoded: "
        f"{folder}/ant/000.png {BROKEN}; repair or replace them, or leave the class out"
    )


def test_a_class_that_skipping_thins_says_what_was_skipped(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", ant=3, cat=10)
    break_header(folder / "ant" / "000.png")
    assert refusal(folder, skip_corrupt=True, test_fraction=0) == (
        "class 'ant' would have no validation image: it has 2 and validation_fraction is 0.2; a "
        "class needs at least 3 images at these fractions: add images, leave the class out or "
        f"change validation_fraction (skipped as corrupt: {folder}/ant/000.png {BROKEN})"
    )
