"""How many bits are used is decided over a data set, told, and the same for all of its images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec
from search_spaces.specs.sweep import load_sweep

from .conftest import picture
from .corpus import png, tiff


def values(seed: int, top: int) -> NDArray[np.int64]:
    """(4, 4) from 0 to `top`, which occurs."""
    drawn = np.random.default_rng(seed).integers(0, top + 1, (4, 4))
    drawn[0, 0] = top
    return drawn


def write(folder: Path, top: int, *, count: int = 6, kind: str = "png", first: int = 0) -> Path:
    for label, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            image = values(first + 2 * number + label, top)
            file = folder / name / f"{first + number}.{kind}"
            file.write_bytes(png(image, 16, 0) if kind == "png" else tiff(image, "i4"))
    return folder


def refusal(folder: Path, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(folder), **changes))
    return str(caught.value)


@pytest.mark.parametrize(
    ("top", "bits"),
    [(200, 8), (255, 8), (256, 10), (1023, 10), (3000, 12), (9000, 14), (20000, 16), (65535, 16)],
)
@pytest.mark.parametrize("kind", ["png", "tif"])
def test_bits_are_the_fewest_known_that_hold_all_values(
    top: int, bits: int, kind: str, tmp_path: Path
) -> None:
    data = prepare(DataSpec(name=str(write(tmp_path / "set", top, kind=kind)), test_fraction=0))
    assert data.depth_bits == bits
    stored = np.concatenate(
        [data.open_split(split).gather(slice(None)) for split in ("train", "validation")]
    )
    assert stored.max() == top >> (bits - 8)
    assert stored.shape == (12, 4, 4, 1)


def test_the_scale_is_noted(tmp_path: Path) -> None:
    data = prepare(DataSpec(name=str(write(tmp_path / "set", 3000)), test_fraction=0))
    assert data.notes == (
        "12 images with more than 8 bits per channel hold no value above 3,000: all are read as "
        "images of 12 bits, 4,095 is white",
    )
    full = prepare(DataSpec(name=str(write(tmp_path / "full", 65535)), test_fraction=0))
    assert full.notes == ()


def test_one_scale_for_dark_and_bright_images(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 4095)
    (folder / "cat" / "dark.png").write_bytes(png(np.full((4, 4), 800), 16, 0))
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    stored = {
        image.tobytes()
        for split in ("train", "validation")
        for image in data.open_split(split).gather(slice(None))  # type: ignore[arg-type]
    }
    assert np.full((4, 4, 1), 50, np.uint8).tobytes() in stored


def test_the_test_split_has_a_say_and_the_same_scale(tmp_path: Path) -> None:
    write(tmp_path / "train", 900)
    write(tmp_path / "test", 4095, first=50)
    data = prepare(DataSpec(name=str(tmp_path)), with_test=True)
    assert data.depth_bits == 12
    assert data.open_split("train").gather(slice(None)).max() == 900 >> 4
    assert data.open_split("test").gather(slice(None)).max() == 255


def test_plain_images_beside_deep_ones_stay_as_they_are(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 4095)
    picture(5, (4, 4), "L").save(folder / "cat" / "plain.png")
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    plain = np.asarray(picture(5, (4, 4), "L"))[..., None].tobytes()
    assert any(
        plain == image.tobytes()
        for split in ("train", "validation")
        for image in data.open_split(split).gather(slice(None))  # type: ignore[arg-type]
    )


def test_images_that_are_dark_beside_the_others_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 65535)
    write(folder, 4000, count=2, first=30)
    data = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert data.notes == (
        "4 of 16 images with more than 8 bits per channel use less than a 16th of the 16 bits and "
        "come out dark: if they were recorded with fewer bits than the others, save them with 8 "
        "bits per channel",
    )


@pytest.mark.parametrize("top", [0, 1, 15, 127])
def test_ranges_that_are_not_half_used_are_refused(top: int, tmp_path: Path) -> None:
    folder = write(tmp_path / "set", top)
    assert refusal(folder) == (
        f"the images of {folder} with more than 8 bits per channel hold values up to {top} "
        f"({folder}/cat/0.png), and which value is white is not known; known are ranges that are "
        "at least half used: 0 to 255, 0 to 1,023, 0 to 4,095, 0 to 16,383, 0 to 65,535. Save "
        "them with 8 bits per channel, or set depth_bits to the number of bits of white (at least "
        f"{max(1, top.bit_length())})"
    )


def test_values_above_16_bits_need_their_number(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 1_000_000, kind="tif")
    assert "hold values up to 1,000,000 " in refusal(folder)
    data = prepare(DataSpec(name=str(folder), depth_bits=20, test_fraction=0))
    assert data.depth_bits == 20
    assert data.open_split("train").gather(slice(None)).max() == 1_000_000 >> 12


@pytest.mark.parametrize(("top", "bits", "white"), [(1, 1, 255), (3000, 16, 11), (15, 4, 255)])
def test_the_number_of_bits_can_be_given(top: int, bits: int, white: int, tmp_path: Path) -> None:
    folder = write(tmp_path / "set", top)
    data = prepare(DataSpec(name=str(folder), depth_bits=bits, test_fraction=0))
    assert data.open_split("train").gather(slice(None)).max() == white


def test_a_number_that_is_too_low_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 3000)
    assert refusal(folder, depth_bits=10) == (
        f"depth_bits is 10: values go up to 1,023 then, and {folder}/cat/0.png holds 3,000; use at "
        "least 12"
    )


def test_images_of_no_known_range_are_left_out_on_request(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", 3000)
    (folder / "cat" / "negative.tif").write_bytes(tiff(np.full((4, 4), -7), "i2"))
    assert refusal(folder) == (
        f"1 image cannot be decoded: {folder}/cat/negative.tif (holds the negative value -7: "
        "values must be 0 or more; shift them and save it with 8 bits per channel); repair or "
        "remove it, or set skip_corrupt to true to go on without"
    )
    assert prepare(DataSpec(name=str(folder), skip_corrupt=True)).depth_bits == 12


def test_other_bits_are_other_images(tmp_path: Path) -> None:
    """Fingerprint, cache and protocol follow what the pixels become, and nothing else."""
    folder = write(tmp_path / "set", 3000)
    twelve = prepare(DataSpec(name=str(folder)))
    same = prepare(DataSpec(name=str(folder), depth_bits=12))
    other = prepare(DataSpec(name=str(folder), depth_bits=14))
    assert (same.fingerprint, same.path) == (twelve.fingerprint, twelve.path)
    assert other.fingerprint != twelve.fingerprint
    assert other.path != twelve.path
    given = load_sweep("quickstart", {"data": {"depth_bits": 12}})
    plain = load_sweep("quickstart")
    assert given.protocol(twelve.fingerprint) == plain.protocol(twelve.fingerprint)
    assert plain.protocol(other.fingerprint) != plain.protocol(twelve.fingerprint)
