"""Every layout of `layouts.py` is read as it says, or refused in its words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import picture
from .layouts import CASES, Read, Refused, write


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    expected = write(name, root)
    spec = DataSpec(name=str(root), test_fraction=0, layout=expected.layout)
    if isinstance(expected, Refused):
        with pytest.raises(InputError) as caught:
            prepare(spec)
        assert str(caught.value) == expected.message.replace("{root}", str(root))
        return
    assert_read(spec, expected, root)
    json.dumps(prepare(spec).to_dict(), ensure_ascii=False).encode()


def assert_read(spec: DataSpec, expected: Read, root: Path) -> None:
    data = prepare(spec, with_test=expected.test is not None)
    counts = [sum(both) for both in zip(data.train_counts, data.validation_counts, strict=True)]
    assert dict(zip(data.class_names, counts, strict=True)) == dict(expected.train)
    assert list(data.class_names) == sorted(expected.train)
    if expected.test is None:
        assert data.test_count is None
    else:
        labels = data.open_split("test").labels
        found = np.bincount(labels, minlength=len(data.class_names)).tolist()
        assert dict(zip(data.class_names, found, strict=True)) == dict(expected.test)
    assert data.notes == tuple(note.replace("{root}", str(root)) for note in expected.notes)
    assert {one.ending: one.count for one in data.left_out} == dict(expected.left_out)
    seen: list[str] = []
    again = prepare(
        spec,
        with_test=expected.test is not None,
        progress=lambda stage, done, total: seen.append(stage),
    )
    assert (again, seen) == (data, [])


FOLDERS = (
    *("train", "test", "val", "training_set", "test_set", "seg_train", "train_test", "Train"),
    *("cat", "dog", "images", "labels", "masks", "data", "part_a", "part_b", "a b", "[x]"),
    *("caf\udce9", "caf\u00e9", "cafe\u0301", ".hidden", "__MACOSX"),
)
FILES = (
    "1.png",
    "2.JPG",
    "-3.png",
    "caf\udce9.png",
    "x.heic",
    "y.txt",
    "z",
    "t.parquet",
    "README.md",
)


def grow(folder: Path, choose: random.Random, depth: int) -> None:
    """Any tree of folders and files."""
    folder.mkdir()
    for name in choose.sample(FILES, choose.randint(0, 3)):
        if name.lower().endswith((".png", ".jpg")):
            picture(choose.randrange(2**30), (6, 6)).save(folder / name, "PNG")
        else:
            (folder / name).write_bytes(b"")
    for name in choose.sample(FOLDERS, choose.randint(0, 3)) if depth else ():
        grow(folder / name, choose, depth - 1)


@pytest.mark.parametrize("seed", range(60))
def test_any_tree_is_read_or_refused_in_words_that_can_be_printed(
    seed: int, tmp_path: Path
) -> None:
    choose = random.Random(seed)
    grow(tmp_path / "root", choose, 3)
    layout = choose.choice(["auto", "classes"])
    spec = DataSpec.model_validate({"name": str(tmp_path / "root"), "layout": layout})
    try:
        said = json.dumps(prepare(spec).to_dict(), ensure_ascii=False)
    except InputError as error:
        said = str(error)
    assert said.encode()


def test_corrupt_image_whose_name_is_not_utf8_is_named(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write("file_names_that_are_not_utf8", root)
    odd = next(file for file in (root / "cat").iterdir() if not file.name[0].isdigit())
    odd.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=str(root)))
    assert f"{root}/cat/caf\\xe9\\n.png (not an image" in str(caught.value)
    skipped = prepare(DataSpec(name=str(root), skip_corrupt=True, test_fraction=0)).skipped
    assert skipped == (f"{root}/cat/caf\\xe9\\n.png (not an image, or damaged at its start)",)
