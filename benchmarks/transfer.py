"""A linear probe: features computed once, against computing them in every epoch.

The same network, images, order, classifier at the start and recipe; what counts is the CPU's time
from frozen weights to the last accuracy, on one thread.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.folders import write_digits
from benchmarks.report import Figure
from scaling_search.data.dataset import PreparedDataset, Split
from scaling_search.data.prepare import prepare
from scaling_search.networks.modules import build
from scaling_search.training import Evaluation, Start, evaluate
from scaling_search.training.evaluation import recompute_norms
from scaling_search.training.images import Images
from scaling_search.uses.transfer.probe import Features, LinearProbe
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.specs.data import DataSpec
from search_spaces.specs.proxy import ProxySpec

FORM = ProxyForm(width=0.35, stem_stride=2, strides=(1, 2, 1, 2, 1, 1, 1))
CLASSIFIER = "head.classifier"


class Recomputing(LinearProbe):
    """The plain way: every batch goes through the frozen network again."""

    def _batch(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        images = self._features.images("train")
        inputs = images.normalise(images.resize(images.source(positions)))
        return self._features.through(inputs), images.labels[positions]

    def evaluate(self, split: Split = "validation") -> Evaluation:
        """The same on features of their own."""
        return evaluate(self._head, [self._features.compute(split)])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, help="a folder of images; digits by default")
    parser.add_argument("--epochs", type=int, default=20)


def run(options: argparse.Namespace) -> list[Figure]:
    epochs = 2 if options.tiny else options.epochs
    per_class = 20 if options.tiny else 160
    with tempfile.TemporaryDirectory() as folder:
        target = options.images or Path(folder, "digits")
        if options.images is None:
            write_digits(target, per_class)
        return list(_measured(prepare(DataSpec(name=str(target), test_fraction=0)), epochs))


def _measured(data: PreparedDataset, epochs: int) -> Iterator[Figure]:
    network = realise(
        get_baseline("efficientnet_b0"),
        form=FORM,
        resolution_px=32,
        in_channels=data.channels,
        classes=len(data.class_names),
    )
    torch.manual_seed(0)
    untrained = build(network)
    images = Images(data.open_split("train"), data, 32, torch.device("cpu"), channels_last=False)
    some = images.batches(torch.arange(min(256, len(images))), 64)
    recompute_norms(untrained, (inputs for inputs, _ in some))  # else nothing reaches the end
    state = untrained.state_dict()
    start = Start({name: t for name, t in state.items() if not name.startswith(CLASSIFIER)})
    batch = min(64, data.n_train)
    steps = epochs * (data.n_train // batch)
    proxy = ProxySpec(
        steps=steps, batch_size=batch, reports=epochs, optimizer="adamw", learning_rate=0.01
    )
    seconds, accuracies = {}, {}
    # The first round compiles what is compiled.
    for name, kind in 2 * (("plain", Recomputing), ("ours", LinearProbe)):
        began = time.process_time()
        probe = kind(Features(network, start, CLASSIFIER, data), proxy, 0)
        *_, last = probe.epochs()
        seconds[name], accuracies[name] = time.process_time() - began, last.accuracy
    print(
        f"{data.n_train:,} images, {epochs} epochs; accuracy {accuracies['ours']:.3f}, "
        f"recomputed {accuracies['plain']:.3f}"
    )
    yield Figure("features in every epoch", seconds["plain"], "CPU s")
    yield Figure("features once", seconds["ours"], "CPU s")
    yield Figure("once : every epoch", seconds["plain"] / seconds["ours"], "×")
