"""Folders as people have them: one function a case, which writes the files and says what is right.

`{root}` in a text stands for the folder.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .conftest import age, picture

VAL = (
    "val/ is treated as the test split; validation images are split from the training images by a "
    "recorded seed"
)


@dataclass(frozen=True)
class Read:
    """What a folder is read as.

    Attributes:
        train: images of each class to train and validate on.
        test: images of each class of its own test split; None where it has none.
        notes: all that is said.
        left_out: files that are not read, by ending.
        layout: as in the spec.
    """

    train: Mapping[str, int]
    test: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    layout: str = "auto"


@dataclass(frozen=True)
class Refused:
    """The whole message of a refusal."""

    message: str
    layout: str = "auto"


Case = Callable[[Path], Read | Refused]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Adds a case under its name."""
    CASES[function.__name__] = function
    return function


def images(folder: Path, count: int = 3, suffix: str = ".png") -> None:
    """Different images in a folder, whatever else was written before."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        seed = zlib.crc32(os.fsencode(f"{folder}/{number}"))
        picture(seed, (6, 6)).save(folder / f"{number:03d}{suffix}")


def file(path: Path, content: bytes = b"\0") -> None:
    """Any other file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def cats_and_dogs(folder: Path, count: int = 3) -> None:
    """Two classes."""
    images(folder / "cat", count)
    images(folder / "dog", count)


def write(name: str, root: Path) -> Read | Refused:
    """Writes a case; its files look as if they were written a while ago."""
    root.mkdir()
    expected = CASES[name](root)
    age(root)
    return expected


BOTH = {"cat": 3, "dog": 3}


# Splits under their usual names.


@case
def split_folders_in_capitals(root: Path) -> Read:
    cats_and_dogs(root / "Training")
    cats_and_dogs(root / "TEST", 1)
    return Read(BOTH, {"cat": 1, "dog": 1})


@case
def three_splits_of_roboflow(root: Path) -> Read:
    for name in ("train", "valid", "test"):
        cats_and_dogs(root / name)
    file(root / "README.roboflow.txt")
    return Read(
        BOTH,
        BOTH,
        ("valid/ is not used: validation images are split from the training images",),
    )


@case
def training_and_validation_alone(root: Path) -> Read:
    cats_and_dogs(root / "train")
    cats_and_dogs(root / "val", 2)
    return Read(BOTH, {"cat": 2, "dog": 2}, (VAL,))


@case
def training_validation_and_evaluation(root: Path) -> Read:
    for name in ("training", "validation", "evaluation"):
        cats_and_dogs(root / name)
    return Read(
        BOTH,
        BOTH,
        ("validation/ is not used: validation images are split from the training images",),
    )


@case
def test_without_labels(root: Path) -> Read:
    cats_and_dogs(root / "train")
    images(root / "test")
    return Read(
        BOTH,
        None,
        ("test/ cannot be a test split: it has no class folders with images",),
    )


@case
def test_with_fewer_classes(root: Path) -> Read:
    cats_and_dogs(root / "train")
    images(root / "test" / "dog", 2)
    return Read(BOTH, {"cat": 0, "dog": 2})


@case
def test_that_spells_a_class_otherwise(root: Path) -> Read:
    images(root / "train" / "Cat")
    images(root / "train" / "Dog")
    cats_and_dogs(root / "test")
    return Read(
        {"Cat": 3, "Dog": 3},
        None,
        (
            "test/ cannot be a test split: its class folder 'cat' is not one of train/; rename it "
            "to Cat, if it is the same class",
        ),
    )


# Splits under other names.


def _read_by_name(train: str, test: str, role: str = "test") -> str:
    return (
        f"by their names, folders are read as splits: {train}/ as the training split, {test}/ as "
        f"the {role} split"
    )


@case
def training_set_and_test_set(root: Path) -> Read:
    cats_and_dogs(root / "training_set")
    cats_and_dogs(root / "test_set", 2)
    return Read(BOTH, {"cat": 2, "dog": 2}, (_read_by_name("training_set", "test_set"),))


