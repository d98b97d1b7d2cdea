"""Prepared data made from arrays, small networks, and a recipe of a few steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from scaling_search.data import PreparedDataset
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import UNSCALED, Scaling
from search_spaces.networks.spec import NetworkSpec, StemSpec
from search_spaces.specs.proxy import Augmentation, ProxySpec

Prepare = Callable[..., PreparedDataset]
SMALL = ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1))


def prepared(
    folder: Path, images: NDArray[np.uint8], labels: NDArray[np.int64], *, n_validation: int
) -> PreparedDataset:
    """The first images validate, the others train."""
    rows = np.arange(len(images))
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    np.save(folder / "validation.npy", rows[:n_validation])
    np.save(folder / "train.npy", rows[n_validation:])
    classes = int(labels.max()) + 1
    pixels = images[n_validation:] / 255
    side, channels = images.shape[1], images.shape[3]
    return PreparedDataset(
        name="small",
        fingerprint="f",
        cache_key="c",
        split_key="s",
        path=str(folder),
        split_path=str(folder),
        test_path=str(folder),
        class_names=tuple(str(label) for label in range(classes)),
        channels=channels,
        native_min_px=side,
        native_median_px=side,
        source_px=side,
        train_counts=tuple(np.bincount(labels[n_validation:], minlength=classes).tolist()),
        validation_counts=tuple(np.bincount(labels[:n_validation], minlength=classes).tolist()),
        test_count=len(images),
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
def digits(tmp_path_factory: pytest.TempPathFactory) -> PreparedDataset:
    """1,797 real digits of 8 px, grey; 300 validate."""
    found = load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)[..., None]
    folder = tmp_path_factory.mktemp("digits")
    return prepared(folder, images, found.target.astype(np.int64), n_validation=300)


@pytest.fixture
def noise(tmp_path: Path) -> Prepare:
    """Makes data of random pixels: `noise(classes=…, channels=…, count=…, side=…)`."""

    def make(
        *, classes: int = 10, channels: int = 3, count: int = 60, side: int = 16
    ) -> PreparedDataset:
        random = np.random.default_rng(0)
        images = random.integers(0, 256, (count, side, side, channels), dtype=np.uint8)
        labels = np.arange(count, dtype=np.int64) % classes
        return prepared(tmp_path / f"{classes}", images, labels, n_validation=count // 3)

    return make


def network(
    data: PreparedDataset, scaling: Scaling = UNSCALED, *, resolution_px: int = 16
) -> NetworkSpec:
    """A narrow EfficientNet that fits the data."""
    return realise(
        get_baseline("efficientnet_b0"),
        scaling,
        form=SMALL,
        resolution_px=resolution_px,
        in_channels=data.channels,
        classes=len(data.class_names),
    )


def tiny(classes: int, *, resolution_px: int, channels: int = 1, blocks: int = 5) -> NetworkSpec:
    """The first blocks of an EfficientNet, narrow: maps of a quarter of the resolution."""
    own = get_baseline("efficientnet_b0").base
    shapes = list(zip((8, 12, 16, 24, 24), (1, 2, 2, 1, 1), strict=True))[:blocks]
    stages = tuple(
        replace(stage, width=width, depth=1, stride=stride)
        for stage, (width, stride) in zip(own.stages, shapes, strict=False)
    )
    return replace(
        own, resolution_px=resolution_px, stem=StemSpec(8, 3, 1), stages=stages, head_width=96,
        in_channels=channels, classes=classes,
    )  # fmt: skip


LEARNS = ProxySpec(
    steps=40, batch_size=32, reports=2, norm_images=256, optimizer="adamw", learning_rate=0.01,
    zero_init_residual=True,
)  # fmt: skip
"""A recipe by which `tiny` learns to tell `digits` apart at 8 px, however a processor rounds.

Of 16 seeds the mean accuracy was 0.91 with a standard deviation of 0.02, 0.14 with one of 0.05
without recomputed statistics; the loss of the last 20 steps was 0.29 of the first 20's, give or
take 0.03.
"""


@pytest.fixture
def short() -> ProxySpec:
    """Six steps of sixteen images with everything random switched on."""
    return ProxySpec(
        steps=6,
        batch_size=16,
        reports=2,
        dropout=0.2,
        stochastic_depth=0.2,
        norm_images=32,
        augmentation=Augmentation(crop_padding=0.125, horizontal_flip=True),
    )
