from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from scaling_search.training import images as module
from scaling_search.training.images import Augmenter, Images, Order
from search_spaces.specs.proxy import Augmentation

from .conftest import Prepare

CPU = torch.device("cpu")
BOTH = Augmentation(crop_padding=0.25, horizontal_flip=True)


def test_order_is_one_permutation_after_another() -> None:
    order = Order(10, seed=0)
    taken = torch.cat([order.take(4) for _ in range(5)])
    assert sorted(taken[:10].tolist()) == list(range(10))
    assert sorted(taken[10:].tolist()) == list(range(10))
    assert taken[:10].tolist() != taken[10:].tolist()


def test_a_batch_may_be_larger_than_the_split() -> None:
    taken = Order(3, seed=0).take(7)
    assert sorted(taken.bincount(minlength=3).tolist()) == [2, 2, 3]


def test_the_seed_alone_decides_order_and_augmentation() -> None:
    images = torch.randint(0, 256, (8, 16, 16, 3), dtype=torch.uint8)
    first, again = Augmenter(BOTH, 16, 5), Augmenter(BOTH, 16, 5)
    torch.manual_seed(1)
    assert torch.equal(Order(20, 5).take(30), Order(20, 5).take(30))
    for _ in range(3):
        changed = first(images)
        torch.rand(100)
        assert torch.equal(changed, again(images))
    assert not torch.equal(changed, Augmenter(BOTH, 16, 6)(images))


def test_augmentation_moves_whole_source_pixels_within_its_bounds() -> None:
    side, pad = 16, 4
    at = torch.arange(side)
    # Each pixel holds its own row, column and image, so that its origin can be read back.
    images = torch.stack(
        (at.view(1, -1, 1).expand(64, side, side), at.view(1, 1, -1).expand(64, side, side),
         torch.arange(64).view(-1, 1, 1).expand(64, side, side)), dim=3
    ).to(torch.uint8)  # fmt: skip
    out = Augmenter(BOTH, side, 0)(images).int()
    centre = slice(pad, side - pad)
    rows = out[:, centre, 0, 0] - at[centre]
    columns = out[:, 0, :, 1]
    steps = columns[:, pad + 1] - columns[:, pad]
    assert torch.equal(out[..., 2], torch.arange(64).view(-1, 1, 1).expand(64, side, side).int())
    assert (rows == rows[:, :1]).all()
    assert sorted(set(rows[:, 0].tolist())) == list(range(-pad, pad + 1))
    assert set(steps.tolist()) == {1, -1}
    mirrored = out[rows[:, 0] == pad][0, :, 0, 0]
    assert mirrored.tolist() == [*range(pad, side), *range(side - 2, side - 2 - pad, -1)]


def test_no_augmentation_changes_nothing() -> None:
    images = torch.randint(0, 256, (4, 8, 8, 1), dtype=torch.uint8)
    assert Augmenter(Augmentation(), 8, 0)(images) is images


def test_inputs_are_resized_once_antialiased_and_normalised(
    noise: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise(side=32)
    calls = []
    real = F.interpolate

    def spy(images: torch.Tensor, size: tuple[int, int], **options: object) -> torch.Tensor:
        calls.append(options)
        return real(images, size, **options)

    monkeypatch.setattr(module.F, "interpolate", spy)
    split = data.open_split("train")
    small = Images(split, data, 12, CPU, channels_last=True)
    source = small.source(torch.arange(8))
    inputs = small.normalise(small.resize(source))
    assert calls == [{"mode": "bilinear", "antialias": True}]
    floats = source.permute(0, 3, 1, 2).float()
    pixels = real(floats, (12, 12), mode="bilinear", antialias=True)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (data.mean, data.std))
    assert torch.allclose(inputs, (pixels / 255 - mean) / std, atol=1.01 / 255 / data.std[0])
    aliased = real(floats, (12, 12), mode="bilinear")
    assert (pixels - aliased).abs().max() > 10


def test_native_resolution_is_not_resized(noise: Prepare) -> None:
    data = noise(side=16)
    native = Images(data.open_split("train"), data, 16, CPU, channels_last=False)
    source = native.source(torch.tensor([3, 1]))
    expected = data.open_split("train").gather(np.array([3, 1]))
    assert np.array_equal(source.numpy(), expected)
    assert torch.equal(native.resize(source), source.permute(0, 3, 1, 2))
    everything = native.source(torch.arange(len(native)))
    inputs = native.normalise(native.resize(everything))
    assert torch.allclose(inputs.mean((0, 2, 3)), torch.zeros(3), atol=1e-4)
    assert torch.allclose(inputs.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-4)


def test_kept_and_resized_again_are_the_same(
    noise: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise(side=16)
    split = Images(data.open_split("validation"), data, 20, CPU, channels_last=True)
    positions = torch.arange(len(split))
    kept = split.batches(positions, 8)
    monkeypatch.setattr(module, "KEPT_BYTES", 0)
    streamed = split.batches(positions, 8)
    for batches in (kept, streamed):
        passes = [torch.cat([inputs for inputs, _ in batches]) for _ in range(2)]
        assert torch.equal(passes[0], passes[1])
        assert torch.equal(torch.cat([labels for _, labels in batches]), split.labels)
    assert torch.equal(passes[0], torch.cat([inputs for inputs, _ in kept]))


def test_no_part_is_a_small_remainder(noise: Prepare) -> None:
    data = noise()
    split = Images(data.open_split("train"), data, 16, CPU, channels_last=True)
    sizes = [len(labels) for _, labels in split.batches(torch.arange(33), 16)]
    assert sizes == [17, 16]