@case
def intel_scenes(root: Path) -> Read:
    cats_and_dogs(root / "seg_train" / "seg_train")
    cats_and_dogs(root / "seg_test" / "seg_test", 2)
    images(root / "seg_pred" / "seg_pred")
    return Read(
        BOTH,
        {"cat": 2, "dog": 2},
        (
            _read_by_name("seg_train", "seg_test"),
            "seg_pred/ is not used, because seg_train/ is read as the training split: if all of "
            "them are classes, set layout to classes (--set data.layout=classes)",
        ),
    )


@case
def words_joined_and_in_camel_case(root: Path) -> Read:
    cats_and_dogs(root / "TrainImages")
    cats_and_dogs(root / "valset", 2)
    return Read(
        BOTH,
        {"cat": 2, "dog": 2},
        (
            _read_by_name("TrainImages", "valset", "validation"),
            VAL.replace("val/", "valset/"),
        ),
    )


@case
def splits_of_a_year(root: Path) -> Read:
    cats_and_dogs(root / "train2017")
    cats_and_dogs(root / "val2017", 1)
    return Read(
        BOTH,
        {"cat": 1, "dog": 1},
        (_read_by_name("train2017", "val2017", "validation"), VAL.replace("val/", "val2017/")),
    )


@case
def train_beside_test_set(root: Path) -> Read:
    cats_and_dogs(root / "train")
    cats_and_dogs(root / "test_set", 1)
    return Read(BOTH, {"cat": 1, "dog": 1}, (_read_by_name("train", "test_set"),))


@case
def named_training_folder_alone(root: Path) -> Read:
    cats_and_dogs(root / "training_set")
    return Read(
        BOTH, None, ("read from {root}/training_set, the only folder with images in {root}",)
    )


@case
def unknown_names_of_splits(root: Path) -> Refused:
    cats_and_dogs(root / "part_a")
    cats_and_dogs(root / "part_b")
    return Refused(
        "{root} has the folders part_a/ and part_b/, which hold the same sub-folders (cat/ and "
        "dog/), so they are no classes: if they are splits, rename the one to train on to train "
        "and the other to test; if they are classes all the same, set layout to classes (--set "
        "data.layout=classes); otherwise put the images of each class into one folder"
    )


@case
def patients_with_the_same_two_classes(root: Path) -> Refused:
    for patient in range(10_000, 10_006):
        images(root / str(patient) / "0", 1)
        images(root / str(patient) / "1", 1)
    return Refused(
        "{root} has the folders 10000/, 10001/, 10002/, 10003/ and 2 more, which hold the same "
        "sub-folders (0/ and 1/), so they are no classes: if they are splits, rename the one to "
        "train on to train and the other to test; if they are classes all the same, set layout to "
        "classes (--set data.layout=classes); otherwise put the images of each class into one "
        "folder"
    )


@case
def one_source_with_fewer_classes(root: Path) -> Refused:
    cats_and_dogs(root / "lab")
    images(root / "field" / "cat")
    return Refused(
        "{root} has the folders field/ and lab/, which hold the same sub-folders (cat/), so they "
        "are no classes: if they are splits, rename the one to train on to train and the other to "
        "test; if they are classes all the same, set layout to classes (--set "
        "data.layout=classes); otherwise put the images of each class into one folder"
    )


@case
def same_sub_folders_that_are_classes_on_request(root: Path) -> Read:
    for kind in ("cat", "dog"):
        images(root / kind / "indoor", 2)
        images(root / kind / "outdoor", 2)
    return Read({"cat": 4, "dog": 4}, layout="classes")


@case
def masks_beside_the_images_of_each_class(root: Path) -> Refused:
    for kind in ("COVID", "Normal"):
        images(root / kind / "images")
        images(root / kind / "masks")
    return Refused(
        "{root} has the folders COVID/ and Normal/, which hold the same sub-folders (images/ and "
        "masks/), so they are no classes: if they are splits, rename the one to train on to train "
        "and the other to test; if they are classes all the same, set layout to classes (--set "
        "data.layout=classes); otherwise put the images of each class into one folder"
    )


