"""The optimizer and learning rate of a recipe."""

from __future__ import annotations

import math

import torch
from torch import nn

from search_spaces.specs.proxy import ProxySpec


def learning_rate(proxy: ProxySpec, step: int) -> float:
    """Learning rate of a step counted from 0: linearly up, then down to 0 (arXiv 1708.07120).

    The peak is reached at the end of the warm-up; the last step is one short of 0.
    """
    total = proxy.total_steps
    warm = round(proxy.warmup * total)
    if step < warm:
        return proxy.learning_rate * (step + 1) / (warm + 1)
    down = (step - warm) / (total - warm)
    left = 1 - down if proxy.schedule == "linear" else (1 + math.cos(math.pi * down)) / 2
    return proxy.learning_rate * left


def make_optimizer(network: nn.Module, proxy: ProxySpec) -> torch.optim.Optimizer:
    """The recipe's optimizer; decay applies to weights of convolutions and linear layers alone.

    `rmsprop` averages squares with 0.9 and adds 1e-3, as EfficientNet's training did
    (arXiv 1905.11946, section 5.2).
    """
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": proxy.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    rate, momentum = proxy.learning_rate, proxy.momentum
    match proxy.optimizer:
        case "sgd":
            return torch.optim.SGD(
                groups, lr=rate, momentum=momentum, nesterov=momentum > 0, fused=True
            )
        case "adamw":
            return torch.optim.AdamW(groups, lr=rate, betas=(momentum, 0.999), fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(
                groups, lr=rate, alpha=0.9, momentum=momentum, eps=1e-3, foreach=True
            )
