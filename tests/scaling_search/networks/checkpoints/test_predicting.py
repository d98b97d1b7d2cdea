"""A file of an image is seen as the same image was in training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from scaling_search.networks.checkpoints import load
from scaling_search.training.images import Images
from scaling_search.uses.predicting import predict
from search_spaces.errors import InputError


def test_files_are_told_apart_as_in_training(trained: Any, tmp_path: Path) -> None:
    paths = [trained.image(position, tmp_path) for position in range(40)]
    found = list(predict(load(trained.path), paths, batch_size=16, top=10))
    assert [one.image for one in found] == paths
    images = Images(
        trained.data.open_split("validation"), trained.data, 16, torch.device("cpu"),
        channels_last=True,
    )  # fmt: skip
    ((inputs, _),) = images.batches(torch.arange(40), 40)
    with torch.inference_mode():
        expected = trained.training.network.eval()(inputs).softmax(1)
    by_class = [{label.name: label.probability for label in one.labels} for one in found]
    seen = torch.tensor([[one[name] for name in trained.data.class_names] for one in by_class])
    torch.testing.assert_close(seen, expected, rtol=0, atol=1e-3, check_dtype=False)


def test_probabilities_fall_and_sum_to_one(trained: Any, tmp_path: Path) -> None:
    (one,) = predict(load(trained.path), [trained.image(0, tmp_path)], top=99)
    values = [label.probability for label in one.labels]
    assert len(values) == 10
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(1)


def test_a_corrupt_image_is_told_and_the_others_go_on(trained: Any, tmp_path: Path) -> None:
    good = trained.image(1, tmp_path)
    bad, missing = tmp_path / "bad.png", tmp_path / "missing.png"
    bad.write_bytes(good.read_bytes()[:40])
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    found = list(predict(load(trained.path), [bad, good, missing, pipe, tmp_path]))
    assert [bool(one.labels) for one in found] == [False, True, False, False, False]
    assert found[0].problem
    assert found[2].problem == "No such file or directory"
    assert found[3].problem == found[4].problem == "a folder or device, no file"
    assert found[0].to_dict()["labels"] == []


def test_large_photographs_are_cropped_and_reduced(trained: Any, tmp_path: Path) -> None:
    """A grey square is told as the middle of a wide photograph is, whose ends are white."""
    Image.new("L", (8, 8), 90).save(tmp_path / "small.png")
    wide = Image.new("RGB", (128, 64), "white")
    wide.paste((90, 90, 90), (8, 0, 120, 64))  # the filter looks a little beyond the square
    wide.save(tmp_path / "wide.png")
    paths = [tmp_path / "small.png", tmp_path / "wide.png"]
    small, large = predict(load(trained.path), paths, top=10)
    seen = {label.name: label.probability for label in large.labels}
    assert seen == pytest.approx(
        {label.name: label.probability for label in small.labels}, abs=1e-4
    )


def test_asking_for_no_class_is_refused(trained: Any) -> None:
    with pytest.raises(InputError, match="top is 0: ask for at least 1 class"):
        list(predict(load(trained.path), [], top=0))
