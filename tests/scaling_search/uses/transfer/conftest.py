"""A network that has learnt the digits 0 to 4, and images of 5 to 9 to use it for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from results.store import Store
from results.values import Transfer, TransferRun
from scaling_search.data.prepare import prepare
from scaling_search.networks.checkpoints import About, save
from scaling_search.training import Training
from scaling_search.uses.transfer.running import Running, Snapshot, create_transfer
from scaling_search.uses.transfer.sources import Source, read_source
from scaling_search.uses.transfer.targets import Prepared, prepare_targets
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.transfer import TransferSpec, WeightsSpec

from ...training.conftest import tiny as of_any_size


def tiny(classes: int) -> NetworkSpec:
    """Five blocks of an EfficientNet for images of 12 px."""
    return of_any_size(classes, resolution_px=12)


@dataclass(frozen=True)
class Learned:
    """Weights in a file, and folders of images: what they know and what they do not."""

    path: Path
    known: Path
    new: Path

    def spec(self, **changes: Any) -> TransferSpec:
        recipe = {"steps": 20, "batch_size": 16, "reports": 2, "norm_images": 25,
                  "optimizer": "adamw", "learning_rate": 0.01}  # fmt: skip
        values: dict[str, Any] = {
            "weights": (WeightsSpec(name="low", source=str(self.path)),),
            "data": (DataSpec(name=str(self.new), max_train_images=25),),
            "learning_rates": (0.01,),
            "recipe": ProxySpec(**(recipe | changes.pop("recipe", {}))),
        }
        return TransferSpec(**(values | changes))


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learned]:
    folder = tmp_path_factory.mktemp("learned")
    digits = load_digits()
    for number, (pixels, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        part = folder / ("known" if label < 5 else "new") / str(label)
        part.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray((pixels * 255 / 16).astype(np.uint8))
        image.save(part / f"{number}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCALING_SEARCH_CACHE_DIR", str(folder / "cache"))
        patch.setenv("SCALING_SEARCH_CHECKPOINT_DIR", str(folder / "kept"))
        data = prepare(DataSpec(name=str(folder / "known")))
        proxy = ProxySpec(steps=200, batch_size=32, reports=1, norm_images=256,
                          optimizer="adamw", learning_rate=0.01, zero_init_residual=True,
                          augmentation={"crop_padding": 0.125})  # fmt: skip
        training = Training(tiny(5), proxy, data, 0)
        (report,) = training.epochs()
        assert report.accuracy > 0.8  # a fifth is chance; of 8 seeds the worst has 0.97
        path = folder / "low.safetensors"
        save(path, training.network, About.of(tiny(5), data, seed=0, accuracy=report.accuracy))
        yield Learned(path, folder / "known", folder / "new")


@dataclass(frozen=True)
class Done:
    """A transfer as far as it came."""

    sources: list[Source]
    targets: Prepared
    row: Transfer
    runs: list[TransferRun]

    def cell(self, method: str) -> dict[str, Any]:
        (found,) = (cell for cell in self.row.cells if cell["method"] == method)
        return dict(found)


Transferring = Callable[..., Done]


@pytest.fixture
def transfer(learned: Learned, tmp_path: Path) -> Iterator[Transferring]:
    """Trains a transfer in a database of its own; an `observe` that raises stops it."""
    with Store.open(f"sqlite:///{tmp_path / 'results.db'}") as store:

        def run(
            spec: TransferSpec,
            number: int | None = None,
            observe: Callable[[Snapshot], None] = lambda now: None,
        ) -> Done:
            sources = [read_source(one) for one in spec.weights]
            targets = prepare_targets(spec.data, sources)
            if number is None:
                number = create_transfer(store, spec, sources, targets)
            with contextlib.suppress(KeyboardInterrupt):
                Running(store, number, spec, sources, targets, observe=observe).run()
            return Done(sources, targets, store.transfer(number), store.transfer_runs(number))

        yield run
