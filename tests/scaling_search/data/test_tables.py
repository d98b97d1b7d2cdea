"""Parquet files and the Hub."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec

from .conftest import age, picture


def png(seed: int) -> bytes:
    buffer = io.BytesIO()
    picture(seed).save(buffer, "PNG")
    return buffer.getvalue()


def write(path: Path, labels: list[Any], start: int = 0, **more: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [{"bytes": png(start + row), "path": None} for row in range(len(labels))]
    parquet.write_table(pa.table({"image": images, "label": labels, **more}), path)
    age(path.parent)
    return path


def write_hub_style(path: Path, labels: list[int], names: list[str]) -> Path:
    """As Hugging Face writes them: an Image and a ClassLabel column."""
    import datasets

    path.parent.mkdir(parents=True, exist_ok=True)
    features = datasets.Features(
        {"img": datasets.Image(), "fine": datasets.ClassLabel(names=names)}
    )
    rows = {"img": [{"bytes": png(n), "path": None} for n in range(len(labels))], "fine": labels}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(path)
    age(path.parent)
    return path


def refusal(name: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec.model_validate({"name": str(name), **options}))
    return str(caught.value)


def test_images_of_one_file_arrive_unchanged(tmp_path: Path, cache: Path) -> None:
    file = write(tmp_path / "pets.parquet", ["cat", "dog"] * 10)
    prepared = prepare(DataSpec(name=str(file), test_fraction=0))
    train = prepared.open_split("train")
    assert prepared.class_names == ("cat", "dog")
    assert train.images[3].tobytes() == picture(3).tobytes()
    assert list(np.load(Path(prepared.path) / "labels.npy")) == [0, 1] * 10
    assert list(cache.glob("*.tmp")) == []


def test_files_of_a_folder_are_split_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    write(folder / "data" / "train-00000-of-00002.parquet", [7, 11] * 5)
    write(folder / "data" / "train-00001-of-00002.parquet", [7, 11] * 5, start=100)
    write(folder / "data" / "validation-00000-of-00001.parquet", [7, 11] * 2, start=200)
    prepared = prepare(DataSpec(name=str(folder)), with_test=True)
    assert prepared.class_names == ("7", "11")
    assert prepared.n_train + prepared.n_validation == 20
    assert prepared.open_split("test").images[0].tobytes() == picture(200).tobytes()
    assert prepared.notes == (
        "validation is treated as the test split; validation images are split from the training "
        "images by a recorded seed",
    )


def test_class_names_of_the_table_are_used(tmp_path: Path) -> None:
    file = write_hub_style(tmp_path / "pets.parquet", [2, 0] * 10, ["cat", "cow", "ant"])
    prepared = prepare(DataSpec(name=str(file), test_fraction=0))
    assert prepared.class_names == ("cat", "ant")
    assert prepared.notes == (
        "1 of the 3 classes that the table names have no training image and are left out",
    )


def test_unchanged_file_is_not_opened_again(tmp_path: Path) -> None:
    file = write(tmp_path / "pets.parquet", ["cat", "dog"] * 10)
    first = prepare(DataSpec(name=str(file)))
    seen: list[str] = []
    assert prepare(DataSpec(name=str(file)), progress=lambda *said: seen.append(said[0])) == first
    assert seen == []


def test_missing_columns_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "pets.parquet"
    parquet.write_table(pa.table({"width": [1.5], "kind": ["cat"]}), file)
    assert refusal(file) == (
        f"{file} has no image column: set image_column to one of its columns: width (float64), "
        "kind (string)"
    )
    write(file, ["cat"], photo=[b"x"])
    assert refusal(file) == (
        f"{file} has several image columns: set image_column to one of its columns: "
        "image (dict), label (string), photo (binary)"
    )
    assert refusal(file, image_column="imgae").startswith(
        f"image_column is 'imgae': {file} has no such column; did you mean image? Its columns: "
    )
    parquet.write_table(pa.table({"photo": [b"x"], "kind": ["cat"]}), file)
    assert refusal(file) == (
        f"{file} has no label column: set label_column to one of its columns: photo (binary), "
        "kind (string)"
    )


def test_missing_labels_are_named(tmp_path: Path) -> None:
    file = write(tmp_path / "pets.parquet", ["cat", "dog", None, "dog"])
    assert refusal(file) == (
        f"{file} (train) row 2 has no label in column 'label': every image needs one; remove the "
        "row or name another label_column"
    )


def test_labels_must_be_classes(tmp_path: Path) -> None:
    file = write(tmp_path / "pets.parquet", [0.5, 1.5])
    assert refusal(file) == (
        f"{file} (train) row 0 has 0.5 in column 'label': a label must be an integer or a string; "
        "name another label_column"
    )


def test_one_class_and_no_rows(tmp_path: Path) -> None:
    file = write(tmp_path / "pets.parquet", ["cat"] * 5)
    assert refusal(file) == (
        f"{file} (train) has one class ('cat'): telling classes apart needs at least two; name "
        "another label_column than 'label' or another data set"
    )
    parquet.write_table(
        pa.table({"image": pa.array([], pa.binary()), "label": pa.array([], pa.string())}), file
    )
    assert refusal(file) == f"{file} (train) holds no images: it has no rows"


def test_empty_files_among_others_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "pets" / "train-0.parquet", ["cat", "dog"] * 5)
    empty = pa.table({"image": pa.array([], pa.binary()), "label": pa.array([], pa.string())})
    parquet.write_table(empty, tmp_path / "pets" / "train-1.parquet")
    parquet.write_table(empty, tmp_path / "pets" / "test-1.parquet")
    prepared = prepare(DataSpec(name=str(tmp_path / "pets")))
    assert prepared.n_train + prepared.n_validation + (prepared.test_count or 0) == 10


def test_labels_beyond_the_named_classes(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features(
        {"img": datasets.Value("binary"), "kind": datasets.ClassLabel(names=["cat", "dog"])}
    )
    schema = features.arrow_schema
    file = tmp_path / "pets.parquet"
    table = {"img": [png(1), png(2), png(3)], "kind": [0, 1, 7]}
    parquet.write_table(pa.Table.from_pydict(table, schema=schema), file)
    assert refusal(file) == (
        f"{file} (train) row 2 has 7 in column 'kind': the table names 2 classes, so a label must "
        "be 0 to 1; repair it or name another label_column"
    )


def test_rows_without_image_and_corrupt_ones_are_named(tmp_path: Path) -> None:
    file = tmp_path / "pets.parquet"
    table = {"image": [png(1), b"damaged", png(2)], "label": [0, 1, 1]}
    parquet.write_table(pa.table(table), file)
    assert refusal(file) == (
        f"1 image cannot be decoded: {file} (train) row 1 (not an image, or damaged at its "
        "start); repair or remove it, or set skip_corrupt to true to go on without"
    )
    parquet.write_table(pa.table({"image": [png(1), None], "label": [0, 1]}), file)
    assert refusal(file) == (
        f"1 image cannot be decoded: {file} (train) row 1 (there is no image in it); repair or "
        "remove it, or set skip_corrupt to true to go on without"
    )


def test_rows_without_image_are_skipped_on_request(tmp_path: Path) -> None:
    file = tmp_path / "pets.parquet"
    content: list[bytes | None] = [png(row) for row in range(10)]
    content[3] = None
    parquet.write_table(pa.table({"image": content, "label": ["cat", "dog"] * 5}), file)
    prepared = prepare(DataSpec(name=str(file), skip_corrupt=True, test_fraction=0))
    assert prepared.skipped == (f"{file} (train) row 3 (there is no image in it)",)
    assert prepared.n_train + prepared.n_validation == 9


def test_test_table_without_labels_is_no_test_split(tmp_path: Path) -> None:
    write(tmp_path / "pets" / "train.parquet", ["cat", "dog"] * 5)
    unlabelled = pa.table({"image": [png(row) for row in range(20, 24)]})
    parquet.write_table(unlabelled, tmp_path / "pets" / "test.parquet")
    prepared = prepare(DataSpec(name=str(tmp_path / "pets"), test_fraction=0))
    assert prepared.class_names == ("cat", "dog")
    assert prepared.test_count is None
    assert prepared.notes == ("test cannot be a test split: test.parquet has no column 'label'",)


def test_table_of_images_alone(tmp_path: Path) -> None:
    file = tmp_path / "cat.parquet"
    parquet.write_table(pa.table({"image": [png(1)]}), file)
    assert refusal(file) == (
        f"{file} has no column but 'image': a table needs a column with the label of each image; "
        "add one"
    )


def test_numbers_and_text_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path / "pets" / "train-0.parquet", ["cat", "dog"] * 3)
    write(tmp_path / "pets" / "train-1.parquet", [0, 1] * 3, start=10)
    assert refusal(tmp_path / "pets") == (
        f"{tmp_path}/pets cannot be read as one table: train-1.parquet has numbers in column "
        "'label', and the first file has text; every file needs the columns 'image' and 'label' "
        "with the same types"
    )


def test_columns_of_types_that_the_library_lacks_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "pets.parquet"
    about = pa.array([[("place", 1)]] * 10, pa.map_(pa.string(), pa.int64()))
    table = {"about": about, "image": [png(row) for row in range(10)], "label": ["a", "b"] * 5}
    parquet.write_table(pa.table(table), file)
    assert prepare(DataSpec(name=str(file))).class_names == ("a", "b")
    assert refusal(file, label_column="kind").endswith(
        "Its columns: about (map<string, int64 ('about')>), image (binary), label (string)"
    )


def test_file_that_is_no_parquet(tmp_path: Path) -> None:
    file = tmp_path / "pets.parquet"
    file.write_bytes(b"PAR1 but no more")
    assert refusal(file).startswith(f"{file} is not a readable Parquet file (")
    assert refusal(file).endswith("): copy it again or remove it")


def test_files_that_do_not_match(tmp_path: Path) -> None:
    write(tmp_path / "pets" / "train-0.parquet", ["cat", "dog"])
    parquet.write_table(pa.table({"photo": [b""]}), tmp_path / "pets" / "train-1.parquet")
    assert refusal(tmp_path / "pets") == (
        f"{tmp_path}/pets cannot be read as one table: train-1.parquet has no column 'image'; "
        "every file needs the columns 'image' and 'label' with the same types"
    )


def test_hub_names_have_an_owner() -> None:
    assert refusal("hub:cifar10") == (
        "'hub:cifar10' names no data set of the Hub: write hub:owner/name, for example "
        "hub:uoft-cs/cifar10"
    )


def test_hub_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    def offline(*args: object, **kwargs: object) -> None:
        raise ConnectionError("Couldn't reach 'owner/pets' on the Hub (LocalEntryNotFoundError)")

    monkeypatch.setattr(datasets, "load_dataset", offline)
    with pytest.raises(WorkError) as caught:
        prepare(DataSpec(name="hub:owner/pets"))
    assert str(caught.value) == (
        "hub:owner/pets cannot be loaded: the Hugging Face Hub cannot be reached and the data set "
        "is not in its local cache; connect, or name a local folder or Parquet file"
    )


def test_hub_data_set_of_a_commit_is_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    file = write_hub_style(tmp_path / "pets.parquet", [0, 1] * 10, ["cat", "dog"])
    table = datasets.DatasetDict.from_parquet({"train": str(file)}, cache_dir=str(tmp_path))
    monkeypatch.setattr(datasets, "load_dataset", lambda *args, **kwargs: table)
    spec = DataSpec(name="hub:owner/pets", hub_revision="0123456789" * 4)
    prepared = prepare(spec)
    monkeypatch.delattr(datasets, "load_dataset")
    assert prepare(spec) == prepared


def test_hub_data_set_is_prepared_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    file = write_hub_style(tmp_path / "pets.parquet", [0, 1] * 10, ["cat", "dog"])
    asked: list[object] = []

    def load(*args: object, **kwargs: object) -> Any:
        asked.append((args, kwargs))
        return datasets.DatasetDict.from_parquet({"train": str(file)}, cache_dir=str(tmp_path))

    monkeypatch.setattr(datasets, "load_dataset", load)
    spec = DataSpec(name="hub:owner/pets", hub_config="small", hub_revision="abc")
    prepared = prepare(spec)
    assert asked == [(("owner/pets", "small"), {"revision": "abc"})]
    assert prepared.class_names == ("cat", "dog")
    prepare(spec)
    assert len(asked) == 2