@case
def sources_in_folders_of_their_own_name(root: Path) -> Refused:
    for name in ("trainingSample", "trainingSet"):
        cats_and_dogs(root / name / name)
    images(root / "testSet" / "testSet")
    return Refused(
        "{root} has the folders trainingSample/ and trainingSet/, which hold the same sub-folders "
        "(cat/ and dog/), so they are no classes: if they are splits, rename the one to train on "
        "to train and the other to test; if they are classes all the same, set layout to classes "
        "(--set data.layout=classes); otherwise put the images of each class into one folder"
    )


@case
def the_same_folders_once_more(root: Path) -> Refused:
    cats_and_dogs(root)
    images(root / "ant")
    cats_and_dogs(root / "PlantVillage")
    return Refused(
        "{root} has the folder PlantVillage/, which holds folders that lie beside it, too (cat/ "
        "and dog/): move one of both away, name {root}/PlantVillage to read that one, or set "
        "layout to classes (--set data.layout=classes) if all of them are classes"
    )


@case
def splits_beside_all_images(root: Path) -> Refused:
    cats_and_dogs(root / "full")
    cats_and_dogs(root / "parted" / "train")
    cats_and_dogs(root / "parted" / "test")
    return Refused(
        "{root} has the folder parted/, which holds splits (train/ and test/), beside full/: name "
        "{root}/parted to read them, or set layout to classes (--set data.layout=classes) if all "
        "of them are classes"
    )


@case
def several_test_folders(root: Path) -> Read:
    cats_and_dogs(root / "Training")
    cats_and_dogs(root / "TEST_old", 2)
    cats_and_dogs(root / "Test", 1)
    images(root / "test-multiple_sizes")
    return Read(
        BOTH,
        {"cat": 1, "dog": 1},
        (
            "TEST_old/ is not used: Test/ is the test split",
            "test-multiple_sizes/ is not used: Test/ is the test split",
        ),
    )


@case
def splits_within_each_class(root: Path) -> Refused:
    for kind in ("cat", "dog"):
        images(root / kind / "train")
        images(root / kind / "test")
    return Refused(
        "{root} has the class folders cat/ and dog/, each with its own splits (test/ and train/): "
        "splits hold classes here, not classes splits; move them, for example to train/cat, or "
        "set layout to classes (--set data.layout=classes) to read all images of a class as one"
    )


@case
def splits_without_train(root: Path) -> Refused:
    cats_and_dogs(root / "test")
    cats_and_dogs(root / "val")
    return Refused(
        "{root} holds test, val but no train: a folder of splits needs train/ with one sub-folder "
        "per class"
    )


@case
def sources_below_train(root: Path) -> Refused:
    cats_and_dogs(root / "train" / "lab")
    cats_and_dogs(root / "train" / "field")
    cats_and_dogs(root / "test")
    return Refused(
        "{root}/train has the folders field/ and lab/, which hold the same sub-folders (cat/ and "
        "dog/), so they are no classes: if they are splits, rename the one to train on to train "
        "and the other to test; if they are classes all the same, set layout to classes (--set "
        "data.layout=classes); otherwise put the images of each class into one folder"
    )


# Classes that are called like splits.


@case
def train_among_other_vehicles(root: Path) -> Refused:
    for name in ("car", "plane", "train"):
        images(root / name)
    return Refused(
        "{root}/train holds 3 images but no class folders: put the images of each class into a "
        "sub-folder named after it; train/ is read as the training split: if it is a class like "
        "car/ and plane/, set layout to classes (--set data.layout=classes)"
    )


@case
def train_as_a_class(root: Path) -> Read:
    for name in ("car", "plane", "train"):
        images(root / name)
    return Read({"car": 3, "plane": 3, "train": 3}, layout="classes")


