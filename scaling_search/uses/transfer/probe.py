"""A linear probe: a classifier on features that are computed once and then stay as they are."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from results.values.trials import EpochReport
from scaling_search.data import PreparedDataset, Split
from scaling_search.training import Evaluation, Start, evaluate
from scaling_search.training.compiled import compile_layers
from scaling_search.training.images import Images, Order
from scaling_search.training.isolation import Isolation
from scaling_search.training.optimisation import learning_rate, make_optimizer
from scaling_search.training.randomness import Streams
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

_BATCH = 128


class Features:
    """What the classifier of a network gets of each image: computed when first asked for, kept.

    Norms have the statistics that they were trained with, and images are not augmented, so one
    pass over a split serves every seed and learning rate.

    Args:
        network: for the classes of the data.
        start: its weights without the classifier.
        classifier: the name of that module.
        data: the images; mean and deviation must be those that the weights were trained with.
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads.

    Raises:
        InputError: the classifier is no linear layer, or the device is not there.
    """

    def __init__(
        self,
        network: NetworkSpec,
        start: Start,
        classifier: str,
        data: PreparedDataset,
        *,
        device: str = "cpu",
        threads: int = 1,
    ) -> None:
        self.network, self.start, self.classifier, self.data = network, start, classifier, data
        self.isolation = Isolation(device, threads)
        body = self.fresh(0)
        if not isinstance(body.get_submodule(classifier), nn.Linear):
            raise InputError(
                f"the classifier of {network.baseline}, {classifier}, is no linear layer: use the "
                "methods full or gradual"
            )
        parent, _, name = classifier.rpartition(".")
        setattr(body.get_submodule(parent), name, nn.Identity())
        nn.utils.convert_conv2d_weight_memory_format(body, torch.channels_last)
        compile_layers(body, device, threads)
        self._body = body.to(self.isolation.device).eval()
        self._split = cache(self.compute)

    def fresh(self, init: int) -> nn.Module:
        """The whole network on the CPU, its classifier from this seed."""
        with self.isolation.entered():
            torch.manual_seed(init)
            return self.start.build(self.network)

    def images(self, split: Split) -> Images:
        """A split on its way into the network."""
        return Images(
            self.data.open_split(split),
            self.data,
            self.network.resolution_px,
            self.isolation.device,
            channels_last=True,
        )

    def through(self, inputs: Tensor) -> Tensor:
        """(B, C, R, R) inputs to (B, D) float32 features, from which gradients may be computed."""
        with torch.inference_mode():
            found: Tensor = self._body(inputs).float()
        return found.clone()

    def compute(self, split: Split) -> tuple[Tensor, Tensor]:
        """(N, D) features of a split in its order, and (N,) labels, on the device; not kept."""
        images = self.images(split)
        batches = images.batches(torch.arange(len(images)), _BATCH)
        with self.isolation.entered():
            parts = [(self.through(inputs), labels) for inputs, labels in batches]
        return torch.cat([part for part, _ in parts]), torch.cat([labels for _, labels in parts])

    def of(self, split: Split) -> tuple[Tensor, Tensor]:
        """The same, computed once."""
        return self._split(split)


class LinearProbe:
    """One classifier's training, with the interface of `training.Training`.

    Its start and the order of images are those of a training with the same seed. The recipe's
    augmentation, dropout and batch-norm settings do not apply.

    Args:
        features: of the data.
        proxy: budget and recipe.
        seed: of the run.

    Attributes:
        train_seconds: time in steps so far; computing features is not counted.
    """

    def __init__(self, features: Features, proxy: ProxySpec, seed: int) -> None:
        self._features, self._proxy = features, proxy
        streams = Streams.of(seed)
        self._whole = features.fresh(streams.init)
        head = self._whole.get_submodule(features.classifier)
        self._head = head.to(features.isolation.device)
        self._optimizer = make_optimizer(self._head, proxy)
        self._order = Order(features.data.n_train, streams.order)
        self._steps = 0
        self.train_seconds = 0.0

    @property
    def network(self) -> nn.Module:
        """The whole network with the classifier as trained so far."""
        return self._whole

    def _batch(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """(B, D) features and (B,) labels at these positions of the training split."""
        features, labels = self._features.of("train")
        here = positions.to(features.device)
        return features[here], labels[here]

    def _step(self) -> Tensor:
        proxy = self._proxy
        features, labels = self._batch(self._order.take(proxy.batch_size))
        logits = self._head(features)
        loss = F.cross_entropy(logits, labels, label_smoothing=proxy.label_smoothing)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        if proxy.gradient_clip is not None:
            nn.utils.clip_grad_norm_(self._head.parameters(), proxy.gradient_clip)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(proxy, self._steps)
        self._optimizer.step()
        self._steps += 1
        return loss.detach()

    def evaluate(self, split: Split = "validation") -> Evaluation:
        """The classifier as it is on a split of the data."""
        with self._features.isolation.entered():
            return evaluate(self._head, [self._features.of(split)])

    def epochs(self) -> Iterator[EpochReport]:
        """Train to the end, pausing after each evaluation."""
        isolation = self._features.isolation
        for number, last_step in enumerate(self._proxy.report_steps, start=1):
            began, first = time.perf_counter(), self._steps
            self._head.train()
            with isolation.entered():
                losses = [self._step() for _ in range(last_step - first)]
                mean = torch.stack(losses).mean().item()
            seconds = time.perf_counter() - began
            self.train_seconds += seconds
            evaluation = self.evaluate()
            images = self._steps * self._proxy.batch_size
            yield EpochReport(
                epoch=number,
                steps=self._steps,
                images=images,
                train_loss=mean if math.isfinite(mean) else None,
                validation_loss=evaluation.loss,
                accuracy=evaluation.accuracy,
                top5_accuracy=evaluation.top5_accuracy,
                learning_rate=learning_rate(self._proxy, self._steps - 1),
                images_per_second=(self._steps - first) * self._proxy.batch_size / seconds,
                peak_memory_bytes=isolation.memory_bytes(),
                diverged=not math.isfinite(mean) or evaluation.loss is None,
            )
