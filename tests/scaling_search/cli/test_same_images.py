"""What goes on or is compared goes on with the same images; copies between splits are told."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from scaling_search.data.prepare import prepare
from scaling_search.networks.checkpoints import About, load, save
from scaling_search.networks.modules import build
from scaling_search.uses.transfer import running
from search_spaces.baselines import get_baseline
from search_spaces.networks.spec import StemSpec
from search_spaces.specs.data import DataSpec

TRANSFER = ("transfer", "small.safetensors", "--dataset", "photos", "--images", "16",
            "--set", "recipe.batch_size=8", "--set", "recipe.reports=1",
            "--set", "recipe.norm_images=8", "--seeds", "1", "--rates", "0.01",
            "--methods", "full")  # fmt: skip


@pytest.fixture
def photos(shell: Any) -> Path:
    """Two classes of images of 8 px, with a test split of their own."""
    draw = np.random.default_rng(0)
    for split, count in (("train", 10), ("test", 4)):
        for name in ("cats", "dogs"):
            folder = shell.folder / "photos" / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = draw.integers(0, 256, (8, 8), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{number}.png")
    return Path(shell.folder / "photos")


@pytest.fixture
def weights(shell: Any, photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network that was trained on the photographs, or says so."""
    monkeypatch.setenv("SCALING_SEARCH_CHECKPOINT_DIR", str(shell.folder / "kept"))
    own = get_baseline("efficientnet_b0").base
    network = replace(
        own, resolution_px=8, stem=StemSpec(8, 3, 1), head_width=32, in_channels=1, classes=2,
        stages=tuple(replace(stage, width=8, depth=1) for stage in own.stages[:2]),
    )  # fmt: skip
    torch.manual_seed(0)
    path = Path(shell.folder / "small.safetensors")
    save(path, build(network), About.of(network, prepare(DataSpec(name=str(photos)))))
    return path