@case
def train_with_sub_folders_among_other_vehicles(root: Path) -> Read:
    images(root / "car")
    images(root / "plane")
    images(root / "train" / "diesel")
    images(root / "train" / "steam")
    return Read(
        {"diesel": 3, "steam": 3},
        None,
        (
            "car/ and plane/ are not used, because train/ is read as the training split: if all "
            "of them are classes, set layout to classes (--set data.layout=classes)",
        ),
    )


@case
def test_as_a_class(root: Path) -> Read:
    for name in ("car", "plane", "test"):
        images(root / name)
    return Read(
        {"car": 3, "plane": 3, "test": 3},
        None,
        (
            "test/ is read as a class, because there is no train/: if it is a split, put the "
            "class folders to train on into train/",
        ),
    )


@case
def classes_whose_names_contain_a_split(root: Path) -> Read:
    names = ("airport", "bullet_train", "test_tube", "train_station")
    for name in names:
        images(root / name)
    return Read(dict.fromkeys(names, 3))


@case
def classes_with_sub_folders_whose_names_contain_train(root: Path) -> Read:
    images(root / "airport" / "hall")
    images(root / "train_station" / "platform")
    images(root / "train_station" / "tracks")
    return Read({"airport": 3, "train_station": 6})


# Folders around folders.


@case
def wrapped_like_an_archive(root: Path) -> Read:
    cats_and_dogs(root / "dataset" / "dataset" / "train")
    cats_and_dogs(root / "dataset" / "dataset" / "test", 1)
    return Read(
        BOTH,
        {"cat": 1, "dog": 1},
        ("read from {root}/dataset/dataset, the only folder with images in {root}",),
    )


@case
def wrapped_under_any_name(root: Path) -> Read:
    cats_and_dogs(root / "Pets of 2019" / "train")
    cats_and_dogs(root / "Pets of 2019" / "test", 1)
    return Read(
        BOTH,
        {"cat": 1, "dog": 1},
        ("read from {root}/Pets of 2019, the only folder with images in {root}",),
    )


@case
def wrapped_classes(root: Path) -> Read:
    cats_and_dogs(root / "images")
    file(root / "annotations" / "list.txt")
    return Read(BOTH, None, ("read from {root}/images, the only folder with images in {root}",))


@case
def splits_within_a_folder_of_images(root: Path) -> Read:
    cats_and_dogs(root / "imgs" / "train")
    images(root / "imgs" / "test")
    file(root / "driver_imgs_list.csv")
    return Read(
        BOTH,
        None,
        (
            "read from {root}/imgs, the only folder with images in {root}",
            "test/ cannot be a test split: it has no class folders with images",
        ),
    )


@case
def images_folder_in_each_class(root: Path) -> Read:
    for kind in ("n01443537", "n01629819"):
        images(root / "train" / kind / "images")
        file(root / "train" / kind / f"{kind}_boxes.txt")
    images(root / "val" / "images")
    file(root / "val" / "val_annotations.txt")
    return Read(
        {"n01443537": 3, "n01629819": 3},
        None,
        ("val/ cannot be a test split: its class folder 'images' is not one of train/",),
    )


@case
def folder_around_the_classes(root: Path) -> Refused:
    cats_and_dogs(root / "pets")
    return Refused(
        "{root} has one class ('pets'): telling classes apart needs at least two class folders; "
        "did you mean {root}/pets?"
    )


@case
def classes_one_deeper(root: Path) -> Read:
    images(root / "cat" / "2021" / "may")
    images(root / "dog" / "2022")
    return Read(BOTH)


@case
def linked_classes(root: Path) -> Read:
    cats_and_dogs(root.parent / "elsewhere")
    (root / "cat").symlink_to(root.parent / "elsewhere" / "cat")
    (root / "dog").symlink_to(root.parent / "elsewhere" / "dog")
    age(root.parent / "elsewhere")
    return Read(BOTH)


@case
def pipe_among_the_images(root: Path) -> Refused:
    cats_and_dogs(root)
    os.mkfifo(root / "cat" / "pipe.png")
    return Refused("{root}/cat/pipe.png is no file but a pipe, socket or device: remove it")


