from __future__ import annotations

import pytest
import torch
from torch import nn

from scaling_search.training.optimisation import learning_rate, make_optimizer
from search_spaces.specs.proxy import ProxySpec


def test_the_rate_rises_to_its_peak_and_falls_along_a_line() -> None:
    proxy = ProxySpec(steps=10, learning_rate=1.0, warmup=0.4)
    rates = [learning_rate(proxy, step) for step in range(10)]
    assert rates == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6])


def test_a_cosine_falls_slowly_first() -> None:
    line, cosine = (
        ProxySpec(steps=100, learning_rate=1.0, warmup=0.0, schedule=schedule)
        for schedule in ("linear", "cosine")
    )
    assert learning_rate(cosine, 0) == 1
    assert learning_rate(cosine, 50) == pytest.approx(0.5)
    assert learning_rate(cosine, 20) > learning_rate(line, 20)
    assert 0 < learning_rate(cosine, 99) < learning_rate(line, 99)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", "rmsprop"])
def test_norms_and_biases_do_not_decay(optimizer: str) -> None:
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    proxy = ProxySpec(steps=10, optimizer=optimizer, weight_decay=0.5, learning_rate=0.1)
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    for p in net.parameters():
        p.grad = torch.zeros_like(p)
    make_optimizer(net, proxy).step()
    moved = {name for name, p in net.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {"0.weight", "3.weight"}
