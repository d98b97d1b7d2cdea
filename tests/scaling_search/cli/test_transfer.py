"""Transfer from the command line, to the end: trained, stopped, shown, used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from results.store import Store
from scaling_search.networks.checkpoints import About, load, save
from scaling_search.networks.modules import build
from scaling_search.uses.transfer import running
from search_spaces.baselines import get_baseline
from search_spaces.networks.spec import StemSpec

QUICK = ("--images", "96", "--set", "recipe.batch_size=16", "--set", "recipe.reports=2",
         "--set", "recipe.norm_images=40", "--train-images", "40", "--seeds", "2",
         "--rates", "0.01")  # fmt: skip


@pytest.fixture
def weights(shell: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network that knows two classes."""
    monkeypatch.setenv("SCALING_SEARCH_CHECKPOINT_DIR", str(shell.folder / "kept"))
    own = get_baseline("efficientnet_b0").base
    network = replace(
        own, resolution_px=8, stem=StemSpec(8, 3, 1), head_width=32, in_channels=1, classes=2,
        stages=tuple(replace(stage, width=8, depth=1) for stage in own.stages[:2]),
    )  # fmt: skip
    about = About(network=network, class_names=("a", "b"), channels=1, source_px=8, mean=(0.4,),
                  std=(0.3,))  # fmt: skip
    torch.manual_seed(0)
    path = Path(shell.folder / "small.safetensors")
    save(path, build(network), about)
    return path


def test_a_transfer_is_trained_shown_and_used(shell: Any, weights: Path) -> None:
    done = shell.invoke("transfer", "small.safetensors", "--dataset", "digits", *QUICK)
    assert done.exit_code == 0, done.stderr
    assert "transfer 1 in " in done.stderr
    said = " ".join(done.stderr.split())
    assert "1 weights × 1 data set × 4 methods, 2 seeds each: 8 runs" in said
    for word in (
        "digits: 10 classes, 40 training images, measured on 359",
        "linear_probe",
        "gradual",
    ):
        assert word in done.stdout
    document = shell.json("transfers", "1")
    assert document["complete"]
    assert [cell["method"] for cell in document["cells"]] == document["spec"]["methods"]
    assert [cell["seeds"] for cell in document["cells"]] == [2] * 4
    runs = shell.json("transfers", "1", "--runs")["runs"]
    assert len(runs) == 8
    assert all(len(run["curve"]) == 2 and run["images"] == 96 for run in runs)
    assert len(shell.json("transfers")["transfers"]) == 1
    assert "8 of 8" in shell.invoke("transfers").stdout
    assert "gradual" in shell.invoke("transfers", "1", "--runs").stdout
    assert shell.invoke("transfers", "1", "-o", "figure.html").exit_code == 0
    assert "accuracy against parameters" in (shell.folder / "figure.html").read_text()

    (kept,) = (run["checkpoint"] for run in runs if run["checkpoint"])
    Image.fromarray(np.full((8, 8), 90, np.uint8)).save(shell.folder / "x.png")
    found = shell.json("predict", kept, "x.png", "--top", "10")
    (prediction,) = found["predictions"]
    assert {label["class"] for label in prediction["labels"]} == set("0123456789")

    words = ("onnx", "x.onnx", "--network", str(shell.folder / "kept" / kept))
    (file,) = shell.json(*words, "--dataset", "digits")["files"]
    assert file["difference"] < 1e-4
    meta = {one.key: json.loads(one.value) for one in onnx.load("x.onnx").metadata_props}
    assert meta["labels"] == list("0123456789")
    assert meta["preprocessing"]["shape"] == [None, 1, 8, 8]
    assert meta["preprocessing"]["steps"][-2:] == [
        {"op": "scale", "by": 1 / 255, "range": [0.0, 1.0]},
        {"op": "normalise", "mean": pytest.approx([0.4]), "std": pytest.approx([0.3])},
    ]
    session = onnxruntime.InferenceSession("x.onnx", providers=["CPUExecutionProvider"])
    pixels = (np.full((1, 1, 8, 8), 90 / 255, np.float32) - 0.4) / np.float32(0.3)
    (logits,) = session.run(None, {"images": pixels})
    assert str(logits.argmax()) == prediction["labels"][0]["class"]


