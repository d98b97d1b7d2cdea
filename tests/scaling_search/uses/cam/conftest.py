"""Images with an object in a known place, and a network that was trained to name it.

The background is noise of all colours; the object is a square patch whose texture, not whose place
or mean colour, tells the class, and some images have none: `nothing`. So the background says
`nothing`, and whatever else the network knows it knows from inside the box.

The object is four places of the last map (8 × 8) across. A map says where only to about a place: of
an object hardly larger than one, the largest value lies beside it as often as on it, however
accurate the network (docs/cam.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scaling_search.data import PreparedDataset
from scaling_search.networks.checkpoints import About, load, save
from scaling_search.networks.checkpoints.files import Checkpoint
from scaling_search.training import Training
from scaling_search.uses.cam.subjects import Subject

from ...training.conftest import LEARNS, tiny

SIDE, OBJECT = 32, 16
CLASSES = ("stripes", "bars", "checks", "nothing")
NOTHING = 3


def planted(
    count: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """(n, 32, 32, 3) images, their (n,) classes, and (n, 32, 32) where the objects are."""
    random = np.random.default_rng(seed)
    images = random.integers(90, 166, (count, SIDE, SIDE, 3), dtype=np.uint8)
    labels = random.integers(0, len(CLASSES), count)
    masks = np.zeros((count, SIDE, SIDE), np.bool_)
    rows, columns = np.indices((OBJECT, OBJECT))
    textures = (rows // 2 % 2, columns // 2 % 2, (rows // 2 + columns // 2) % 2)
    for number, label in enumerate(labels):
        top, left = random.integers(0, SIDE - OBJECT, 2)
        if label == NOTHING:
            continue
        place = np.s_[top : top + OBJECT, left : left + OBJECT]
        images[number][place] = (textures[label] * 255)[..., None]
        masks[number][place] = True
    return images, labels.astype(np.int64), masks


@dataclass(frozen=True)
class Scene:
    checkpoint: Checkpoint
    path: Path
    subjects: list[Subject]


def _data(folder: Path, train: int, validation: int) -> PreparedDataset:
    images, labels, _ = planted(train + validation, 0)
    for name, values in (
        ("images", images),
        ("labels", labels),
        ("train", np.arange(train)),
        ("validation", np.arange(train, train + validation)),
    ):
        np.save(folder / f"{name}.npy", values)
    pixels = images / 255
    return PreparedDataset(
        name="planted",
        fingerprint="f",
        cache_key="c",
        split_key="s",
        path=str(folder),
        split_path=str(folder),
        test_path=None,
        class_names=CLASSES,
        channels=3,
        native_min_px=SIDE,
        native_median_px=SIDE,
        source_px=SIDE,
        train_counts=tuple(np.bincount(labels[:train], minlength=len(CLASSES)).tolist()),
        validation_counts=tuple(np.bincount(labels[train:], minlength=len(CLASSES)).tolist()),
        test_count=None,
        n_skipped=0,
        skipped=(),
        left_out=(),
        mean=tuple(pixels.mean((0, 1, 2)).tolist()),
        std=tuple(pixels.std((0, 1, 2)).tolist()),
        validation_fraction=0.2,
        split_seed=0,
        max_train_images=None,
        notes=(),
    )


@pytest.fixture(scope="session")
def planted_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("planted")
    data = _data(folder, 512, 64)
    spec = tiny(len(CLASSES), resolution_px=SIDE, channels=3, blocks=3)
    proxy = LEARNS.model_copy(update={"steps": 60, "reports": 1})
    training = Training(spec, proxy, data, 0)
    for report in training.epochs():
        accuracy = report.accuracy
    path = folder / "planted.safetensors"
    save(path, training.network, About.of(spec, data, seed=0, accuracy=accuracy))
    images, labels, masks = planted(80, 1)
    subjects = [
        Subject(f"{number}", image, int(label), mask)
        for number, (image, label, mask) in enumerate(zip(images, labels, masks, strict=True))
        if label != NOTHING
    ]
    return Scene(load(path), path, subjects[:40])
