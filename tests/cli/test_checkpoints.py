"""Networks in files: told what is on images, and shown where they look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from scaling_search.checkpoints import About, load, save
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.modules import build


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


def test_a_data_set_elsewhere_is_not_loaded_because_a_file_names_it(
    shell: Any, folder: Path
) -> None:
    path = folder / "base.safetensors"
    loaded = load(path)
    save(path, loaded.network, loaded.about.model_copy(update={"dataset": "hub:somebody/images"}))
    done = shell.invoke("cam", "base.safetensors")
    assert done.exit_code == 2
    assert " ".join(done.stderr.split()) == (
        "Error: no images: the checkpoint says that it was trained on 'hub:somebody/images', and "
        "nothing is loaded from elsewhere because a file says so; name that data set with "
        "--dataset, or a folder with --images"
    )
