"""Parquet files: which split each belongs to, which files and labels count, what is no image."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.data.sources.shards import splits_of
from search_spaces.specs.data import DataSpec

from .conftest import age, picture
from .test_tables import png, refusal, write


def prepared(path: Path, **options: Any) -> PreparedDataset:
    return prepare(DataSpec(name=str(path), **({"test_fraction": 0} | options)))


def images_of(data: PreparedDataset) -> int:
    return data.n_train + data.n_validation


# Which split a file belongs to.

TREES = [
    ("train-0.parquet", "extra-0.parquet"),
    ("data/train-00000-of-00001.parquet", "data/extra-00000-of-00001.parquet"),
    ("data/train-00000-of-00001-a1b2.parquet", "data/test-00000-of-00001.parquet", "x.parquet"),
    ("part1.parquet", "part2.parquet"),
    ("train/x.parquet", "test/y.parquet", "z.parquet"),
    ("a/my_train_set/x.parquet", "a/my-test/y.parquet"),
    ("trainee.parquet", "contest.parquet", "devil.parquet"),
    ("training.parquet", "testing.parquet", "valid.parquet", "README.parquet"),
    ("train.parquet", "eval.parquet", "dev.parquet"),
    ("pets-train.parquet", "pets evaluation.parquet", "pets_val2.parquet"),
    ("train/test-0.parquet", "train/train-0.parquet"),
]


@pytest.mark.parametrize("names", TREES, ids=" ".join)
def test_splits_are_those_of_the_library_that_reads_the_hub(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    import datasets

    for name in names:
        write(tmp_path / name, [0, 1])
    files = sorted(tmp_path.rglob("*.parquet"))
    ours = splits_of(tmp_path, files, None)
    builder = datasets.load_dataset_builder(str(tmp_path), cache_dir=str(tmp_path / "cache"))
    theirs = {str(split): sorted(found) for split, found in builder.config.data_files.items()}
    assert {split: [str(file) for file in found] for split, found in ours.items()} == theirs


CONFIGS = [
    "configs:\n- config_name: default\n  data_dir: p\n",
    "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: p/*\n"
    "  - split: test\n    path: [part1.parquet]\n",
    "configs:\n- config_name: big\n  default: true\n  data_files: '**/*.parquet'\n"
    "- config_name: small\n  data_files: part1.parquet\n",
]


@pytest.mark.parametrize("about", CONFIGS)
def test_configurations_of_a_readme_are_followed_as_on_the_hub(about: str, tmp_path: Path) -> None:
    import datasets

    write(tmp_path / "part1.parquet", [0, 1])
    write(tmp_path / "p" / "part2.parquet", [0, 1])
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n{about}---\n# Pets\n")
    ours = splits_of(tmp_path, sorted(tmp_path.rglob("*.parquet")), None)
    builder = datasets.load_dataset_builder(str(tmp_path), cache_dir=str(tmp_path / "cache"))
    theirs = {str(split): sorted(found) for split, found in builder.config.data_files.items()}
    assert {split: sorted(map(str, found)) for split, found in ours.items()} == theirs


@pytest.mark.parametrize(
    ("data_files", "problem"),
    [
        ("5", "names files of the split train that are not there: add them, or correct its"),
        ("[{split: a, path: 7}]", "names files of the split a that are not there: add them, or"),
        (
            "'p/[z-a].parquet'",
            "names files by the pattern p/[z-a].parquet, which is none (bad character range z-a at "
            "position 3): correct its",
        ),
    ],
)
def test_configurations_that_name_no_files(data_files: str, problem: str, tmp_path: Path) -> None:
    write(tmp_path / "p" / "a.parquet", [0, 1])
    about = f"---\nconfigs:\n- config_name: default\n  data_files: {data_files}\n---\n"
    (tmp_path / "README.md").write_text(about)
    assert refusal(tmp_path).startswith(f"{tmp_path}/README.md {problem}")


def test_files_that_a_configuration_leaves_out_are_noted(tmp_path: Path) -> None:
    write(tmp_path / "p" / "a.parquet", [0, 1] * 5)
    write(tmp_path / "q" / "train.parquet", [0, 1] * 5)
    (tmp_path / "README.md").write_text("---\nconfigs:\n- data_dir: p\n---\n")
    prepared = prepare(DataSpec(name=str(tmp_path), test_fraction=0))
    assert prepared.n_train + prepared.n_validation == 10
    assert prepared.notes == (
        "1 file is left out: 1 .parquet (README.md does not name them in this configuration: add "
        "them to its data_files, or move them away)",
    )


def test_several_configurations_without_a_default_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [0, 1])
    (tmp_path / "README.md").write_text(
        "---\nconfigs:\n- config_name: one\n  data_files: a.parquet\n"
        "- config_name: two\n  data_files: b.parquet\n---\n"
    )
    assert refusal(tmp_path) == (
        f"hub_config is not set: {tmp_path}/README.md names the configurations one, two; set it "
        "to one of them"
    )
    assert refusal(tmp_path, hub_config="onee") == (
        f"hub_config is 'onee': {tmp_path}/README.md names the configurations one, two; did you "
        "mean one?"
    )
    assert refusal(tmp_path, hub_config="two") == (
        f"{tmp_path}/README.md names files of the split train that are not there: add them, or "
        "correct its data_files"
    )


def test_extra_files_join_no_split_and_are_noted(tmp_path: Path) -> None:
    write(tmp_path / "train-0.parquet", ["cat", "dog"] * 5)
    write(tmp_path / "extra-0.parquet", ["cat", "dog"] * 5, start=50)
    data = prepared(tmp_path)
    assert images_of(data) == 10
    assert [(one.ending, one.count, one.reason) for one in data.left_out] == [
        (".parquet", 1, "their names do not say the split as those of others do")
    ]
    assert data.notes == (
        "1 file is left out: 1 .parquet (their names do not say the split as those of "
        "others do: name them as those, or move them away)",
    )


def test_capital_letters_do_not_hide_a_test_split(tmp_path: Path) -> None:
    write(tmp_path / "Train.parquet", ["cat", "dog"] * 5)
    write(tmp_path / "TEST.parquet", ["cat", "dog"], start=50)
    data = prepared(tmp_path)
    assert (images_of(data), data.test_count) == (10, 2)


def test_hub_layout_with_what_lies_around_it(tmp_path: Path) -> None:
    folder = tmp_path / "pets [v2] *"
    write(folder / "data" / "train-00000-of-00001.parquet", ["cat", "dog"] * 5)
    write(folder / ".cache" / "huggingface" / "train.parquet", ["cow", "pig"], start=50)
    write(folder / ".git" / "test.parquet", ["cow", "pig"], start=50)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    (folder / "assets").mkdir()
    picture(1).save(folder / "assets" / "preview.png")
    age(folder)
    data = prepared(folder)
    assert data.class_names == ("cat", "dog")
    assert [(one.ending, one.count, one.reason) for one in data.left_out] == [
        (".png", 1, "beside Parquet files, which are read")
    ]


def class_folders(root: Path) -> None:
    for kind in ("cat", "dog"):
        (root / kind).mkdir(parents=True)
        for number in range(3):
            picture(ord(kind[0]) + number).save(root / kind / f"{number}.png")


def test_facts_in_a_table_beside_class_folders_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    class_folders(folder)
    parquet.write_table(pa.table({"file": ["cat/0.png"], "age": [3]}), folder / "facts.parquet")
    age(folder)
    data = prepared(folder)
    assert images_of(data) == 6
    assert [(one.ending, one.remedy) for one in data.left_out] == [
        (".parquet", "name the Parquet file itself to read it")
    ]


def test_images_in_tables_and_in_class_folders_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    class_folders(folder)
    write(folder / "pets.parquet", [0, 1])
    assert refusal(folder) == (
        f"{folder} holds Parquet files with images and class folders with images: name one of the "
        "Parquet files, or move those or the folders to another place"
    )


def test_name_of_two_splits_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "train_test.parquet", [0, 1])
    assert refusal(tmp_path) == (
        "train_test.parquet is called like test and train: a Parquet file is of one split; rename "
        "it or its folder"
    )


def test_files_without_a_split_beside_a_test_split_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "pets.parquet", [0, 1])
    write(tmp_path / "test.parquet", [0, 1])
    assert refusal(tmp_path) == (
        f"{tmp_path} has Parquet files called test and others whose names say no split: put the "
        "word train into the names of those to train on"
    )


# Images that are named by their path.


def write_paths(file: Path, paths: list[str | None], labels: list[Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": None, "path": path} for path in paths]
    parquet.write_table(pa.table({"image": pa.array(rows, kind), "label": labels}), file)
    age(file.parent)
    return file


def test_paths_start_from_the_folder_of_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pets"
    for start, part in ((0, "more_train"), (50, "train")):
        (folder / part / "images").mkdir(parents=True)
        for number in range(6):
            picture(start + number).save(folder / part / "images" / f"{number}.png")
        names: list[str | None] = [f"images/{number}.png" for number in range(6)]
        write_paths(folder / part / "train.parquet", names, ["cat", "dog"] * 3)
    monkeypatch.chdir(tmp_path)
    data = prepared(folder)
    assert images_of(data) == 12
    assert data.left_out == ()
    images = np.load(Path(data.path) / "images.npy")
    assert images[7].tobytes() == picture(51).tobytes()


def test_image_that_changes_behind_its_path_changes_the_fingerprint(tmp_path: Path) -> None:
    for number in range(6):
        picture(number).save(tmp_path / f"{number}.png")
    file = write_paths(tmp_path / "x.parquet", [f"{n}.png" for n in range(6)], [0, 1] * 3)
    before = prepared(file)
    seen: list[str] = []
    prepare(DataSpec(name=str(file), test_fraction=0), progress=lambda s, d, t: seen.append(s))
    assert seen == []
    picture(99).save(tmp_path / "3.png")
    age(tmp_path, 1800)
    after = prepared(file)
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize("way", ["absolute", "above", "link"])
def test_a_table_names_no_files_elsewhere(way: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    picture(1).save(secret)
    folder = tmp_path / "pets"
    folder.mkdir()
    (folder / "link.png").symlink_to(secret)
    path = {"absolute": str(secret), "above": "../secret.png", "link": "link.png"}[way]
    file = write_paths(folder / "x.parquet", [path, path], [0, 1])
    assert refusal(file) == (
        f"{file} (train) row 0 names the image file {path}, which is outside {folder}: a table "
        "may only name files of its own data set; copy the images into that folder"
    )


def test_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    file = write_paths(tmp_path / "x.parquet", ["gone.png", "gone.png"], [0, 1])
    assert refusal(file) == (
        f"{file} (train) row 0 names the image file gone.png, which is not in {tmp_path}: paths "
        "start from the folder of their Parquet file; put the file there, or the images' bytes "
        "into the table"
    )


def test_tables_of_the_hub_name_files_of_its_cache_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets
    import huggingface_hub.constants

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "hub").mkdir()
    for number in range(6):
        picture(number).save(tmp_path / "hub" / f"{number}.png")
    picture(9).save(tmp_path / "secret.png")

    def load(path: Path) -> None:
        table = datasets.DatasetDict.from_parquet(
            {"train": str(path)}, cache_dir=str(tmp_path / "arrow")
        )
        monkeypatch.setattr(datasets, "load_dataset", lambda *args, **kwargs: table)

    names: list[str | None] = [str(tmp_path / "hub" / f"{number}.png") for number in range(6)]
    load(write_paths(tmp_path / "good.parquet", names, [0, 1] * 3))
    assert images_of(prepare(DataSpec(name="hub:owner/pets", test_fraction=0))) == 6
    load(write_paths(tmp_path / "bad.parquet", [str(tmp_path / "secret.png")] * 2, [0, 1]))
    assert refusal("hub:owner/pets") == (
        f"hub:owner/pets (train) row 0 names the image file {tmp_path}/secret.png, which is "
        f"outside {tmp_path}/hub: a table may only name files of its own data set; copy the "
        "images into that folder"
    )


# Labels.

LABELS = {
    "numbers as text": (["10", "9", "-1"], ("-1", "9", "10")),
    "leading zeros": (["01", "1", "2"], ("01", "1", "2")),
    "not quite a number": (["--1", "2", "10"], ("--1", "10", "2")),
    "a superscript": (["²", "1", "10"], ("1", "10", "²")),
    "digits of another script": (["٣", "1", "10"], ("1", "10", "٣")),
    "very long numbers": (["1" * 5000, "2", "10"], ("10", "1" * 5000, "2")),
    "a plus sign": (["+1", "2", "10"], ("+1", "10", "2")),
    "integers": ([10, 9, -1], ("-1", "9", "10")),
    "whole floats": ([10.0, 9.0, -1.0], ("-1", "9", "10")),
    "booleans": ([True, False], ("False", "True")),
    "bytes": ([b"dog", b"caf\xc3\xa9"], ("café", "dog")),
    "both forms of an accent": (["cafe\u0301", "caf\u00e9", "dog"], ("caf\u00e9", "dog")),
    "markup": (["[bold]x[/bold]", "[/]", "%s"], ("%s", "[/]", "[bold]x[/bold]")),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_become_classes(name: str, tmp_path: Path) -> None:
    labels, expected = LABELS[name]
    data = prepared(write(tmp_path / "x.parquet", labels * 4))
    assert data.class_names == expected
    assert images_of(data) == 4 * len(labels)


def test_categories_of_pandas_are_classes(tmp_path: Path) -> None:
    images = [png(row) for row in range(8)]
    labels = pa.array(["dog", "cat"] * 4).dictionary_encode()
    parquet.write_table(pa.table({"image": images, "label": labels}), tmp_path / "x.parquet")
    assert prepared(tmp_path / "x.parquet").class_names == ("cat", "dog")


NO_LABELS = {
    "none": ([0, None], "row 1 has no label in column 'label': every image needs one; remove"),
    "not a number": ([1.0, float("nan")], "row 1 has no label in column 'label': every image"),
    "blank": (["cat", " "], "row 1 has no label in column 'label': every image needs one; remove"),
    "a fraction": ([1.0, 1.5], "row 1 has 1.5 in column 'label': a label must be an integer or"),
    "infinity": ([1.0, float("inf")], "row 1 has inf in column 'label': a label must be an"),
    "a list": ([[1], [2]], "row 0 has [1] in column 'label': a label must be an integer or a"),
    "other bytes": ([b"cat", b"\xff"], "row 1 has b'\\xff' in column 'label': a label must be"),
}


@pytest.mark.parametrize("name", NO_LABELS)
def test_other_labels_are_named(name: str, tmp_path: Path) -> None:
    labels, expected = NO_LABELS[name]
    file = write(tmp_path / "x.parquet", labels)
    assert refusal(file).startswith(f"{file} (train) {expected}")


def test_class_names_must_fit_on_a_line(tmp_path: Path) -> None:
    file = write(tmp_path / "x.parquet", ["cat", "do\ng"])
    assert refusal(file) == (
        f"{file} (train): class do\\ng has a control character in its name: names of classes must "
        "fit on one line; rename it in column 'label'"
    )


# Columns that hold no images.


def table(tmp_path: Path, **columns: Any) -> Path:
    rows = len(next(iter(columns.values())))
    labels = [row % 2 for row in range(rows)]
    file = tmp_path / "x.parquet"
    parquet.write_table(pa.table({**columns, "label": labels}), file)
    return file


def test_column_that_might_be_images_is_explained(tmp_path: Path) -> None:
    file = table(tmp_path, pixels=["70 80 82 " * 16, "1 2 3 " * 16])
    assert refusal(file) == (
        f"{file} has no image column: set image_column to one of its columns: pixels (string), "
        "label (int64); 'pixels' holds 48 pixel values as text: save each row as a PNG "
        "(docs/datasets.md shows how)"
    )
    assert refusal(file, image_column="pixels") == (
        f"column 'pixels' of {file} does not hold image files but 48 pixel values as text: save "
        "each row as a PNG (docs/datasets.md shows how)"
    )


ENCODED = base64.b64encode(png(1))
NO_IMAGES = {
    "pixels": ([list(range(64))] * 2, "64 pixel values: save each row as a PNG (docs/"),
    "rows of pixels": ([[[0, 1, 2]] * 4] * 2, "4 × 3 pixel values: save each row as a PNG (docs/"),
    "base64": ([ENCODED.decode()] * 2, "images in base64: decode them to bytes first (docs/"),
    "base64 as bytes": ([ENCODED] * 2, "images in base64: decode them to bytes first (docs/"),
    "data URIs": (["data:image/png;base64,iVBO"] * 2, "images in base64: decode them to bytes"),
    "addresses": (["https://example.org/1.png"] * 2, "web addresses: download the images and"),
    "file names": (["images/1.png"] * 2, "names of files: put the images into class folders, or"),
    "arrays": ([b"\x93NUMPY\x01"] * 2, "NumPy arrays: save each as a PNG (docs/datasets.md shows"),
    "lists of images": ([[{"bytes": png(1)}]] * 2, "a list of images in each row: keep one image"),
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_column_without_images_is_explained(name: str, tmp_path: Path) -> None:
    values, expected = NO_IMAGES[name]
    file = table(tmp_path, data=values)
    message = refusal(file, image_column="data")
    assert message.startswith(f"column 'data' of {file} does not hold image files but {expected}")


def test_column_of_numbers_is_no_image_column(tmp_path: Path) -> None:
    file = table(tmp_path, data=[1, 2])
    assert refusal(file, image_column="data") == (
        f"column 'data' of {file} is of type int64: images must be the bytes of image files (a "
        "binary column, or a struct of bytes and path)"
    )


def test_label_of_bytes_is_no_second_image_column(tmp_path: Path) -> None:
    rows = {"image": [png(row) for row in range(6)], "label": [b"cat", b"dog"] * 3}
    parquet.write_table(pa.table(rows), tmp_path / "x.parquet")
    assert prepared(tmp_path / "x.parquet").class_names == ("cat", "dog")


def test_file_whose_name_is_not_utf8(tmp_path: Path) -> None:
    write(tmp_path / "x.parquet", ["cat", "dog"] * 5)
    os.rename(tmp_path / "x.parquet", os.fsencode(tmp_path) + b"/caf\xe9.parquet")
    assert images_of(prepared(tmp_path)) == 10


def test_the_guide_of_pixel_lists_and_base64_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The programs of docs/datasets.md, run as they are printed."""
    text = (Path(__file__).parents[3] / "docs" / "datasets.md").read_text(encoding="utf-8")
    pixels, encoded = (
        text.split(f"<!-- {name} -->\n```python\n")[1].split("```")[0]
        for name in ("pixels", "base64")
    )
    rng = np.random.default_rng(0)
    values = rng.integers(0, 256, (10, 48 * 48))
    rows = {
        "pixels": [" ".join(map(str, row)) for row in values],
        "emotion": [0, 1] * 5,
    }
    monkeypatch.chdir(tmp_path)
    import pandas

    pandas.DataFrame(rows).to_csv("fer2013.csv", index=False)
    exec(pixels, {})
    data = prepared(tmp_path / "faces")
    assert data.class_names == ("0", "1")
    stored = {image.tobytes() for image in np.load(Path(data.path) / "images.npy")}
    assert stored == {row.astype(np.uint8).tobytes() for row in values}
    buffer = io.BytesIO()
    picture(5).save(buffer, "PNG")
    frame = {
        "image": [base64.b64encode(png(row)).decode() for row in range(6)],
        "label": [0, 1] * 3,
    }
    pandas.DataFrame(frame).to_parquet("encoded.parquet")
    exec(encoded, {})
    assert images_of(prepared(tmp_path / "pets.parquet")) == 6