def begun(shell: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A transfer that is stopped before its first run."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running.Cell, "train", stop)
        assert shell.invoke(*TRANSFER).exit_code == 130
    (data,) = shell.json("transfers", "1")["datasets"]
    return dict(data)


@pytest.mark.parametrize(
    ("split", "which", "key"),
    [("test", "the test images", "test_fingerprint"), ("train", "the images", "fingerprint")],
)
def test_a_transfer_does_not_go_on_with_other_images(
    shell: Any,
    photos: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    split: str,
    which: str,
    key: str,
) -> None:
    stored = begun(shell, monkeypatch)
    Image.new("L", (8, 8), 77).save(photos / split / "cats" / "0.png")
    now = getattr(prepare(DataSpec(name=str(photos))), key)
    done = shell.invoke("transfer", "--resume", "1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert " ".join(done.stderr.splitlines()[-1].split()) == (
        f"Error: {which} of {photos} changed since transfer 1 began (fingerprint {now[:12]}, then "
        f"{stored[key][:12]}): runs on different images cannot be compared; restore the images, "
        "or begin a new transfer"
    )


def test_a_transfer_does_not_go_on_without_its_test_split(
    shell: Any, photos: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(shell, monkeypatch)
    shutil.rmtree(photos / "test")
    done = shell.invoke("transfer", "--resume", "1")
    assert done.exit_code == 2
    assert f"of {photos} changed since transfer 1 began" in done.stderr


def test_the_same_images_go_on(
    shell: Any, photos: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(shell, monkeypatch)
    assert shell.json("transfer", "--resume", "1")["complete"]


def test_cam_does_not_show_test_images_that_may_have_been_trained_on(
    shell: Any, photos: Path, weights: Path
) -> None:
    words = ("cam", "small.safetensors", "--dataset", "photos", "--count", "2")
    assert shell.invoke(*words).exit_code == 0
    then = prepare(DataSpec(name=str(photos))).fingerprint
    shutil.move(photos / "train" / "cats" / "0.png", photos / "test" / "cats" / "9.png")
    now = prepare(DataSpec(name=str(photos))).fingerprint
    done = shell.invoke(*words)
    assert done.exit_code == 2
    assert " ".join(done.stderr.split()) == (
        f"Error: the images of {photos} changed since small was trained (fingerprint "
        f"{now[:12]}, then {then[:12]}), so that some test images may have been trained on: "
        "restore the images, name the sweep with --sweep, or a folder of images with --images"
    )


@pytest.mark.parametrize(
    ("trained", "shown"), [(0.0, False), (0.1, False), (0.2, True)], ids=["none", "fewer", "same"]
)
def test_cam_shows_the_test_images_that_training_left_apart(
    shell: Any, photos: Path, weights: Path, trained: float, shown: bool
) -> None:
    """Without a test folder 20% are held out for cam; a sweep may have held out fewer."""
    shutil.rmtree(photos / "test")
    data = prepare(DataSpec(name=str(photos), test_fraction=trained, split_seed=3))
    before = load(weights)
    save(weights, before.network, About.of(before.about.network, data))
    done = shell.invoke("cam", "small.safetensors", "--dataset", "photos", "--count", "2")
    assert done.exit_code == (0 if shown else 2), done.stderr
    if not shown:
        then = (data.test_fingerprint or "none")[:12]
        assert f"the test images of {photos} changed since small was trained" in done.stderr
        assert f", then {then})" in " ".join(done.stderr.split())


def test_onnx_says_when_it_measures_on_images_that_may_have_been_trained_on(
    shell: Any, photos: Path, weights: Path
) -> None:
    words = ("onnx", "x.onnx", "--network", "small.safetensors", "--dataset", "photos", "--force")
    assert "may have been trained on" not in shell.invoke(*words).stderr
    data = prepare(DataSpec(name=str(photos), split_seed=3))
    before = load(weights)
    save(weights, before.network, About.of(before.about.network, data))
    done = shell.invoke(*words)
    assert done.exit_code == 0
    assert (
        f"Warning: the split of {photos} is not the one that the network was trained with: images "
        "that it is measured on may have been trained on, and the accuracy too high"
    ) in " ".join(done.stderr.split())


def leak(photos: Path) -> str:
    shutil.copy(photos / "train" / "cats" / "3.png", photos / "test" / "cats" / "9.png")
    return f"({photos}/test/cats/9.png of {photos}/train/cats/3.png)"


def test_a_leak_is_told_wherever_the_data_set_is_used(
    shell: Any, photos: Path, weights: Path
) -> None:
    examples = leak(photos)
    note = (
        f"1 of 9 test images are exact copies of images to train or validate on {examples}: "
        "accuracies on the test split do not say how new images are told"
    )
    document = shell.json("datasets", "inspect", "photos")
    assert (document["test_copies"], document["contradictory"]) == (1, 0)
    assert document["notes"] == [note]
    text = " ".join(shell.invoke("datasets", "inspect", "photos").stdout.split())
    assert "training 0, validation 0, test 1; with contradicting labels 0" in text
    short = "Note: 1 of 9 test images are exact copies of images to train or validate on ("
    assert short in text
    assert short in " ".join(
        shell.invoke("plan", "tiny.yaml", "--dataset", "photos").stdout.split()
    )
    done = shell.invoke(*TRANSFER)
    assert done.exit_code == 0, done.stderr
    assert note in " ".join(done.stderr.split())
    assert short.replace("1 of", "…/photos: 1 of") in " ".join(done.stdout.split())
    (data,) = json.loads(shell.invoke("transfers", "1", "--json").stdout)["datasets"]
    assert data["notes"] == [note]


@pytest.mark.parametrize(
    "words",
    [
        ("datasets", "inspect", "photos"),
        ("datasets", "add", "mine", "photos"),
        ("plan", "tiny.yaml", "--dataset", "photos"),
        ("run", "tiny.yaml", "--dataset", "photos"),
        ("compare", "tiny.yaml", "--dataset", "photos"),
        ("validate-proxy", "quickstart", "--dataset", "photos"),
        TRANSFER,
    ],
    ids=lambda words: words[0] if words[0] != "datasets" else words[1],
)
def test_strict_refuses_a_leak(
    shell: Any, photos: Path, weights: Path, words: tuple[str, ...]
) -> None:
    examples = leak(photos)
    done = shell.invoke(*words, "--strict")
    assert (done.exit_code, done.stdout) == (2, "")
    assert (
        f"Error: {photos} has 1 test images that are exact copies of images to train or validate "
        f"on {examples}: remove the copies, or set strict to false to go on with them"
    ) in " ".join(done.stderr.split())
