"""Image folders: the layouts people have, and the mistakes they make."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from scaling_search.data import arrays
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder, age, picture


def refusal(name: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        prepare(DataSpec.model_validate({"name": str(name), **options}))
    return str(caught.value)


def test_imagenet_layout_tests_on_val(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/val", cat=3, dog=3).parent
    prepared = prepare(DataSpec(name=str(folder)), with_test=True)
    assert (prepared.n_train, prepared.n_validation, prepared.test_count) == (16, 4, 6)
    assert prepared.notes == (
        "val/ is treated as the test split; validation images are split from the training "
        "images by a recorded seed",
    )


def test_three_way_layout_leaves_validation_unused(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    make_folder("pets/validation", cat=3, dog=3)
    folder = make_folder("pets/test", cat=5, dog=5).parent
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.test_count == 10
    assert prepared.notes == (
        "validation/ is not used: validation images are split from the training images",
    )


def test_unlabelled_test_gives_way_to_val(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/val", cat=3, dog=3).parent
    (folder / "test").mkdir()
    picture(1).save(folder / "test" / "1.png")
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.test_count == 6
    assert prepared.notes[0] == (
        "test/ cannot be a test split: it has no class folders with images"
    )


def test_val_of_other_classes_is_no_test_split(make_folder: MakeFolder) -> None:
    make_folder("pets/train", cat=10, dog=10)
    folder = make_folder("pets/val", images=3).parent
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.notes[0] == (
        "val/ cannot be a test split: its class folder 'images' is not one of train/"
    )
    assert prepared.test_count == 4


def test_nested_folders_and_links_belong_to_their_class(
    make_folder: MakeFolder, tmp_path: Path
) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    elsewhere = make_folder("elsewhere", more=5) / "more"
    (folder / "cat" / "linked").symlink_to(elsewhere)
    prepared = prepare(DataSpec(name=str(folder), test_fraction=0))
    assert prepared.train_counts == (12, 8)


def test_descriptions_and_hidden_files_are_left_out_without_a_word(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    (folder / "README.md").write_text("about")
    (folder / "cat" / "labels.csv").write_text("a,b")
    (folder / "cat" / "._000.png").write_bytes(b"resource fork")
    (folder / ".hidden").mkdir()
    (folder / "__MACOSX").mkdir()
    prepared = prepare(DataSpec(name=str(folder)))
    assert prepared.class_names == ("cat", "dog")
    assert prepared.left_out == ()
    assert not any("left out" in note for note in prepared.notes)


def test_corrupt_images_are_named(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    whole = (folder / "cat" / "004.png").read_bytes()
    (folder / "cat" / "004.png").write_bytes(whole[:200])
    assert refusal(folder) == (
        f"1 image cannot be decoded: {folder}/cat/004.png (truncated); repair or remove it, or "
        "set skip_corrupt to true to go on without"
    )
    (folder / "dog" / "002.png").write_bytes(b"hello")
    (folder / "dog" / "003.png").write_bytes(b"")
    assert refusal(folder, test_fraction=0) == (
        f"3 images cannot be decoded: {folder}/cat/004.png (truncated); {folder}/dog/002.png (not "
        f"an image, or damaged at its start); {folder}/dog/003.png (not an image, or damaged at "
        "its start); repair or remove them, or set skip_corrupt to true to go on without"
    )


def test_corrupt_images_are_skipped_on_request_and_counted(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    whole = (folder / "cat" / "004.png").read_bytes()
    (folder / "cat" / "004.png").write_bytes(whole[:200])
    (folder / "dog" / "002.png").write_bytes(b"hello")
    age(folder)
    spec = DataSpec(name=str(folder), skip_corrupt=True, test_fraction=0)
    prepared = prepare(spec)
    assert prepared.n_train + prepared.n_validation == 18
    assert prepared.n_skipped == 2
    assert prepared.skipped == (
        f"{folder}/cat/004.png (truncated)",
        f"{folder}/dog/002.png (not an image, or damaged at its start)",
    )
    assert prepared.notes == (
        f"2 images could not be decoded and were skipped: {folder}/cat/004.png (truncated); "
        f"{folder}/dog/002.png (not an image, or damaged at its start)",
    )
    assert len(prepared.open_split("train").images) == 18
    assert refusal(folder, test_fraction=0).startswith("2 images cannot be decoded")


def test_many_corrupt_images_are_counted_not_listed(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    for file in (folder / "cat").iterdir():
        file.write_bytes(b"")
    message = refusal(folder)
    assert message.startswith("10 images cannot be decoded: ")
    assert " and 5 more; repair" in message


def test_looking_for_corrupt_images_ends_early(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "_CHUNK_BYTES", 1)
    folder = make_folder("pets", size=(40, 40), cat=30, dog=30)
    for file in folder.rglob("*.png"):
        file.write_bytes(file.read_bytes()[:200])
    message = refusal(folder, test_fraction=0)
    assert message.startswith("at least 20 images cannot be decoded: ")
    assert " (truncated); " in message


def test_nothing_readable(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=1, dog=1)
    for file in folder.rglob("*.png"):
        file.write_bytes(b"")
    assert refusal(folder, skip_corrupt=True) == (
        f"{folder} holds no image that can be read: all 2 are damaged or no images at all"
    )


def test_unknown_name_suggests_the_near_one() -> None:
    assert refusal("digit") == (
        "unknown data set 'digit': did you mean digits? A data set is digits, the path of a folder "
        "or Parquet file, hub:owner/name, or a name that `scaling-search datasets add` registered "
        "in this database"
    )


def test_absent_path_suggests_a_neighbour(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=1)
    assert refusal(folder.parent / "pest") == (
        f"{folder.parent}/pest does not exist: name a folder or Parquet file that does; did you "
        f"mean {folder}?"
    )


def test_home_of_nobody() -> None:
    assert refusal("~nobody-of-that-name/pets") == (
        "~nobody-of-that-name/pets starts from the home folder of a user that is not known "
        "(~nobody-of-that-name): name the folder by its whole path, or write "
        "./~nobody-of-that-name for one called so"
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [(errno.EACCES, "Permission denied"), (errno.ENAMETOOLONG, "File name too long")],
)
def test_path_that_cannot_be_reached(
    error: int, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **options: Any) -> Path:
        raise OSError(error, os.strerror(error), str(path))

    monkeypatch.setattr(Path, "resolve", refuse)
    with pytest.raises(InputError) as caught:
        prepare(DataSpec(name=f"{tmp_path}/closed/pets"))
    assert str(caught.value) == (
        f"{tmp_path}/closed/pets cannot be reached ({reason}): give permission to read it and the "
        "folders above it, or name another path"
    )


def test_file_that_is_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(b"")
    (tmp_path / "pets.csv").write_bytes(b"")
    assert refusal(tmp_path / "pets.zip") == (
        f"{tmp_path}/pets.zip is an archive: unpack it and name the folder"
    )
    assert refusal(tmp_path / "pets.csv") == (
        f"{tmp_path}/pets.csv is a file that is not Parquet: name a folder of images (one "
        "sub-folder per class), a .parquet file or a folder of them"
    )


def test_one_class(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10)
    assert refusal(folder) == (
        f"{folder} has one class ('cat'): telling classes apart needs at least two class folders"
    )


def test_folder_around_the_data_set_is_recognised(make_folder: MakeFolder) -> None:
    folder = make_folder("outer/pets", cat=10, dog=10)
    assert refusal(folder.parent) == (
        f"{folder.parent} has one class ('pets'): telling classes apart needs at least two class "
        f"folders; did you mean {folder}?"
    )


def test_no_images(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == (
        f"{tmp_path}/empty holds no images: each class needs a sub-folder of them"
    )
    for name in ("cat", "dog"):
        (tmp_path / "hollow" / name).mkdir(parents=True)
    assert refusal(tmp_path / "hollow").startswith(
        f"{tmp_path}/hollow holds no images in its 2 class folders: images are files ending in "
        ".avif, .bmp, .gif"
    )


def test_images_without_class_folders(tmp_path: Path) -> None:
    (tmp_path / "flat").mkdir()
    picture(1).save(tmp_path / "flat" / "1.png")
    assert refusal(tmp_path / "flat") == (
        f"{tmp_path}/flat holds 1 images but no class folders: put the images of each class into "
        "a sub-folder named after it"
    )


def test_empty_class_folder(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", ant=0, bee=0, cat=10, dog=10)
    assert refusal(folder) == (
        f"class folder {folder}/ant holds no images (nor do 1 others): add images or remove it"
    )


def test_splits_without_train(make_folder: MakeFolder) -> None:
    make_folder("pets/val", cat=1, dog=1)
    folder = make_folder("pets/test", cat=1, dog=1).parent
    assert refusal(folder) == (
        f"{folder} holds test, val but no train: a folder of splits needs train/ with one "
        "sub-folder per class"
    )


def test_class_absent_from_validation(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=2)
    assert refusal(folder, test_fraction=0) == (
        "class 'dog' would have no validation image: it has 2 and validation_fraction is 0.2; a "
        "class needs at least 3 images at these fractions: add images, leave the class out or "
        "change validation_fraction"
    )
    folder = make_folder("zoo", cat=10, dog=3)
    assert refusal(folder) == (
        "class 'dog' would have no validation image: it has 2 (after 0.2 of its images were held "
        "out as the test split) and validation_fraction is 0.2; a class needs at least 4 images "
        "at these fractions: add images, leave the class out or change validation_fraction"
    )
    make_folder("zoo", cat=10, dog=4)
    assert prepare(DataSpec(name=str(folder))).validation_counts == (2, 1)


def test_loop_of_links(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    (folder / "cat" / "again").symlink_to(folder)
    assert refusal(folder).endswith(
        "is a symbolic link to a folder that contains it: a loop has no end; remove the link"
    )


def test_links_that_lead_nowhere(make_folder: MakeFolder, tmp_path: Path) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    (folder / "cat" / "gone.png").symlink_to(tmp_path / "nowhere")
    assert refusal(folder) == (
        f"{folder}/cat/gone.png cannot be read (No such file or directory): a link must lead to "
        "an image; repair or remove it"
    )
    (folder / "cat" / "gone.png").unlink()
    (folder / "cat" / "self.png").symlink_to(folder / "cat" / "self.png")
    assert refusal(folder).startswith(f"{folder}/cat/self.png cannot be ")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert refusal(loop).startswith(f"{loop} ")


def test_unreadable_image(make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "003.png":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert refusal(folder, skip_corrupt=True) == (
        f"{folder}/cat/003.png cannot be read (Permission denied): every image must be a readable "
        "file; fix its permissions or remove it"
    )
