"""Choosing images of a data set's test split, on which no network was trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from scaling_search.data import PreparedDataset
from scaling_search.uses.cam.comparing import ALIKE, BATCH, Shown
from scaling_search.uses.cam.subjects import Subject
from scaling_search.uses.predicting import inputs
from search_spaces.errors import InputError

_TILES: Final = 4
_POOL: Final = 4
"""Images to choose from for each mosaic, so that they differ."""


def _check(shown: Shown, data: PreparedDataset) -> None:
    about = shown.checkpoint.about
    for name in ALIKE:
        if getattr(data, name) != getattr(about, name):
            raise InputError(
                f"{data.name} and what {shown.name} was trained on differ in {name}: name the data "
                "set that it was trained on, or a folder of images"
            )


def _classified(
    networks: Sequence[Shown], data: PreparedDataset, seed: int
) -> Iterator[tuple[int, int, bool]]:
    """Position, class, and whether all networks classify it rightly, of test images at random."""
    for shown in networks:
        _check(shown, data)
    split = data.open_split("test")
    order = np.random.default_rng(seed).permutation(len(split))
    for start in range(0, len(order), BATCH):
        positions = order[start : start + BATCH]
        pixels, labels = split.gather(positions), np.asarray(split.labels[positions])
        right = np.ones(len(positions), np.bool_)
        for shown in networks:
            with torch.inference_mode():
                logits = shown.checkpoint.network(inputs(pixels, shown.checkpoint.about))
            right &= logits.argmax(1).numpy() == labels
        yield from zip(positions.tolist(), labels.tolist(), right.tolist(), strict=True)


def sampled(
    shown: Shown, data: PreparedDataset, *, right: int, wrong: int, seed: int = 0
) -> list[int]:
    """Positions of test images that a network classifies rightly, and of some that it does not.

    Args:
        shown: the network that decides.
        data: with its test split prepared.
        right: how many of the one kind at most; fewer where there are not as many.
        wrong: how many of the other.
        seed: of the choice.

    Raises:
        InputError: the network was not trained on these classes.
    """
    chosen: dict[bool, list[int]] = {True: [], False: []}
    wanted = {True: right, False: wrong}
    for position, _, correct in _classified([shown], data, seed):
        if len(chosen[correct]) < wanted[correct]:
            chosen[correct].append(position)
        if all(len(chosen[kind]) == wanted[kind] for kind in chosen):
            break
    return [*chosen[True], *chosen[False]]


def mosaics(
    networks: Sequence[Shown], data: PreparedDataset, *, count: int, seed: int = 0
) -> Iterator[Subject]:
    """Four test images in a square, of four classes; the maps are of one of their classes.

    The grid pointing game (arXiv 2104.00032): where the objects of a data set have no boxes, the
    quarter that shows the class is a place that is known. All networks classify each
    image rightly by itself; each keeps its size, so that the square has twice their side.

    Args:
        networks: that will be compared.
        data: with its test split prepared.
        count: how many.
        seed: of the choice.

    Raises:
        InputError: the networks were not trained on these classes, or all of them classify
            images of fewer than four classes rightly.
    """
    pool: dict[int, list[int]] = {}
    for found, (position, label) in enumerate(
        (position, label) for position, label, right in _classified(networks, data, seed) if right
    ):
        pool.setdefault(label, []).append(position)
        if found + 1 >= _POOL * count:
            break
    if len(pool) < _TILES:
        raise InputError(
            f"all networks tell test images of {len(pool)} classes: a mosaic needs {_TILES}; train "
            "them for longer, or leave out --mosaic"
        )
    split, random = data.open_split("test"), np.random.default_rng(seed)
    for number in range(count):
        labels = random.choice(sorted(pool), _TILES, replace=False).tolist()
        positions = [int(random.choice(pool[label])) for label in labels]
        chosen = int(random.integers(_TILES))
        tiles = split.gather(np.array(positions))
        rows = [np.concatenate(tiles[at : at + 2], axis=1) for at in (0, 2)]
        pixels = np.concatenate(rows, axis=0)
        yield Subject(
            f"mosaic {number + 1}", pixels, labels[chosen], _quarter(chosen, tiles.shape[1])
        )


def _quarter(number: int, side_px: int) -> NDArray[np.bool_]:
    top, left = (number // 2) * side_px, (number % 2) * side_px
    mask = np.zeros((2 * side_px, 2 * side_px), np.bool_)
    mask[top : top + side_px, left : left + side_px] = True
    return mask
