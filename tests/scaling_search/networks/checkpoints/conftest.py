"""A network that has learnt to tell digits apart, as a checkpoint; trained once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scaling_search.data import PreparedDataset
from scaling_search.networks.checkpoints import About, Written, save
from scaling_search.training import Training
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.coefficients import UNSCALED
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec


@dataclass(frozen=True)
class Trained:
    spec: NetworkSpec
    training: Training
    data: PreparedDataset
    path: Path
    written: Written

    def image(self, position: int, folder: Path) -> Path:
        """A validation image as a file, 8 px grey as the data set is."""
        pixels = self.data.open_split("validation").gather(np.array([position]))[0, :, :, 0]
        path = folder / f"{position}.png"
        Image.fromarray(pixels).save(path)
        return path


@pytest.fixture(scope="session")
def trained(small_digits: PreparedDataset, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    spec = realise(
        get_baseline("efficientnet_b0"),
        UNSCALED,
        form=ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1)),
        resolution_px=16,
        in_channels=small_digits.channels,
        classes=len(small_digits.class_names),
    )
    proxy = ProxySpec(steps=30, batch_size=32, reports=1, norm_images=160)
    training = Training(spec, proxy, small_digits, 0)
    for report in training.epochs():
        accuracy = report.accuracy
    about = About.of(spec, small_digits, protocol="p", seed=0, accuracy=accuracy)
    path = tmp_path_factory.mktemp("checkpoints") / "digits.safetensors"
    written = save(path, training.network, about)
    return Trained(spec, training, small_digits, path, written)
