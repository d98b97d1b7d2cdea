"""One trial: a candidate trained on a short budget, and evaluated as it goes. No Ray needed.

    training = Training(spec, proxy, data, seed)
    for report in training.epochs():
        ...
    training.result

Everything random comes from the seed: initialisation, order of images, augmentation and dropout
have separate streams, and the process's global ones are left as they were. On a CPU a rerun
with as many threads and the same memory format is identical to the last bit, whatever the process
trained before. Order and augmentation are also the same for every candidate.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from results.values.trials import EpochReport, TrialResult, pack_correct
from scaling_search.data import PreparedDataset, Split
from scaling_search.networks.modules import BlockModule
from scaling_search.training.compiled import compile_layers
from scaling_search.training.evaluation import Evaluation, evaluate, recompute_norms
from scaling_search.training.images import Augmenter, EvaluationBatches, Images, Order
from scaling_search.training.isolation import Isolation
from scaling_search.training.optimisation import learning_rate, make_optimizer
from scaling_search.training.randomness import Streams
from scaling_search.training.start import Start, Thaw
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

EXPLODED = 10.0
"""A training loss beyond this many times that of guessing, ln(classes), counts as diverged."""

CHECK_STEPS = 16
"""Steps between looks at loss and memory; on CUDA each look waits for the device."""


def train(
    spec: NetworkSpec,
    proxy: ProxySpec,
    data: PreparedDataset,
    seed: int,
    *,
    device: str = "cpu",
    threads: int = 1,
    channels_last: bool = True,
) -> Generator[EpochReport, None, TrialResult]:
    """Train a candidate on a short budget: a report after each epoch, the result at the end.

    Arguments and errors are those of `Training`. The caller may stop stepping the generator early.
    """
    training = Training(
        spec, proxy, data, seed, device=device, threads=threads, channels_last=channels_last
    )
    return (yield from training.epochs())


class Training:
    """One candidate's training.

    Args:
        spec: the network; its channels and classes must be those of the data.
        proxy: budget and recipe.
        data: the images.
        seed: of the trial; at least 0.
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads; another count sums in another order, and so rounds differently.
        channels_last: the memory format, which rounds differently too; `calibration` chooses it.
        start: from which weights; from scratch by default.

    Attributes:
        network: the module as trained so far.
        train_seconds: time spent in training steps so far.
        result: of the trial; None until `epochs()` is exhausted.

    Raises:
        InputError: the network does not fit the data, or the device does not exist.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        proxy: ProxySpec,
        data: PreparedDataset,
        seed: int,
        *,
        device: str = "cpu",
        threads: int = 1,
        channels_last: bool = True,
        start: Start | None = None,
    ) -> None:
        _check_fit(spec, data)
        self._started = time.perf_counter()
        self._spec, self._proxy, self._data = spec, proxy, data
        self._channels_last = channels_last
        self._isolation = Isolation(device, threads)
        self._device = self._isolation.device
        self.result: TrialResult | None = None
        start, streams = start or Start(), Streams.of(seed)

        # ------------------------------------------------------------ network
        with self._isolation.entered():
            torch.manual_seed(streams.init)
            self.network = start.build(
                spec, dropout=proxy.dropout, stochastic_depth=proxy.stochastic_depth
            )
            torch.manual_seed(streams.dropout)
        if proxy.zero_init_residual and not start.weights:
            _start_as_identity(self.network)
        self.network.to(self._device)
        if channels_last:
            nn.utils.convert_conv2d_weight_memory_format(self.network, torch.channels_last)
            compile_layers(self.network, device, threads)
        self._optimizer = make_optimizer(self.network, proxy)
        self._thaw = Thaw(self.network, start, proxy.total_steps) if start.thaw else None

        # ------------------------------------------------------------ data
        self._train = self._images("train")
        self._order = Order(len(self._train), streams.order)
        self._augment = Augmenter(proxy.augmentation, data.source_px, streams.augmentation)
        some = Order(len(self._train), streams.norms).take(min(proxy.norm_images, len(self._train)))
        self._norm_batches = self._train.batches(some, proxy.batch_size)
        self._validation = self._all_of(self._images("validation"))

        # ------------------------------------------------------------ progress
        self._steps = 0
        self.train_seconds = 0.0
        self._peak_memory = 0

    def _images(self, split: Split) -> Images:
        return Images(
            self._data.open_split(split),
            self._data,
            self._spec.resolution_px,
            self._device,
            channels_last=self._channels_last,
        )

    def _all_of(self, images: Images) -> EvaluationBatches:
        return images.batches(torch.arange(len(images)), 2 * self._proxy.batch_size)

    # ---------------------------------------------------------------- one step

    def _step(self) -> Tensor:
        proxy = self._proxy
        if self._thaw is not None:
            self._thaw.at(self._steps)
        positions = self._order.take(proxy.batch_size)
        images = self._augment(self._train.source(positions))
        inputs = self._train.normalise(self._train.resize(images))
        labels = self._train.labels[positions.to(self._device)]
        with self._autocast():
            logits = self.network(inputs)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=proxy.label_smoothing)
        if self._steps % CHECK_STEPS == 0:
            self._peak_memory = max(self._peak_memory, self._isolation.memory_bytes())
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        if proxy.gradient_clip is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), proxy.gradient_clip)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(proxy, self._steps)
        self._optimizer.step()
        self._steps += 1
        return loss.detach()

    def _autocast(self) -> torch.autocast:
        wanted = self._proxy.dtype == "bfloat16"
        return torch.autocast(self._device.type, torch.bfloat16, enabled=wanted)

    def _diverged(self, loss: float) -> bool:
        return not loss <= EXPLODED * math.log(self._spec.classes)  # not a number: diverged

    # ---------------------------------------------------------------- one epoch

    def train_until(self, last_step: int) -> float:
        """Mean loss of the steps up to `last_step`, or up to where it diverged."""
        self.network.train()
        began, first = time.perf_counter(), self._steps
        total = torch.zeros((), device=self._device)
        with self._isolation.entered():
            while self._steps < last_step:
                loss = self._step()
                total += loss
                if self._steps % CHECK_STEPS == 0 and self._diverged(loss.item()):
                    break
            mean = total.item() / (self._steps - first)
        self.train_seconds += time.perf_counter() - began
        return mean

    def evaluate(self, split: Split = "validation") -> Evaluation:
        """The network as it is, batch-norm statistics recomputed, on a split of the data."""
        batches = self._validation if split == "validation" else self._all_of(self._images(split))
        with self._isolation.entered(), self._autocast():
            if self._proxy.norm_images:
                recompute_norms(self.network, (inputs for inputs, _ in self._norm_batches))
            return evaluate(self.network, batches)

    # ---------------------------------------------------------------- the trial

    def epochs(self) -> Generator[EpochReport, None, TrialResult]:
        """Train to the end, pausing after each evaluation; afterwards `result` is set."""
        batch_size = self._proxy.batch_size
        for number, last_step in enumerate(self._proxy.report_steps, start=1):
            steps, seconds = self._steps, self.train_seconds
            train_loss = self.train_until(last_step)
            speed = batch_size * (self._steps - steps) / (self.train_seconds - seconds)
            evaluation = self.evaluate()
            report = EpochReport(
                epoch=number,
                steps=self._steps,
                images=self._steps * batch_size,
                train_loss=train_loss if math.isfinite(train_loss) else None,
                validation_loss=evaluation.loss,
                accuracy=evaluation.accuracy,
                top5_accuracy=evaluation.top5_accuracy,
                learning_rate=learning_rate(self._proxy, self._steps - 1),
                images_per_second=speed,
                peak_memory_bytes=max(self._peak_memory, self._isolation.memory_bytes()),
                diverged=self._diverged(train_loss) or evaluation.loss is None,
            )
            yield report
            if report.diverged:
                break
        self.result = self._summary(report, evaluation)
        return self.result

    def _summary(self, last: EpochReport, evaluation: Evaluation) -> TrialResult:
        return TrialResult(
            accuracy=last.accuracy,
            top5_accuracy=last.top5_accuracy,
            loss=last.validation_loss,
            correct=pack_correct(evaluation.correct),
            n_validation=len(evaluation.correct),
            steps=last.steps,
            images=last.images,
            diverged=last.diverged,
            train_seconds=self.train_seconds,
            seconds=time.perf_counter() - self._started,
            images_per_second=last.images / self.train_seconds,
            peak_memory_bytes=last.peak_memory_bytes,
        )


def _start_as_identity(network: nn.Module) -> None:
    for block in network.modules():
        if isinstance(block, BlockModule) and block.residual:
            last = block.chain[-1]
            if isinstance(last, nn.BatchNorm2d):
                nn.init.zeros_(last.weight)


def _check_fit(spec: NetworkSpec, data: PreparedDataset) -> None:
    if spec.in_channels != data.channels:
        raise InputError(
            f"the network takes {spec.in_channels} channels, but {data.name} has images of "
            f"{data.channels}; realise it with in_channels={data.channels}"
        )
    if spec.classes != len(data.class_names):
        raise InputError(
            f"the network tells {spec.classes} classes apart, but {data.name} has "
            f"{len(data.class_names)}; realise it with classes={len(data.class_names)}"
        )
