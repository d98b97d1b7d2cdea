"""Every kind of file is read to the right pixels, or refused with the right words, everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from scaling_search.data import PreparedDataset
from scaling_search.data.decode import UnreadableImageError, decode
from scaling_search.data.prepare import prepare
from scaling_search.networks.checkpoints.about import About
from scaling_search.uses.cam.subjects import Subject, Unread, from_folder
from scaling_search.uses.predicting import read_image
from scaling_search.uses.transfer.targets import prepare_targets
from search_spaces.baselines import get_baseline, realise
from search_spaces.coefficients import UNSCALED
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import picture
from .corpus import CASES, SIDE, Case, grid, png

FILLING = 4
"""Plain pictures of each class beside the file in question: a split needs some."""


def close(found: NDArray[Any], case: Case) -> None:
    assert case.pixels is not None
    np.testing.assert_allclose(found.astype(int), case.pixels.astype(int), atol=case.tolerance)


@pytest.mark.parametrize("name", CASES)
def test_pixels(name: str) -> None:
    case = CASES[name]()
    if case.pixels is None:
        return
    close(decode(case.content, SIDE, 3, case.bits), case)


def plain_folder(folder: Path, seed: int = 0) -> Path:
    """Two classes of plain 4 × 4 pictures in colour."""
    for label, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(FILLING):
            image = picture(1000 * seed + 2 * number + label, (SIDE, SIDE))
            image.save(folder / name / f"{number}.png")
    return folder


def read_back(data: PreparedDataset, split: str = "all") -> set[bytes]:
    """The pixels of every image of a data set, or of its test split."""
    names = ("test",) if split == "test" else ("train", "validation")
    return {
        image.tobytes()
        for name in names
        for image in data.open_split(name).gather(slice(None))  # type: ignore[arg-type]
    }


def by_folder(case: Case, folder: Path) -> PreparedDataset:
    plain_folder(folder / "pets")
    (folder / "pets" / "cat" / f"case{case.ending}").write_bytes(case.content)
    return prepare(DataSpec(name=str(folder / "pets"), test_fraction=0))


def _rows(case: Case, folder: Path) -> pa.Table:
    plain_folder(folder / "plain")
    files = sorted((folder / "plain").rglob("*.png"))
    contents = [*(file.read_bytes() for file in files), case.content]
    labels = [*(file.parent.name for file in files), "cat"]
    images = [{"bytes": content, "path": None} for content in contents]
    return pa.table({"image": images, "label": labels})


def by_parquet(case: Case, folder: Path) -> PreparedDataset:
    pq.write_table(_rows(case, folder), folder / "pets.parquet")
    return prepare(DataSpec(name=str(folder / "pets.parquet"), test_fraction=0))


def by_hub_layout(case: Case, folder: Path) -> PreparedDataset:
    """As the Hub stores data sets: data/train-00000-of-00001.parquet and the same of test."""
    (folder / "pets" / "data").mkdir(parents=True)
    table = _rows(case, folder)
    pq.write_table(table, folder / "pets" / "data" / "train-00000-of-00001.parquet")
    pq.write_table(table, folder / "pets" / "data" / "test-00000-of-00001.parquet")
    return prepare(DataSpec(name=str(folder / "pets")))


WAYS: dict[str, Callable[[Case, Path], PreparedDataset]] = {
    "folder": by_folder,
    "parquet": by_parquet,
    "hub layout": by_hub_layout,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_data_sets(name: str, way: str, tmp_path: Path) -> None:
    case = CASES[name]()
    if case.problem is not None:
        with pytest.raises(InputError) as caught:
            WAYS[way](case, tmp_path)
        assert case.problem in str(caught.value)
        return
    data = WAYS[way](case, tmp_path)
    assert (data.depth_bits, data.source_px, data.channels) == (case.bits, SIDE, 3)
    right = decode(case.content, SIDE, 3, case.bits)  # which `test_pixels` compares
    assert right.tobytes() in read_back(data)


@pytest.mark.parametrize("name", CASES)
def test_transfer(name: str, tmp_path: Path) -> None:
    """Its test images are read with the same number of bits as those that it trains on."""
    case = CASES[name]()
    for number, part in enumerate(("train", "test")):
        plain_folder(tmp_path / part, number)
    (tmp_path / "test" / "cat" / f"case{case.ending}").write_bytes(case.content)
    source = SimpleNamespace(network=SimpleNamespace(in_channels=3))
    spec = DataSpec(name=str(tmp_path))
    if case.problem is not None:
        with pytest.raises(InputError) as caught:
            prepare_targets([spec], [source])  # type: ignore[list-item]
        assert case.problem in str(caught.value)
        return
    data = prepare_targets([spec], [source])[spec.name, 3]  # type: ignore[list-item]
    assert About.of(about(None).network, data).depth_bits == case.bits
    assert decode(case.content, SIDE, 3, case.bits).tobytes() in read_back(data, "test")


def about(bits: int | None) -> About:
    """A network that was trained on images of a data set that is read with so many bits."""
    network = realise(
        get_baseline("efficientnet_b0"), UNSCALED, resolution_px=32, in_channels=3, classes=2
    )
    return About(
        network=network,
        class_names=("cat", "dog"),
        channels=3,
        source_px=SIDE,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        depth_bits=bits,
    )


@pytest.mark.parametrize("name", CASES)
def test_predict_and_cam(name: str, tmp_path: Path) -> None:
    """Files given to a network are read as the data set was that it was trained on."""
    case = CASES[name]()
    file = tmp_path / f"case{case.ending}"
    file.write_bytes(case.content)
    trained = about(case.bits)
    (shown,) = from_folder(tmp_path, trained, count=1)
    if case.pixels is None:
        with pytest.raises(UnreadableImageError):
            read_image(file, trained)
        assert isinstance(shown, Unread)
        return
    close(read_image(file, trained), case)
    assert isinstance(shown, Subject)
    close(shown.pixels, case)


def wide(tmp_path: Path, values: NDArray[Any]) -> Path:
    file = tmp_path / "wide.png"
    file.write_bytes(png(values, 16, 0))
    return file


def test_a_network_refuses_values_above_those_it_was_trained_on(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        read_image(wide(tmp_path, grid(5000)), about(12))
    assert str(caught.value) == (
        "holds the value 5,000, above the 4,095 of images of 12 bits: save it as they are, or with "
        "8 bits per channel"
    )


def test_a_network_that_never_saw_deep_images_reads_those_that_use_all_bits(
    tmp_path: Path,
) -> None:
    pixels = read_image(wide(tmp_path, grid(65535)), about(None))
    assert pixels[..., 0].tolist() == (grid(65535) >> 8).tolist()
    with pytest.raises(UnreadableImageError) as caught:
        read_image(wide(tmp_path, grid(4095)), about(None))
    assert str(caught.value) == (
        "more than 8 bits per channel, no value above 4,095, and no range is known for it: save it "
        "with 8 bits per channel"
    )
