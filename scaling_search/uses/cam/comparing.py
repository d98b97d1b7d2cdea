"""Several networks on the same images, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.files import Checkpoint
from scaling_search.uses.cam.localisation import Localisation, localise
from scaling_search.uses.cam.maps import Method, choose, class_maps, enlarged
from scaling_search.uses.cam.subjects import Subject
from scaling_search.uses.predicting import inputs
from search_spaces.errors import InputError

BATCH: Final = 32
ALIKE: Final = ("class_names", "channels", "source_px")
"""In what networks must agree with a data set to see its images."""
Target = Literal["true", "predicted"]
_LIKELIEST: Final = -1


@dataclass(frozen=True)
class Shown:
    """A network in a comparison, under a name for people."""

    name: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Panel:
    """One network on one image.

    Attributes:
        heat: (S, S), 0 to 1: the map of `target`, over its largest value.
        target: the class whose evidence is shown.
        predicted: the class with the largest logit, with its probability.
        localisation: against the object's place, where that is known.
    """

    heat: NDArray[np.float32]
    target: int
    predicted: int
    probability: float
    localisation: Localisation | None


@dataclass(frozen=True)
class Row:
    """One image, as every network sees it."""

    subject: Subject
    panels: tuple[Panel, ...]


def check_alike(networks: Sequence[Shown]) -> About:
    """What all networks want of an image.

    Raises:
        InputError: there are none, or two were trained on other classes or images.
    """
    if not networks:
        raise InputError("no network to look at: name checkpoints, or a sweep that kept some")
    first = networks[0].checkpoint.about
    for other in networks[1:]:
        about = other.checkpoint.about
        for name in (*ALIKE, "depth_bits"):
            if getattr(about, name) != getattr(first, name):
                raise InputError(
                    f"{networks[0].name} and {other.name} differ in {name}: maps are compared "
                    "between networks that were trained on the same images and classes"
                )
    return first


def compare(
    networks: Sequence[Shown],
    subjects: Iterable[Subject],
    *,
    method: Method | None = None,
    target: Target = "true",
    batch_size: int = BATCH,
) -> Iterator[Row]:
    """Every network on every image, in the order of the images.

    Args:
        networks: trained on the same images and classes.
        subjects: the images, taken as they are needed.
        method: of the maps; as `class_maps` chooses when absent.
        target: the class that maps are of: the image's own where it is known, or what each network
            takes it for.
        batch_size: images at once.

    Raises:
        InputError: as `check_alike` and `class_maps`.
    """
    check_alike(networks)
    waiting: list[Subject] = []
    for subject in subjects:
        waiting.append(subject)
        if len(waiting) == batch_size:
            yield from _rows(networks, waiting, method, target)
            waiting = []
    if waiting:
        yield from _rows(networks, waiting, method, target)


def _rows(
    networks: Sequence[Shown], subjects: Sequence[Subject], method: Method | None, target: Target
) -> Iterator[Row]:
    pixels = np.stack([subject.pixels for subject in subjects])
    columns = [_panels(one.checkpoint, subjects, pixels, method, target) for one in networks]
    for subject, panels in zip(subjects, zip(*columns, strict=True), strict=True):
        yield Row(subject, panels)


def _panels(
    checkpoint: Checkpoint,
    subjects: Sequence[Subject],
    pixels: NDArray[np.uint8],
    method: Method | None,
    target: Target,
) -> list[Panel]:
    batch = inputs(pixels, checkpoint.about)
    wanted = torch.tensor(
        [
            _LIKELIEST if subject.label is None or target == "predicted" else subject.label
            for subject in subjects
        ]
    )
    found = class_maps(checkpoint.network, batch, wanted, method=method)
    predicted = found.logits.argmax(1).tolist()
    heats = enlarged(found.maps, pixels.shape[1]).numpy()
    probabilities = found.logits.float().softmax(1)
    return [
        Panel(
            heat=heats[number],
            target=int(found.targets[number]),
            predicted=predicted[number],
            probability=float(probabilities[number, predicted[number]]),
            localisation=None if subject.mask is None else localise(heats[number], subject.mask),
        )
        for number, subject in enumerate(subjects)
    ]


class Tally:
    """What comes out over all images, collected as rows pass."""

    def __init__(self, networks: Sequence[Shown], method: Method | None = None) -> None:
        self._networks = networks
        self._method = method
        self.images = 0
        self._right = [0] * len(networks)
        self._labelled = 0
        self._found: list[list[Localisation]] = [[] for _ in networks]

    def add(self, row: Row) -> None:
        """Count a row."""
        self.images += 1
        self._labelled += row.subject.label is not None
        for number, panel in enumerate(row.panels):
            self._right[number] += panel.predicted == row.subject.label
            if panel.localisation is not None:
                self._found[number].append(panel.localisation)

    def to_dict(self) -> list[dict[str, Any]]:
        """Of each network: what it is, how often it is right here, and whether it points right.

        `pointing` and `energy` are means over the images with a known object, by chance `area`.
        """
        return [self._one(number, shown) for number, shown in enumerate(self._networks)]

    def _one(self, number: int, shown: Shown) -> dict[str, Any]:
        network, found = shown.checkpoint.about.network, self._found[number]

        def mean(name: str) -> float | None:
            return float(np.mean([getattr(one, name) for one in found])) if found else None

        return {
            "name": shown.name,
            "baseline": network.baseline,
            "spec_key": network.key,
            "resolution_px": network.resolution_px,
            "map_px": network.last_map_px,
            "method": choose(shown.checkpoint.network, self._method),
            "accuracy": shown.checkpoint.about.accuracy,
            "images": self.images,
            "right": self._right[number] if self._labelled else None,
            "located": len(found),
            "pointing": mean("hit"),
            "energy": mean("energy"),
            "area": mean("area"),
        }