@case
def empty_class_folder(root: Path) -> Refused:
    cats_and_dogs(root)
    (root / "ant").mkdir()
    return Refused("class folder {root}/ant holds no images: add images or remove it")


# Data sets that are not for classification.


@case
def detection_of_yolo(root: Path) -> Refused:
    images(root / "images")
    file(root / "labels" / "000.txt", b"0 0.5 0.5 1 1")
    return Refused(
        "{root} holds images/ and labels/: that is a data set for detection or segmentation, and "
        "classes are told by folders here; put the images of each class into a folder named after "
        "it, or set layout to classes (--set data.layout=classes) if these are classes"
    )


@case
def detection_of_roboflow(root: Path) -> Refused:
    for split in ("train", "valid"):
        images(root / split / "images")
        file(root / split / "labels" / "000.txt", b"0 0.5 0.5 1 1")
    return Refused(
        "{root}/train holds images/ and labels/: that is a data set for detection or "
        "segmentation, and classes are told by folders here; put the images of each class into a "
        "folder named after it, or set layout to classes (--set data.layout=classes) if these are "
        "classes"
    )


@case
def detection_of_coco(root: Path) -> Refused:
    images(root / "train2017")
    images(root / "val2017")
    file(root / "annotations" / "instances_train2017.json")
    return Refused(
        "{root} holds train2017/ and val2017/, which are called like splits and hold images but "
        "no class folders: put the images of each class into a sub-folder of them named after it, "
        "or set layout to classes (--set data.layout=classes) if they are classes"
    )


@case
def segmentation(root: Path) -> Refused:
    images(root / "Images")
    images(root / "Masks")
    return Refused(
        "{root} holds Images/ and Masks/: that is a data set for detection or segmentation, and "
        "classes are told by folders here; put the images of each class into a folder named after "
        "it, or set layout to classes (--set data.layout=classes) if these are classes"
    )


@case
def flat_images_with_a_table(root: Path) -> Refused:
    images(root)
    file(root / "labels.csv", b"name,label\n")
    return Refused(
        "{root} holds 3 images but no class folders: put the images of each class into a "
        "sub-folder named after it (labels in a file, such as labels.csv, are not read)"
    )


# Files that are left out.


@case
def loose_images_and_other_endings(root: Path) -> Read:
    cats_and_dogs(root)
    images(root, 2, ".jpg")
    for name in ("a.HEIC", "b.heic", "c.svg", "d.npy", "e.mp4", "f.zip", "g", "h.xyz"):
        file(root / "cat" / name)
    return Read(
        BOTH,
        None,
        (
            "10 files are left out: 2 .heic (a format that is not read: convert them to PNG or "
            "JPEG), 2 .jpg (beside the class folders, so of no class: move each into the folder of "
            "its class), 1 without ending (not known as images: if they are images, give them the "
            "ending of their format), 1 .mp4 (videos: save their frames as JPEG), 1 .npy (arrays, "
            "no image files: save each image as PNG), 1 .svg (a format that is not read: convert "
            "them to PNG or JPEG), 1 .xyz (not known as images: if they are images, give them the "
            "ending of their format), 1 .zip (archives: unpack them)",
        ),
        {".heic": 2, ".jpg": 2, "": 1, ".mp4": 1, ".npy": 1, ".svg": 1, ".xyz": 1, ".zip": 1},
    )


@case
def left_out_of_the_test_split(root: Path) -> Read:
    cats_and_dogs(root / "train")
    cats_and_dogs(root / "test", 1)
    images(root / "test", 1)
    file(root / "test" / "dog" / "x.psd")
    return Read(
        BOTH,
        {"cat": 1, "dog": 1},
        (
            "2 files are left out: 1 .png (beside the class folders, so of no class: move each "
            "into the folder of its class), 1 .psd (a format that is not read: convert them to PNG "
            "or JPEG)",
        ),
        {".png": 1, ".psd": 1},
    )