def test_ctrl_c_loses_only_the_run_that_was_trained(
    shell: Any, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = running.Cell.train

    def interrupted(cell: Any, task: Any, *rest: Any) -> Any:
        if (task.method, task.seed) == ("full", 1):
            raise KeyboardInterrupt
        return whole(cell, task, *rest)

    words = ("transfer", "small.safetensors", "--dataset", "digits", *QUICK, "--keep", "none",
             "--methods", "linear-probe,full")  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(running.Cell, "train", interrupted)
        done = shell.invoke(*words)
    assert done.exit_code == 130
    again = "Interrupted: what was trained is stored; `scaling-search transfer --resume 1` goes on"
    assert done.stderr.splitlines()[-1] == again
    assert not shell.json("transfers", "1")["complete"]
    assert "Go on: scaling-search transfer --resume 1" in shell.invoke("transfers", "1").stdout
    wrong = shell.invoke("transfer", "--resume", "1", "--seeds", "5")
    assert wrong.exit_code == 2
    assert "seeds cannot be changed" in wrong.stderr
    document = shell.json("transfer", "--resume", "1")
    assert document["complete"]
    with Store.open(f"sqlite:///{shell.database}") as store:
        assert len(store.transfer_runs(1)) == 4
    weights.write_bytes((shell.folder / "small.safetensors").read_bytes() + b"x")
    assert shell.invoke("transfer", "--resume", "1").exit_code == 2


def test_a_transfer_with_nothing_to_compare_still_tells(shell: Any, weights: Path) -> None:
    words = ("transfer", "net=small.safetensors", "--dataset", "digits", *QUICK, "--seeds", "1",
             "--methods", "full", "--set", "data.test_fraction=0", "--keep", "all")  # fmt: skip
    (cell,) = shell.json(*words)["cells"]
    assert (cell["weights"], cell["gain"], cell["accuracy"]["low"]) == ("net", None, None)
    assert load(shell.folder / "kept" / cell["checkpoint"]).about.seed == 0
    assert "accuracy on the validation split" in shell.invoke("transfers", "1").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no weights: name a checkpoint or a state dict"),
        (("small.safetensors",), "no data set: name one with --dataset"),
        (("none.pth", "--dataset", "digits"), "checkpoint none.pth is no file"),
        (("small.safetensors", "--dataset", "digitz"), "unknown data set 'digitz'"),
        (("small.safetensors", "--dataset", "digits", "--methods", "fulll"),
         "method 'fulll' is unknown: did you mean full?"),
        (("small.safetensors", "--dataset", "digits", "--resolution", "1"),
         "resolution is 1 px: small has a total stride of 2"),
        (("small.safetensors", "--dataset", "digits", "--rates", "fast"), "--rates is 'fast'"),
        (("small.safetensors", "--dataset", "digits", "--keep", "some"), "keep is 'some'"),
        (("small.safetensors", "small.safetensors", "--dataset", "digits"),
         "weights names 'small' twice: give each one once"),
        (("small.safetensors", "--dataset", "digits", "--set", "recipe.step=3"),
         "recipe.step is not a known key"),
        (("small.safetensors", "--dataset", "digits", "--device", "cuda"), "CUDA"),
        (("code.pth", "--dataset", "digits"), "cannot be read as tensors alone"),
        (("--resume", "7"), "transfer 7 does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_transferred_is_refused(
    shell: Any, weights: Path, words: tuple[str, ...], message: str
) -> None:
    torch.save({"a": eval}, shell.folder / "code.pth")
    done = shell.invoke("transfer", *words)
    assert done.exit_code == 2, done.stderr
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert shell.json("transfers")["transfers"] == []


def test_pictures_and_runs_are_of_one_transfer(shell: Any) -> None:
    for words in (("--runs",), ("-o", "x.html")):
        done = shell.invoke("transfers", *words)
        assert done.exit_code == 2
        assert "say of which transfer" in done.stderr
