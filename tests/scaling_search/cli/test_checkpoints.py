"""Networks in files: told what is on images, and shown where they look."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from scaling_search.networks.checkpoints import About, load, save
from scaling_search.networks.modules import build
from scaling_search.uses.cam.subjects import Subject, from_folder, image_files
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.names import printable


@pytest.fixture
def folder(shell: Any) -> Path:
    """Two networks that have learnt nothing, and photographs, one of them damaged."""
    form = ProxyForm(width=0.2, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1))
    for name, width in (("base", 1.0), ("wide", 1.5)):
        spec = realise(
            get_baseline("efficientnet_b0"),
            Scaling(1.0, width, 1.0),
            form=form,
            resolution_px=16,
            classes=3,
        )
        torch.manual_seed(0)
        about = About(
            network=spec,
            class_names=("cat", "dog", "fox"),
            channels=3,
            source_px=16,
            mean=(0.5,) * 3,
            std=(0.25,) * 3,
        )
        save(shell.folder / f"{name}.safetensors", build(spec), about)
    (shell.folder / "photos" / "dog").mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(shell.folder / "photos" / "dog" / "a.png")
    (shell.folder / "photos" / "b.jpg").write_bytes(b"no image")
    return Path(shell.folder)


def test_what_is_on_images(shell: Any, folder: Path) -> None:
    words = ("predict", "base.safetensors", "photos/dog/a.png", "photos/b.jpg", "--top", "2")
    done = shell.invoke(*words, "--json")
    assert done.exit_code == 1
    good, bad = json.loads(done.stdout)["predictions"]
    assert {label["class"] for label in good["labels"]} < {"cat", "dog", "fox"}
    assert bad == {
        "image": "photos/b.jpg",
        "labels": [],
        "problem": "not an image, or damaged at its start",
    }
    assert "Not read: photos/b.jpg: not an image, or damaged at its start" in done.stderr
    assert "photos/dog/a.png" in shell.invoke(*words).stdout


@pytest.fixture
def odd(folder: Path) -> str:
    """An image whose name is not UTF-8, in a folder of its own."""
    (folder / "odd" / "dog" / "2021").mkdir(parents=True)
    image = os.fsdecode(os.fsencode(folder / "odd" / "dog" / "2021") + b"/caf\xe9.png")
    shutil.copy(folder / "photos" / "dog" / "a.png", image)
    return image


def test_names_that_are_not_utf8_are_told(shell: Any, odd: str) -> None:
    done = shell.invoke("predict", "base.safetensors", odd, "--json")
    assert done.exit_code == 0, done.stderr
    (found,) = json.loads(done.stdout)["predictions"]
    assert found["image"] == odd
    near = os.path.relpath(odd, shell.folder)
    done = shell.invoke("predict", "base.safetensors", near, near + "x")
    assert "odd/dog/2021/caf\\xe9.png" in done.stdout
    assert f"Not read: {printable(near)}x: No such file or directory" in done.stderr


def test_where_networks_look_on_names_that_are_not_utf8(shell: Any, odd: str) -> None:
    done = shell.invoke("cam", "base.safetensors", "--images", "odd", "-o", "maps", "--json")
    assert done.exit_code == 0, done.stderr
    page = (shell.folder / "maps" / "gallery.html").read_text(encoding="utf-8")
    assert "dog/2021/caf\\xe9.png" in page


def test_the_innermost_folder_that_is_a_class_gives_it(shell: Any, odd: str) -> None:
    about = load(shell.folder / "base.safetensors").about
    (subject,) = from_folder(shell.folder / "odd", about, count=1)
    assert isinstance(subject, Subject)
    assert (subject.name, subject.label) == ("dog/2021/caf\\xe9.png", 1)


def test_hidden_files_are_no_images(shell: Any, folder: Path) -> None:
    for name in (".hidden.png", "._a.png", ".cache/a.png", "__MACOSX/dog/._a.png"):
        (folder / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "photos" / name).write_bytes(b"")
    found = image_files(folder / "photos")
    assert [file.relative_to(folder / "photos").as_posix() for file in found] == [
        "b.jpg",
        "dog/a.png",
    ]


def test_what_is_no_checkpoint_is_refused(shell: Any, folder: Path) -> None:
    torch.save({"a": torch.zeros(1)}, folder / "theirs.pth")
    done = shell.invoke("predict", "theirs.pth", "photos/dog/a.png")
    assert done.exit_code == 2
    assert "theirs.pth is a pickle, which may run any code when it is read" in done.stderr
    done = shell.invoke("predict", "missing.safetensors", "photos/dog/a.png")
    assert done.exit_code == 2
    assert "checkpoint missing.safetensors is no file" in done.stderr


def test_where_networks_look(shell: Any, folder: Path) -> None:
    (folder / "boxes.csv").write_text("image,left,top,right,bottom\ndog/a.png,20,10,40,30\n")
    words = ("cam", "small=base.safetensors", "wide.safetensors", "--images", "photos")
    done = shell.invoke(*words, "--boxes", "boxes.csv", "-o", "maps", "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert [one["name"] for one in document["networks"]] == ["small", "wide"]
    for one in document["networks"]:
        assert (one["images"], one["located"], one["map_px"]) == (1, 1, 4)
        assert 0 < one["area"] < 0.5
        assert 0 <= one["energy"] <= 1
    assert document["files"] == ["maps/gallery.html", "maps/gallery-1.png"]
    assert all((folder / file).stat().st_size for file in document["files"])
    assert document["unread"] == [
        {"image": "b.jpg", "problem": "not an image, or damaged at its start"}
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no network to look at: name checkpoints, or a sweep that kept some"),
        (("base.safetensors", "--images", "none"), "images none is no folder"),
        (("base.safetensors",), "the checkpoint does not say what it was trained on"),
        (("base.safetensors", "--method", "gradcamm"), "method 'gradcamm' is unknown"),
        (("base.safetensors", "--boxes", "b.csv"), "--boxes is given without --images"),
        (("base.safetensors", "--images", "photos", "--dataset", "digits"), "both --images and"),
        (("base.safetensors", "--images", "photos", "--mosaic"), "both --images and --mosaic are"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    shell: Any, folder: Path, words: tuple[str, ...], message: str
) -> None:
    done = shell.invoke("cam", *words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())
    assert not list(folder.glob("cam/*"))


@pytest.mark.parametrize("name", ["hub:somebody/images", "/etc", "photos"])
def test_a_data_set_is_not_read_because_a_file_names_it(
    shell: Any, folder: Path, name: str
) -> None:
    path = folder / "base.safetensors"
    loaded = load(path)
    save(path, loaded.network, loaded.about.model_copy(update={"dataset": name}))
    done = shell.invoke("cam", "base.safetensors")
    assert done.exit_code == 2
    assert " ".join(done.stderr.split()) == (
        f"Error: no images: the checkpoint says that it was trained on {name!r}, which is not "
        "among the data sets of your database, and nothing is read because a file says so; name "
        "that data set with --dataset, or a folder with --images"
    )
