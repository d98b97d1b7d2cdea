"""A trained network on images: batch-norm statistics first, then loss and accuracy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from scaling_search.training.start import trains

TOP5_ABOVE_CLASSES = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network on a split.

    Attributes:
        loss: mean cross-entropy without label smoothing; None where it is not finite.
        accuracy: fraction of images whose largest logit is their class.
        top5_accuracy: fraction whose class is among the five largest; None with ten classes or
            fewer.
        correct: (n,) bool in the split's order, what `accuracy` is the mean of.
    """

    loss: float | None
    accuracy: float
    top5_accuracy: float | None
    correct: NDArray[np.bool_]


def recompute_norms(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace batch-norm statistics by their mean over `batches`, weights as they are now.

    The running averages of a short training are those of weights long gone (with EfficientNet's
    momentum of 0.01, mostly of the first ones). Norms that are not trained keep theirs.
    """
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d) and trains(m)]
    momenta = [norm.momentum for norm in norms]
    network.eval()  # dropout and stochastic depth off; the norms alone collect
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        for inputs in batches:
            network(inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def evaluate(network: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> Evaluation:
    """A network in evaluation mode on (inputs, labels) batches, in their order.

    An image whose logits are not finite is wrong.
    """
    network.eval()
    logits_parts, label_parts = [], []
    with torch.inference_mode():
        for inputs, labels in batches:
            logits_parts.append(network(inputs).float())
            label_parts.append(labels)
        logits, labels = torch.cat(logits_parts), torch.cat(label_parts)
        loss = F.cross_entropy(logits, labels).item()
        finite = logits.isfinite().all(1)
        correct = (logits.argmax(1) == labels) & finite
        top5 = None
        if logits.shape[1] > TOP5_ABOVE_CLASSES:
            among = (logits.topk(5).indices == labels.unsqueeze(1)).any(1) & finite
            top5 = among.float().mean().item()
    flags = correct.cpu().numpy()
    return Evaluation(loss if math.isfinite(loss) else None, float(flags.mean()), top5, flags)
