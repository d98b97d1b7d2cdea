from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from results.values.trials import pack_correct, unpack_correct
from scaling_search.data import PreparedDataset
from scaling_search.training import evaluate, train
from scaling_search.training.evaluation import recompute_norms

from .conftest import LEARNS, tiny


def test_recomputed_statistics_are_the_mean_over_batches_and_momentum_stays() -> None:
    norm = nn.BatchNorm2d(2, momentum=0.01)
    net = nn.Sequential(norm)
    batches = [torch.randn(8, 2, 4, 4) * 3 + 5 for _ in range(3)]
    recompute_norms(net, batches)
    means = torch.stack([batch.mean((0, 2, 3)) for batch in batches]).mean(0)
    variances = torch.stack([batch.var((0, 2, 3)) for batch in batches]).mean(0)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    assert torch.allclose(norm.running_mean, means)
    assert torch.allclose(norm.running_var, variances)
    assert norm.momentum == 0.01


def test_without_recomputation_a_short_training_evaluates_near_chance(
    digits: PreparedDataset,
) -> None:
    def accuracy(norm_images: int) -> float:
        proxy = LEARNS.model_copy(update={"norm_images": norm_images})
        spec = tiny(10, resolution_px=8)
        last = [list(train(spec, proxy, digits, seed))[-1] for seed in range(2)]
        return sum(report.accuracy for report in last) / 2

    assert accuracy(256) > 2 * accuracy(0)


def test_evaluation_figures() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 0.0]])
    found = evaluate(nn.Identity(), [(logits[:3], torch.tensor([0, 1, 1])),
                                     (logits[3:], torch.tensor([0]))])  # fmt: skip
    right, wrong = math.log1p(math.exp(-2)), math.log1p(math.exp(2))
    assert found.correct.tolist() == [True, True, False, True]
    assert found.accuracy == 0.75
    assert found.top5_accuracy is None
    assert found.loss == pytest.approx((3 * right + wrong) / 4)


def test_top5_counts_the_five_largest() -> None:
    logits = torch.arange(12.0).repeat(3, 1)
    found = evaluate(nn.Identity(), [(logits, torch.tensor([11, 7, 6]))])
    assert found.accuracy == pytest.approx(1 / 3)
    assert found.top5_accuracy == pytest.approx(2 / 3)


def test_logits_that_are_not_finite_are_wrong() -> None:
    logits = torch.tensor([[math.nan, math.nan], [1.0, 0.0]])
    found = evaluate(nn.Identity(), [(logits, torch.tensor([0, 0]))])
    assert found.loss is None
    assert found.correct.tolist() == [False, True]


def test_correct_bits_survive_packing() -> None:
    flags = torch.rand(21).numpy() < 0.5
    assert (unpack_correct(pack_correct(flags), 21) == flags).all()
