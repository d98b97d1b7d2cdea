"""One run of a transfer: a network trained by a method, and measured."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from torch import nn

from results.values import NewTransferRun
from results.values.trials import EpochReport, pack_correct
from scaling_search.data import PreparedDataset, Split
from scaling_search.training import Evaluation, Start, Training
from scaling_search.uses.transfer.probe import Features, LinearProbe
from scaling_search.uses.transfer.sources import Source
from search_spaces.baselines import complexity, get_baseline
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec
from search_spaces.specs.transfer import Method


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is trained: method, seed and rate; `role`: whether it is a result or tries a rate."""

    weights: str
    dataset: str
    method: Method
    seed: int
    learning_rate: float
    role: str


class _Learner(Protocol):
    @property
    def network(self) -> nn.Module: ...

    @property
    def train_seconds(self) -> float: ...

    def epochs(self) -> Iterator[EpochReport]: ...

    def evaluate(self, split: Split = ...) -> Evaluation: ...


class Cell:
    """All runs of one source on one data set: they share features and what is read.

    Args:
        source: the weights.
        data: the images, normalised as the weights want them.
        network: the source's, for the classes of the data.
        recipe: for a learning rate.
        thaw: as in the specification.
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads.
    """

    def __init__(
        self,
        source: Source,
        data: PreparedDataset,
        network: NetworkSpec,
        recipe: Callable[[float], ProxySpec],
        *,
        thaw: float,
        device: str = "cpu",
        threads: int = 1,
    ) -> None:
        self._source, self._data, self.network = source, data, network
        self._recipe, self._thaw = recipe, thaw
        self._device, self._threads = device, threads
        self._features: Features | None = None

    @property
    def features(self) -> Features:
        """What a linear probe is trained on; computed once."""
        if self._features is None:
            self._features = Features(
                self.network,
                self._source.start,
                self._source.classifier,
                self._data,
                device=self._device,
                threads=self._threads,
            )
        return self._features

    def _learner(self, task: Task) -> _Learner:
        proxy = self._recipe(task.learning_rate)
        if task.method == "linear_probe":
            return LinearProbe(self.features, proxy, task.seed)
        pretrained = self._source.start
        start = {
            "full": pretrained,
            "gradual": dataclasses.replace(pretrained, thaw=self._thaw),
            # The same network, but nothing of what it learned.
            "scratch": Start(padding=pretrained.padding, norm_eps=pretrained.norm_eps),
        }[task.method]
        return Training(
            self.network,
            proxy,
            self._data,
            task.seed,
            device=self._device,
            threads=self._threads,
            start=start,
        )

    def _trained(self, learner: _Learner, task: Task) -> nn.Module:
        if task.method == "linear_probe":
            return learner.network.get_submodule(self._source.classifier)
        return learner.network

    def train(
        self, task: Task, measured: Split | None, progress: Callable[[EpochReport], None]
    ) -> tuple[NewTransferRun, nn.Module]:
        """Train to the end, and measure on a split if one is given; the run and its network."""
        began = time.perf_counter()
        learner = self._learner(task)
        curve = []
        for report in learner.epochs():
            progress(report)
            curve.append((report.images, report.train_loss, report.accuracy))
            if report.diverged:
                break
        evaluation = None
        if measured is not None and not report.diverged:
            evaluation = learner.evaluate(measured)
        cost = complexity(get_baseline(self.network.baseline), self.network)
        run = NewTransferRun(
            **dataclasses.asdict(task),
            spec_key=self.network.key,
            resolution_px=self.network.resolution_px,
            params=cost.params,
            flops=cost.flops,
            trained_params=sum(p.numel() for p in self._trained(learner, task).parameters()),
            accuracy=None if evaluation is None else evaluation.accuracy,
            validation_accuracy=None if report.diverged else report.accuracy,
            correct=None if evaluation is None else pack_correct(evaluation.correct),
            n_images=0 if evaluation is None else len(evaluation.correct),
            steps=report.steps,
            images=report.images,
            train_seconds=learner.train_seconds,
            seconds=time.perf_counter() - began,
            diverged=report.diverged,
            curve=tuple(curve),
        )
        return run, learner.network
