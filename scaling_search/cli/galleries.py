"""Galleries of class activation maps: their networks and images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from results.values import NewGallery
from scaling_search.cli import checkpoints, options
from scaling_search.cli.failures import complain
from scaling_search.cli.inputs import data_spec, is_known, stored_spec
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.uses.cam.comparing import Shown, Tally, Target, check_alike, compare
from scaling_search.uses.cam.gallery import write_gallery
from scaling_search.uses.cam.maps import METHODS, Method
from scaling_search.uses.cam.sampling import mosaics, sampled
from scaling_search.uses.cam.subjects import Subject, Unread, from_data, from_folder, read_boxes
from search_spaces.errors import InputError, WorkError, suggest
from search_spaces.specs.data import DataSpec

if TYPE_CHECKING:
    from scaling_search.cli.commands.cam import MapOptions, SubjectOptions


@dataclass(frozen=True)
class Gallery:
    """A written gallery, and what is missing from it."""

    tally: Tally
    files: list[Path]
    missing: tuple[str, ...]
    """Networks that a sweep trained and kept no weights of."""
    unread: list[Unread]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "networks": self.tally.to_dict(),
            "without_weights": list(self.missing),
            "files": [str(file) for file in self.files],
            "unread": [{"image": one.name, "problem": one.problem} for one in self.unread],
        }


def make(
    maps: MapOptions, images: SubjectOptions, stored: options.Database, output: Path
) -> Gallery:
    """Write the gallery of several networks on the same images; store that of a sweep.

    Raises:
        InputError: an option has a wrong value, networks do not fit each other, or as `of_sweep`.
        WorkError: no image could be read.
    """
    method, target = _method(maps.method), _target(maps.target)
    if maps.phi is not None and maps.sweep is None:
        raise InputError("--phi is given without --sweep: it chooses among what a sweep compares")
    shown = [checkpoints.named(text) for text in maps.checkpoints]
    missing: tuple[str, ...] = ()
    data = None
    if maps.sweep is not None:
        with stored.open() as store:
            kept = checkpoints.of_sweep(store, maps.sweep, maps.phi)
            shown, missing = [*shown, *kept.shown], kept.missing
            if kept.why is not None:
                complain(kept.why, label="Not shown")
            data = stored_spec(store.sweep(maps.sweep)).data
    check_alike(shown)
    subjects = Subjects(images, shown, data, stored.database)
    tally, rows = Tally(shown, method), compare(shown, subjects, method=method, target=target)
    title = f"Where networks look: {', '.join(one.name for one in shown)}"
    files = write_gallery(output, rows, shown, tally, title=title)
    subjects.complain(tally.images)
    if maps.sweep is not None:
        page, picture, *_ = files
        gallery = NewGallery(
            sweep_id=maps.sweep,
            networks=tuple(tally.to_dict()),
            page=page.read_bytes(),
            picture=picture.read_bytes(),
        )
        with stored.open() as store:
            store.put_gallery(gallery)
    return Gallery(tally, files, missing, subjects.unread)


def _method(name: str | None) -> Method | None:
    if name is not None and name not in METHODS:
        raise InputError(f"method {name!r} is unknown: {suggest(name, METHODS)}")
    return None if name is None else "cam" if name == "cam" else "gradcam"


def _target(name: str) -> Target:
    if name not in get_args(Target):
        raise InputError(f"target {name!r} is unknown: {suggest(name, get_args(Target))}")
    return "true" if name == "true" else "predicted"


class Subjects:
    """The images, read one after another; those that cannot be read are kept in `unread`."""

    def __init__(
        self,
        options: SubjectOptions,
        networks: Sequence[Shown],
        data: DataSpec | None,
        database: str | None,
    ) -> None:
        self._options, self._networks, self._data = options, networks, data
        self._database = database
        self.unread: list[Unread] = []

    def __iter__(self) -> Iterator[Subject]:
        options, about = self._options, self._networks[0].checkpoint.about
        if options.images is None:
            yield from self._of_data()
            return
        boxes = None if options.boxes is None else read_boxes(options.boxes)
        for one in from_folder(
            options.images,
            about,
            count=options.count,
            boxes=boxes,
            masks=options.masks,
            upright=options.upright,
        ):
            if isinstance(one, Unread):
                self.unread.append(one)
            else:
                yield one

    def _of_data(self) -> Iterator[Subject]:
        spec = self._data
        if self._options.dataset is not None or spec is None:
            name = self._options.dataset or self._networks[0].checkpoint.about.dataset
            if name is None:
                raise InputError(
                    "no images: the checkpoint does not say what it was trained on; name a folder "
                    "with --images or a data set with --dataset"
                )
            if self._options.dataset is None and not is_known(name, self._database):
                raise InputError(
                    f"no images: the checkpoint says that it was trained on {name!r}, which is not "
                    "among the data sets of your database, and nothing is read because a file says "
                    "so; name that data set with --dataset, or a folder with --images"
                )
            spec = data_spec(name, self._options.settings, self._database)
            bits = self._networks[0].checkpoint.about.depth_bits
            if spec.depth_bits is None and bits is not None:
                spec = spec.model_copy(update={"depth_bits": bits})
        data = prepare(spec, with_test=True)
        self._check_unchanged(spec, data)
        count = self._options.count
        if self._options.mosaic:
            yield from mosaics(self._networks, data, count=count)
            return
        wrong = count // 2
        chosen = sampled(self._networks[0], data, right=count - wrong, wrong=wrong)
        yield from from_data(data, chosen)

    def _check_unchanged(self, spec: DataSpec, data: PreparedDataset) -> None:
        """Refuse test images that a network may have been trained on."""
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
        """Report the images that could not be read.

        Raises:
            WorkError: none could.
        """
        for one in self.unread:
            complain(f"{one.name}: {one.problem}", label="Not read")
        if not read:
            raise WorkError("none of the images could be read")
