"""Images of a data set to look at: some told right and some wrong, or mosaics of four."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scaling_search.uses.cam import Shown, Tally, compare
from scaling_search.uses.cam.sampling import mosaics, sampled
from search_spaces.errors import InputError

from .conftest import CLASSES, NOTHING, SIDE, planted


@dataclass(frozen=True)
class Split:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def gather(self, positions: NDArray[np.int64]) -> NDArray[np.uint8]:
        return self.images[positions]


def data(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> Any:
    """A data set with these images as its test split."""
    return SimpleNamespace(
        name="planted",
        class_names=CLASSES,
        channels=3,
        source_px=SIDE,
        open_split=lambda name: Split(images, labels),
    )


@pytest.fixture
def networks(planted_scene: Any) -> list[Shown]:
    return [Shown("planted", planted_scene.checkpoint)]


def test_as_many_right_as_wrong_are_taken(networks: Any) -> None:
    """Labels of every other image are turned round: those the network tells wrong."""
    images, labels, _ = planted(80, 2)
    turned = labels.copy()
    turned[::2] = (turned[::2] + 1) % len(CLASSES)
    found = sampled(networks[0], data(images, turned), right=6, wrong=4)
    assert len(found) == len(set(found)) == 10
    assert sum(turned[one] == labels[one] for one in found[:6]) >= 5
    assert sum(turned[one] != labels[one] for one in found[6:]) >= 3
    assert found == sampled(networks[0], data(images, turned), right=6, wrong=4)


def test_the_quarter_that_shows_the_class_is_pointed_at(networks: Any) -> None:
    images, labels, _ = planted(200, 3)
    subjects = list(mosaics(networks, data(images, labels), count=40))
    for subject in subjects:
        assert subject.pixels.shape == (2 * SIDE, 2 * SIDE, 3)
        assert subject.mask is not None
        assert subject.mask.mean() == 0.25
        tile = subject.pixels[subject.mask].reshape(SIDE, SIDE, 3)
        (place,) = np.flatnonzero((images == tile).all((1, 2, 3)))
        assert labels[place] == subject.label
    assert len({subject.mask.argmax() for subject in subjects if subject.mask is not None}) == 4
    tally = Tally(networks)
    for row in compare(networks, [one for one in subjects if one.label != NOTHING]):
        tally.add(row)
    (found,) = tally.to_dict()
    assert found["located"] >= 20
    assert found["pointing"] >= 0.8  # by chance 0.25
    assert found["energy"] >= 0.7


def test_mosaics_need_images_of_four_classes_that_are_told(networks: Any) -> None:
    images, labels, _ = planted(40, 4)
    few = np.flatnonzero(labels < 2)
    with pytest.raises(InputError, match="all networks tell test images of 2 classes: a mosaic"):
        list(mosaics(networks, data(images[few], labels[few]), count=2))


def test_images_of_other_classes_are_refused(networks: Any) -> None:
    images, labels, _ = planted(8, 5)
    other = data(images, labels)
    other.class_names = ("a", "b", "c", "d")
    with pytest.raises(InputError, match="planted was trained on differ in class_names"):
        sampled(networks[0], other, right=1, wrong=1)
