"""From what the user typed to what is stored."""

import numpy as np
import pytest
from PIL import Image

from scaling_search.cli import options
from scaling_search.cli.inputs import dataset_name, read_sweep
from scaling_search.cli.planning import default_workers
from scaling_search.environment import usable_cores


@pytest.fixture
def photos(shell):
    """Two classes of twenty images of 12 px."""
    draw = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        folder = shell.folder / "photos" / name
        folder.mkdir(parents=True)
        for number in range(20):
            pixels = draw.integers(0, 255, (12, 12, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return shell.folder / "photos"


def test_a_folder_is_remembered_by_its_whole_path(photos):
    assert dataset_name("photos") == str(photos)
    assert dataset_name("digits") == "digits"
    assert dataset_name("hub:owner/name") == "hub:owner/name"
    assert read_sweep(
        "small-images", options.Search(), options.Images(dataset="photos")
    ).data.name == str(photos)


def test_a_plan_for_a_folder_has_its_classes_and_cautions(shell, photos):
    document = shell.json("plan", "tiny.yaml", "--dataset", "photos")
    assert (document["dataset"], document["classes"], document["in_channels"]) == (
        str(photos),
        2,
        3,
    )
    text = shell.invoke("plan", "tiny.yaml", "--dataset", "photos").stdout
    assert " to validate, 2 classes, 12 px" in " ".join(text.split())
    assert "every candidate exceeds the 12 px of the images" in text
    shown = shell.invoke("datasets", "inspect", "photos").stdout
    assert "12 px (shorter side, median; smallest 12), kept at 12 px, RGB" in shown


def test_a_corrupt_image_is_named_and_skipped_on_request(shell, photos):
    (photos / "cats" / "3.png").write_bytes(b"no image")
    result = shell.invoke("run", "tiny.yaml", "--dataset", "photos")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cats/3.png" in result.stderr
    skipped = shell.json("datasets", "inspect", "photos", "--skip-corrupt")
    assert skipped["n_skipped"] == 1
    spec = read_sweep(
        "tiny.yaml", options.Search(), options.Images(dataset="photos", skip_corrupt=True)
    )
    assert spec.data.skip_corrupt


def test_options_change_what_the_file_says():
    search = options.Search(
        settings=("proxy.reports=2", "seeds=9"), images=640, seeds=2, name="mine"
    )
    spec = read_sweep("quickstart", search, options.Images())
    assert (spec.proxy.images, spec.proxy.reports, spec.seeds, spec.name) == (
        640,
        2,
        (0, 1),
        "mine",
    )


def test_workers_fill_the_machine():
    cores = usable_cores()
    assert default_workers(1, 0) == cores
    assert default_workers(cores, 0) == 1
    assert default_workers(10 * cores, 0) == 1
