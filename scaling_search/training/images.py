"""From uint8 images to a network's input: gather, augment, resize once, normalise.

Shapes: B images of a batch, S source pixels and R network pixels along a side, C channels. Source
images are (B, S, S, C) uint8; inputs are (B, C, R, R) float32. Nothing loops over images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from scaling_search.data import PreparedDataset, SplitArrays
from search_spaces.specs.proxy import Augmentation

RESIDENT_BYTES = 2**30
"""A split up to this size is held on a CUDA device; larger ones are gathered from the map."""

KEPT_BYTES = 2**28
"""Resized evaluation images up to this size are kept for a trial; others are resized each time."""


class Order:
    """An endless stream of training positions: one permutation of the split after another.

    It depends on the seed and the number of images alone, so every candidate sees the same images
    in the same batches.
    """

    def __init__(self, n_images: int, seed: int) -> None:
        self._n_images = n_images
        self._generator = torch.Generator().manual_seed(seed)
        self._waiting = torch.empty(0, dtype=torch.int64)

    def take(self, count: int) -> Tensor:
        """The next `count` positions, (count,) int64; permutations follow without a gap."""
        while len(self._waiting) < count:
            more = torch.randperm(self._n_images, generator=self._generator)
            self._waiting = torch.cat((self._waiting, more))
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken


class Augmenter:
    """Shifts and flips in source pixels, drawn from a seed alone."""

    def __init__(self, augmentation: Augmentation, source_px: int, seed: int) -> None:
        self._shift_px = min(round(augmentation.crop_padding * source_px), source_px - 1)
        self._flip = augmentation.horizontal_flip
        self._source_px = source_px
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, images: Tensor) -> Tensor:
        """(B, S, S, C) to the same shape: each image shifted, borders mirrored, and flipped."""
        if not (self._shift_px or self._flip):
            return images
        count, side = len(images), self._source_px
        low, high = -self._shift_px, self._shift_px + 1
        shifts = torch.randint(low, high, (2, count, 1), generator=self._generator)
        flips = torch.rand(count, 1, generator=self._generator) < (0.5 if self._flip else 0.0)
        at = torch.arange(side)
        rows = _mirrored(at + shifts[0], side)
        columns = _mirrored(torch.where(flips, at.flip(0), at) + shifts[1], side)
        # One gather of whole pixels: the row of a flat (B · S · S, C) table for each target.
        first = torch.arange(count).view(-1, 1, 1) * (side * side)
        pixels = (first + rows.unsqueeze(2) * side + columns.unsqueeze(1)).flatten()
        table = images.reshape(-1, images.shape[-1])
        return table.index_select(0, pixels.to(images.device)).view_as(images)


def _mirrored(at: Tensor, side: int) -> Tensor:
    """Positions outside 0 … side − 1 reflected at the border pixel, which is not repeated."""
    at = at.abs()
    return torch.where(at >= side, 2 * (side - 1) - at, at)


def resized(images: Tensor, side_px: int) -> Tensor:
    """(B, S, S, C) to (B, C, R, R), both uint8: one antialiased resize, or none at R = S.

    Whole pixel values are what Pillow gives, and ten times as fast as floats on a CPU; CUDA
    has floats only, so they are rounded.
    """
    x = images.permute(0, 3, 1, 2)
    if x.shape[-1] == side_px:
        return x
    if x.device.type == "cpu":
        return F.interpolate(x, (side_px, side_px), mode="bilinear", antialias=True)
    floats = F.interpolate(x.float(), (side_px, side_px), mode="bilinear", antialias=True)
    return floats.round_().to(torch.uint8)


class Normalisation:
    """(B, C, R, R) uint8 to float32 of mean 0 and deviation 1 over the training split.

    Args:
        mean, std: of each channel, pixel values in 0..1.
        device: where the images are.
        channels_last: the memory format of what comes out.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        device: torch.device,
        *,
        channels_last: bool,
    ) -> None:
        # (x / 255 − mean) / std as one multiply-add on pixel values.
        means, deviations = torch.tensor(mean, device=device), torch.tensor(std, device=device)
        self._scale = (1 / (255 * deviations)).view(1, -1, 1, 1)
        self._offset = (-means / deviations).view(1, -1, 1, 1)
        self._format = torch.channels_last if channels_last else torch.contiguous_format

    def __call__(self, images: Tensor) -> Tensor:
        """Normalise a batch."""
        x = torch.addcmul(self._offset, images.to(torch.float32), self._scale)
        return x.contiguous(memory_format=self._format)


class Images:
    """One split as inputs of networks of one resolution.

    Args:
        split: the images and labels.
        data: their mean, deviation and side.
        resolution_px: R, the network's input side.
        device: where inputs are wanted.
        channels_last: the memory format of inputs.
    """

    def __init__(
        self,
        split: SplitArrays,
        data: PreparedDataset,
        resolution_px: int,
        device: torch.device,
        *,
        channels_last: bool,
    ) -> None:
        self._split = split
        self._resolution_px = resolution_px
        self._device = device
        self._image_bytes = data.channels * resolution_px**2
        self.normalise = Normalisation(data.mean, data.std, device, channels_last=channels_last)
        self.labels = torch.from_numpy(np.array(split.labels)).to(device)
        self._resident: Tensor | None = None
        size = data.source_px**2 * data.channels * len(split)
        if device.type == "cuda" and size <= RESIDENT_BYTES:
            self._resident = self._from_map(np.arange(len(split)))

    def __len__(self) -> int:
        return len(self._split)

    def _from_map(self, positions: NDArray[np.int64]) -> Tensor:
        images = torch.from_numpy(self._split.gather(positions))
        if self._device.type == "cuda":
            return images.pin_memory().to(self._device, non_blocking=True)
        return images

    def source(self, positions: Tensor) -> Tensor:
        """The images at (B,) positions of the split: (B, S, S, C) uint8 on the device."""
        if self._resident is not None:
            return self._resident[positions.to(self._device)]
        return self._from_map(positions.numpy())

    def resize(self, images: Tensor) -> Tensor:
        """(B, S, S, C) to (B, C, R, R), both uint8."""
        return resized(images, self._resolution_px)

    def batches(self, positions: Tensor, batch_size: int) -> EvaluationBatches:
        """The images at these positions in this order, not augmented, to be run through often.

        In parts of nearly equal size, `batch_size` or (up to twice) more, so that none is a
        remainder too small for batch statistics.
        """
        parts = positions.tensor_split(max(1, len(positions) // batch_size))
        keep = len(positions) * self._image_bytes <= KEPT_BYTES
        return EvaluationBatches(self, parts, keep=keep)


class EvaluationBatches:
    """Inputs and labels of fixed images; resized once if they are few enough to be kept."""

    def __init__(self, images: Images, parts: tuple[Tensor, ...], *, keep: bool) -> None:
        self._images = images
        self._parts = parts
        self._keep = keep
        self._kept: list[tuple[Tensor, Tensor]] = []

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if len(self._kept) == len(self._parts):
            for resized, labels in self._kept:
                yield self._images.normalise(resized), labels
            return
        self._kept.clear()
        for positions in self._parts:
            labels = self._images.labels[positions.to(self._images.labels.device)]
            resized = self._images.resize(self._images.source(positions))
            if self._keep:
                self._kept.append((resized, labels))
            yield self._images.normalise(resized), labels