@case
def descriptions_and_what_systems_leave(root: Path) -> Read:
    cats_and_dogs(root)
    for name in (
        *("README.md", "LICENSE", "labels.csv", "boxes.json", "notes.txt", "about.xml"),
        *("Thumbs.db", "desktop.ini", ".DS_Store", "cat/._000.png", "cat/.hidden.png"),
        *("__MACOSX/cat/._000.png", ".git/objects/x.png", "cat/labels.txt"),
    ):
        file(root / name)
    return Read(BOTH)


@case
def nothing_but_photographs_of_a_phone(root: Path) -> Refused:
    for name in ("cat/1.heic", "cat/2.heic", "dog/1.heic"):
        file(root / name)
    return Refused(
        "{root} holds no images in its 2 class folders but 3 .heic (a format that is not read: "
        "convert them to PNG or JPEG): images are files ending in .avif, .bmp, .gif, .jfif, .jp2, "
        ".jpe, .jpeg, .jpg, .pbm, .pgm, .png, .ppm, .tif, .tiff, .webp"
    )


@case
def one_class_of_photographs_of_a_phone(root: Path) -> Refused:
    images(root / "cat")
    file(root / "dog" / "1.heic")
    return Refused(
        "class folder {root}/dog holds no images but 1 .heic (a format that is not read: convert "
        "them to PNG or JPEG): add images or remove it"
    )


@case
def images_with_wrong_endings(root: Path) -> Read:
    cats_and_dogs(root, 2)
    for kind in ("cat", "dog"):
        picture(len(str(root)) + ord(kind[0]), (6, 6)).save(root / kind / "x.png")
        (root / kind / "x.png").rename(root / kind / "x.JPG")
    return Read(BOTH)


# Names.


@case
def file_names_that_are_not_utf8(root: Path) -> Read:
    cats_and_dogs(root, 4)
    os.rename(root / "cat" / "000.png", os.fsencode(root / "cat") + b"/caf\xe9\n.png")
    return Read({"cat": 4, "dog": 4})


@case
def class_folder_that_is_not_utf8(root: Path) -> Refused:
    cats_and_dogs(root)
    os.rename(root / "cat", os.fsencode(root) + b"/caf\xe9")
    return Refused(
        "class folder {root}/caf\\xe9 has a name that is not UTF-8: names of classes are stored as "
        "UTF-8 in files and databases; rename the folder"
    )


@case
def class_folder_with_a_line_break(root: Path) -> Refused:
    cats_and_dogs(root)
    (root / "cat").rename(root / "ca\nt")
    return Refused(
        "class folder {root}/ca\\nt has a control character in its name: names of classes must fit "
        "on one line; rename the folder"
    )


@case
def class_names_of_every_kind(root: Path) -> Read:
    names = (
        "-rf",
        "[bold]x[red]",
        ":cat:",
        "two  words",
        "猫",
        "👩‍🔬",
        "x" * 200,
        "a'b\"c",
        "%s{0}",
    )
    for name in names:
        images(root / name)
    return Read(dict.fromkeys(names, 3))


@case
def classes_that_differ_by_case(root: Path) -> Read:
    images(root / "Cat")
    images(root / "cat")
    return Read(
        {"Cat": 3, "cat": 3},
        None,
        ("'Cat' and 'cat' are two classes: their names differ by upper and lower case alone",),
    )


@case
def accents_as_another_system_stores_them(root: Path) -> Read:
    images(root / "train" / "caf\u00e9")
    images(root / "train" / "dog")
    images(root / "test" / "cafe\u0301")
    return Read({"caf\u00e9": 3, "dog": 3}, {"caf\u00e9": 3, "dog": 0})


@case
def accents_in_both_forms(root: Path) -> Refused:
    images(root / "caf\u00e9")
    images(root / "cafe\u0301")
    return Refused(
        "class folder {root}/caf\u00e9 is there twice, as 'cafe\\u0301' and 'caf\\xe9': the names "
        "look the same and differ in how accents are stored; put the images of both into one class"
    )
