"""Decoded once, whole or not at all."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import signal
import time
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scaling_search.data import arrays, scan, source_cache
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder, age, picture


class Stages:
    """Remembers what was worked on."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self.seen or self.seen[-1] != stage:
            self.seen.append(stage)


def stages(spec: DataSpec, *, with_test: bool = False) -> list[str]:
    watch = Stages()
    prepare(spec, with_test=with_test, progress=watch)
    return watch.seen


def test_unchanged_folder_is_neither_read_nor_decoded_again(make_folder: MakeFolder) -> None:
    spec = DataSpec(name=str(make_folder("pets", cat=10, dog=10)))
    assert stages(spec) == ["reading", "decoding"]
    assert stages(spec) == []
    assert stages(spec.model_copy(update={"split_seed": 5, "max_train_images": 6})) == []


def test_a_changed_image_is_noticed(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    spec = DataSpec(name=str(folder))
    before = prepare(spec)
    picture(999).save(folder / "cat" / "000.png")
    after = prepare(spec)
    assert after.fingerprint != before.fingerprint
    assert after.path != before.path


def test_what_is_said_of_images_names_them_where_they_are(
    make_folder: MakeFolder, tmp_path: Path
) -> None:
    folder = make_folder("pets", **{"train/cat": 5, "train/dog": 5, "test/cat": 1, "test/dog": 1})
    (folder / "train" / "dog" / "000.png").write_bytes(b"damaged")
    shutil.copy(folder / "train" / "cat" / "000.png", folder / "test" / "cat" / "000.png")
    age(folder)
    for name in ("pets", "moved"):
        (tmp_path / "pets").rename(tmp_path / name)
        spec = DataSpec(name=str(tmp_path / name), skip_corrupt=True)
        prepared = prepare(spec)
        reason = f"{spec.name}/train/dog/000.png (not an image, or damaged at its start)"
        assert prepared.skipped == (reason,)
        assert prepared.notes == (
            f"1 image could not be decoded and was skipped: {reason}",
            "1 of 2 test images are exact copies of images to train or validate on "
            f"({spec.name}/test/cat/000.png of {spec.name}/train/cat/000.png): accuracies on the "
            "test split do not say how new images are told",
        )
        with pytest.raises(InputError, match=f"decoded: {re.escape(reason)}; repair"):
            prepare(DataSpec(name=spec.name))


def test_depth_of_test_images_is_no_matter_of_the_order_of_looking(
    make_folder: MakeFolder, tmp_path: Path
) -> None:
    folder = make_folder("pets", **{"train/cat": 5, "train/dog": 5})
    spec = DataSpec(name=str(folder), test_fraction=0)
    assert prepare(spec).depth_bits is None
    (folder / "test" / "cat").mkdir(parents=True)
    deep = Image.fromarray(np.full((12, 12), 60_000, dtype=np.uint16))
    deep.save(folder / "test" / "cat" / "0.png")
    assert prepare(spec).depth_bits == 16
    shutil.rmtree(folder / "test")
    assert prepare(spec).depth_bits is None


def test_touched_but_equal_images_are_read_but_not_decoded(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    spec = DataSpec(name=str(folder))
    before = prepare(spec)
    age(folder)
    assert stages(spec) == ["reading"]
    assert prepare(spec) == before


def test_folder_that_was_just_written_is_not_trusted_by_its_times(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    now = time.time()
    os.utime(folder / "cat" / "000.png", (now, now))
    spec = DataSpec(name=str(folder))
    assert stages(spec) == ["reading", "decoding"]
    assert stages(spec) == ["reading"]


def test_same_images_elsewhere_share_the_cache(make_folder: MakeFolder, tmp_path: Path) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    first = prepare(DataSpec(name=str(folder)))
    shutil.copytree(folder, tmp_path / "copy")
    second = prepare(DataSpec(name=str(tmp_path / "copy")))
    assert (second.path, second.fingerprint) == (first.path, first.fingerprint)


def test_damaged_cache_is_made_again(make_folder: MakeFolder) -> None:
    spec = DataSpec(name=str(make_folder("pets", cat=10, dog=10)))
    prepared = prepare(spec)
    expected = prepared.open_split("train").gather(slice(None))
    images = Path(prepared.path) / "images.npy"
    images.write_bytes(images.read_bytes()[:1000])
    assert stages(spec) == ["reading", "decoding"]
    np.testing.assert_array_equal(prepare(spec).open_split("train").gather(slice(None)), expected)


def test_interrupted_preparation_leaves_nothing(
    make_folder: MakeFolder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = DataSpec(name=str(make_folder("pets", cat=10, dog=10)))

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "decoding":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(spec, progress=interrupt)
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == []
    assert stages(spec) == ["reading", "decoding"]


def _prepare_and_report(name: str, wait: float, queue: multiprocessing.Queue[object]) -> None:
    def slowly(stage: str, done: int, total: int) -> None:
        if stage == "decoding":
            queue.put(stage)
            time.sleep(wait)

    queue.put(prepare(DataSpec(name=name), progress=slowly).to_dict())


def test_two_processes_decode_once(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    workers = [
        context.Process(target=_prepare_and_report, args=(str(folder), 0.5, queue))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    said = [queue.get(timeout=60) for _ in range(5)]
    for worker in workers:
        worker.join()
    assert said.count("decoding") == 2  # what is held out, too
    results = [answer for answer in said if answer != "decoding"]
    assert results == [results[0]] * 3


def test_killed_preparation_is_cleared_away(make_folder: MakeFolder, cache: Path) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    worker = context.Process(target=_prepare_and_report, args=(str(folder), 600, queue))
    worker.start()
    assert queue.get(timeout=60) == "decoding"
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    assert len(list(cache.glob("*.tmp"))) == 1
    assert stages(DataSpec(name=str(folder))) == ["reading", "decoding"]
    assert list(cache.glob("*.tmp")) == []


def test_too_little_space_is_told_beforehand(
    make_folder: MakeFolder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1000))
    with pytest.raises(WorkError) as caught:
        prepare(DataSpec(name=str(folder)))
    assert str(caught.value) == (
        f"{cache} needs 7,552 bytes and its disk has 1,000 free: free some space, set "
        "SCALING_SEARCH_CACHE_DIR to a folder on a larger disk, or choose a smaller source_px"
    )


def test_disk_that_fills_up_meanwhile_leaves_nothing(
    make_folder: MakeFolder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder("pets", cat=10, dog=10)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arrays.np, "save", full)
    with pytest.raises(WorkError) as caught:
        prepare(DataSpec(name=str(folder)))
    assert str(caught.value) == (
        f"the disk of {cache} is full: free some space, or set SCALING_SEARCH_CACHE_DIR to a "
        "folder on a larger disk"
    )
    assert list(cache.glob("*.tmp")) == []


def test_cache_folder_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCALING_SEARCH_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(InputError) as caught:
        prepare(DataSpec())
    assert str(caught.value) == (
        f"{tmp_path}/file/datasets cannot be written to (Not a directory): prepared data sets "
        "are kept there; set SCALING_SEARCH_CACHE_DIR to a folder that can be"
    )


def test_remembering_a_source_is_not_needed_to_use_it(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = DataSpec(name=str(make_folder("pets", cat=10, dog=10)))
    first = prepare(spec)
    for remembered in Path(first.path).parent.glob("*.source.json"):
        remembered.unlink()

    def refuse(path: Path, values: object) -> None:
        raise InputError("read-only")

    monkeypatch.setattr(source_cache, "write_value", refuse)
    assert prepare(spec) == first


@pytest.mark.parametrize("cores", [1, 3])
def test_threads_do_not_change_the_images(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    folder = make_folder("pets", size=(240, 230), cat=8, dog=8)
    monkeypatch.setattr(arrays, "cores", lambda: cores)
    monkeypatch.setattr(scan, "cores", lambda: cores)
    monkeypatch.setattr(arrays, "_CHUNK_BYTES", 1)
    train = prepare(DataSpec(name=str(folder), test_fraction=0)).open_split("train")
    one = picture(1, (240, 230)).crop((5, 0, 235, 230)).tobytes()
    assert [image.tobytes() for image in train.images].index(one) == 0
