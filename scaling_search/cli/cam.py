"""What `cam` is asked to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from results.store import Store
from scaling_search.cli.failures import complain
from scaling_search.cli.inputs import data_spec, is_known
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.uses.cam.comparing import Shown, Target
from scaling_search.uses.cam.maps import METHODS, Method
from scaling_search.uses.cam.sampling import mosaics, sampled
from scaling_search.uses.cam.subjects import Subject, Unread, from_data, from_folder, read_boxes
from search_spaces.errors import InputError, WorkError, suggest
from search_spaces.specs.data import DataSpec
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The images by the options of the command.

    Raises:
        InputError: options that exclude each other.
    """

    images: Path | None
    dataset: str | None
    count: int
    boxes: Path | None
    masks: Path | None
    upright: bool = False
    mosaic: bool = False
    settings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.images is not None and self.dataset is not None:
            raise InputError("both --images and --dataset are given: images come from one of them")
        if self.settings and self.dataset is None:
            raise InputError(
                "--set is given without --dataset: it says how the images of a data set are read"
            )
        if self.mosaic and self.images is not None:
            raise InputError("both --images and --mosaic are given: mosaics are of a data set")
        for name in ("boxes", "masks"):
            if getattr(self, name) is not None and self.images is None:
                raise InputError(f"--{name} is given without --images: places are those of files")
        if self.upright and self.boxes is None and self.masks is None:
            raise InputError(
                "--upright is given without --boxes or --masks: it says what those are of"
            )
        if self.boxes is not None and self.masks is not None:
            raise InputError("both --boxes and --masks are given: give the places once")
        if self.masks is not None and not self.masks.is_dir():
            raise InputError(f"masks {self.masks} is no folder: name a folder of PNGs")


def methods(method: str | None, target: str) -> tuple[Method | None, Target]:
    """The two options that are names, checked.

    Raises:
        InputError: a name is unknown.
    """
    if method is not None and method not in METHODS:
        raise InputError(f"method {method!r} is unknown: {suggest(method, METHODS)}")
    if target not in get_args(Target):
        raise InputError(f"target {target!r} is unknown: {suggest(target, get_args(Target))}")
    how: Method | None = None if method is None else "cam" if method == "cam" else "gradcam"
    return how, "true" if target == "true" else "predicted"


def data_of_sweep(store: Store, sweep_id: int) -> DataSpec:
    """Which images a sweep was trained on."""
    return parse(SweepSpec, store.sweep(sweep_id).spec, f"sweep {sweep_id}").data


class Subjects:
    """The images, read as they are asked for; what could not be read is kept in `unread`."""

    def __init__(
        self,
        asked: Asked,
        networks: Sequence[Shown],
        data: DataSpec | None,
        database: str | None,
    ) -> None:
        self._asked, self._networks, self._data = asked, networks, data
        self._database = database
        self.unread: list[Unread] = []

    def __iter__(self) -> Iterator[Subject]:
        asked, about = self._asked, self._networks[0].checkpoint.about
        if asked.images is None:
            yield from self._of_data()
            return
        boxes = None if asked.boxes is None else read_boxes(asked.boxes)
        for one in from_folder(
            asked.images,
            about,
            count=asked.count,
            boxes=boxes,
            masks=asked.masks,
            upright=asked.upright,
        ):
            if isinstance(one, Unread):
                self.unread.append(one)
            else:
                yield one

    def _of_data(self) -> Iterator[Subject]:
        spec = self._data
        if self._asked.dataset is not None or spec is None:
            name = self._asked.dataset or self._networks[0].checkpoint.about.dataset
            if name is None:
                raise InputError(
                    "no images: the checkpoint does not say what it was trained on; name a folder "
                    "with --images or a data set with --dataset"
                )
            if self._asked.dataset is None and not is_known(name, self._database):
                raise InputError(
                    f"no images: the checkpoint says that it was trained on {name!r}, which is not "
                    "among the data sets of your database, and nothing is read because a file says "
                    "so; name that data set with --dataset, or a folder with --images"
                )
            spec = data_spec(name, self._asked.settings, self._database)
            bits = self._networks[0].checkpoint.about.depth_bits
            if spec.depth_bits is None and bits is not None:
                spec = spec.model_copy(update={"depth_bits": bits})
        data = prepare(spec, with_test=True)
        self._check_unchanged(spec, data)
        count = self._asked.count
        if self._asked.mosaic:
            yield from mosaics(self._networks, data, count=count)
            return
        wrong = count // 2
        chosen = sampled(self._networks[0], data, right=count - wrong, wrong=wrong)
        yield from from_data(data, chosen)

    def _check_unchanged(self, spec: DataSpec, data: PreparedDataset) -> None:
        """That nobody trained on the test images: they are those that were kept for it."""
        for shown in self._networks:
            about = shown.checkpoint.about
            if about.dataset != spec.name:
                continue
            now: str | None
            then: str | None
            if about.fingerprint not in (None, data.fingerprint):
                which, now, then = "images", data.fingerprint, about.fingerprint
            elif about.split_key not in (None, data.split_key):
                which, now, then = "test images", data.test_fingerprint, about.test_fingerprint
            else:
                continue
            if now != then:
                split = "--set data.test_fraction as it was, " if which == "test images" else ""
                raise InputError(
                    f"the {which} of {spec.name} changed since {shown.name} was trained "
                    f"(fingerprint {(now or 'none')[:12]}, then {(then or 'none')[:12]}), so that "
                    f"some test images may have been trained on: restore the images, {split}name "
                    "the sweep with --sweep, or a folder of images with --images"
                )

    def complain(self, read: int) -> None:
        """Tell what could not be read.

        Raises:
            WorkError: nothing could.
        """
        for one in self.unread:
            complain(f"{one.name}: {one.problem}", label="Not read")
        if not read:
            raise WorkError("none of the images could be read")
