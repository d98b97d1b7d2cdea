"""What a user gets from a data set: the right images, split once and for all."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder, age, picture


def test_digits_are_real_and_split_three_ways() -> None:
    digits = prepare(DataSpec(), with_test=True)
    train, validation, test = (digits.open_split(s) for s in ("train", "validation", "test"))
    assert (len(train), len(validation), len(test)) == (1151, 287, 359)
    assert train.images.shape[1:] == (8, 8, 1)
    assert train.images.dtype == np.uint8
    assert (train.gather(slice(None)).max(), digits.native_min_px, digits.source_px) == (255, 8, 8)
    assert digits.class_names == tuple("0123456789")
    assert sum(digits.train_counts) == 1151
    assert min(digits.validation_counts) >= 28
    assert digits.notes == (
        "no test split of its own: 359 images (20% of each class, always the same) are held "
        "out as one",
    )


def test_digits_split_is_the_same_on_every_machine() -> None:
    digits = prepare(DataSpec())
    assert digits.fingerprint.startswith("d605a17e945a2e8c")
    assert digits.split_key.startswith("b12f4042d80aebad")


def test_images_arrive_unchanged(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    prepared = prepare(DataSpec(name=str(folder), test_fraction=0))
    stored = {
        (label, image.tobytes())
        for split in ("train", "validation")
        for arrays in [prepared.open_split(split)]
        for label, image in zip(arrays.labels, arrays.gather(slice(None)), strict=True)
    }
    original = {
        (label, Image.open(file).tobytes())
        for label, name in enumerate(["cat", "dog"])
        for file in (folder / name).iterdir()
    }
    assert stored == original


def test_validation_is_a_stratified_share_of_training(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=20, dog=10)
    prepared = prepare(DataSpec(name=str(folder), test_fraction=0, validation_fraction=0.3))
    train, validation = prepared.open_split("train"), prepared.open_split("validation")
    assert prepared.validation_counts == (6, 3)
    assert prepared.train_counts == (14, 7)
    assert list(np.bincount(validation.labels)) == [6, 3]
    assert not set(train.rows) & set(validation.rows)


def test_seed_decides_validation_and_never_the_test_split(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=30, dog=30)
    first, again, other = (
        prepare(DataSpec(name=str(folder), split_seed=seed), with_test=True) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.split_key != other.split_key
    assert first.test_path == other.test_path
    assert first.path == other.path


def test_renamed_and_reordered_images_are_split_alike(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=20, dog=20)
    before = prepare(DataSpec(name=str(folder)))
    for number, file in enumerate(sorted((folder / "cat").iterdir(), reverse=True)):
        file.rename(file.with_name(f"renamed-{number:03d}.png"))
    after = prepare(DataSpec(name=str(folder)))
    assert after.split_key == before.split_key
    assert after.fingerprint != before.fingerprint


def test_fewer_training_images_keep_validation_and_balance(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=40, dog=20)
    whole = prepare(DataSpec(name=str(folder), test_fraction=0))
    capped = prepare(DataSpec(name=str(folder), test_fraction=0, max_train_images=12))
    assert capped.train_counts == (8, 4)
    assert set(capped.open_split("train").rows) < set(whole.open_split("train").rows)
    np.testing.assert_array_equal(
        capped.open_split("validation").rows, whole.open_split("validation").rows
    )
    assert capped.path == whole.path


def test_fewer_training_images_than_classes_are_refused(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=6, cow=6, dog=6)
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder), max_train_images=2))
    assert str(caught.value) == (
        "max_train_images is 2: 3 classes need at least one image each; use at least 3"
    )


def test_mean_and_deviation_are_those_of_the_training_pixels(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=15, dog=15))))
    pixels = prepared.open_split("train").gather(slice(None)) / 255
    np.testing.assert_allclose(prepared.mean, pixels.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(prepared.std, pixels.std(axis=(0, 1, 2)))


def test_travels_as_json_and_as_pickle(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=10, dog=10))))
    assert PreparedDataset.from_dict(json.loads(json.dumps(prepared.to_dict()))) == prepared
    assert pickle.loads(pickle.dumps(prepared)) == prepared
    assert len(pickle.dumps(prepared)) < 4096


def test_reading_needs_no_decoder(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=10, dog=10))))
    script = (
        "import json, sys; from scaling_search.data import PreparedDataset;"
        "p = PreparedDataset.from_dict(json.load(sys.stdin));"
        "print(p.open_split('train').gather(slice(2)).shape);"
        "print([m for m in ('PIL', 'sklearn', 'datasets', 'pyarrow', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(prepared.to_dict()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["(2, 12, 12, 3)", "[]"]


def test_mapped_images_cannot_be_written_to(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=10, dog=10))))
    images = prepared.open_split("train").images
    assert isinstance(images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 0


def test_test_split_stays_closed_until_asked_for(make_folder: MakeFolder, cache: Path) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/test", cat=2, dog=2).parent
    (folder / "test" / "cat" / "damaged.png").write_bytes(b"never looked at")
    age(folder)
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.test_count == 5
    assert len(list(cache.glob("*/images.npy"))) == 1
    with pytest.raises(InputError) as caught:
        prepared.open_split("test")
    assert str(caught.value) == (
        f"the test split of {folder} is closed: it is decoded only when asked for; prepare the "
        "data set with with_test=True"
    )
    (folder / "test" / "cat" / "damaged.png").unlink()
    opened = prepare(DataSpec(name=str(folder)), with_test=True)
    assert list(opened.open_split("test").labels) == [0, 0, 1, 1]
    assert opened.split_key == prepared.split_key


def test_no_test_split_can_be_opened_where_none_is_held_out(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder), test_fraction=0), with_test=True)
    assert str(caught.value) == (
        f"{folder} has no test split and test_fraction is 0, which holds out no image: set it "
        "to a larger fraction, for example 0.2"
    )


def test_fraction_that_holds_no_image_apart_makes_no_test_split(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    prepared = prepare(DataSpec(name=str(folder), test_fraction=0.04))
    assert (prepared.test_count, prepared.test_fingerprint, prepared.test_copies) == (None,) * 3
    assert prepared.n_train + prepared.n_validation == 20
    assert prepared.notes == (
        "no test split: 0.04 of each class is less than half an image, so none is held out; "
        "raise test_fraction for one",
    )
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder), test_fraction=0.04), with_test=True)
    assert str(caught.value) == (
        f"{folder} has no test split and test_fraction is 0.04, which holds out no image: set "
        "it to a larger fraction, for example 0.2"
    )


def test_held_out_images_are_in_no_other_split(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=20, dog=20))), with_test=True)
    splits = [
        {image.tobytes() for image in prepared.open_split(split).gather(slice(None))}
        for split in ("train", "validation", "test")
    ]
    assert [len(images) for images in splits] == [26, 6, 8]
    assert len(set.union(*splits)) == 40


def test_copies_across_the_split_are_counted(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    for number in range(10):
        picture(0).save(folder / "cat" / f"{number:03d}.png")
    prepared = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert prepared.notes == ("2 validation images are exact copies of training images",)


def test_cache_that_is_elsewhere_is_named(make_folder: MakeFolder) -> None:
    prepared = prepare(DataSpec(name=str(make_folder("pets", cat=10, dog=10))))
    os.remove(Path(prepared.path) / "images.npy")
    with pytest.raises(RuntimeError, match=r"images\.npy cannot be read .* on every machine"):
        prepared.open_split("train")


def test_unknown_split_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec()).open_split("val")  # type: ignore[arg-type]
    assert str(caught.value) == "split is 'val': it must be train, validation or test"


def test_resolution_above_the_images_is_noted(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", size=(20, 16), cat=10, dog=10)
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.upsampling_note(16) is None
    assert prepared.upsampling_note(17) == (
        "17 px exceeds the 16 px of the images: upsampling adds no detail, so a difference there "
        "comes from the network's strides and no effect of resolution is claimed"
    )
    smaller = prepare(DataSpec(name=str(folder), source_px=8))
    assert smaller.detail_px == 8
    assert smaller.upsampling_note(8) is None
    assert str(smaller.upsampling_note(12)).endswith(
        "no effect of resolution is claimed (the originals have 16 px: a larger source_px would "
        "keep more of them)"
    )
