"""Weights, ONNX and latency from the command line."""

import json
from dataclasses import replace

import onnx
import pytest
import torch
import yaml
from safetensors.torch import load_file

from results.store import Store
from scaling_search.networks.modules import build
from scaling_search.networks.weights import save_weights
from scaling_search.uses.edge import onnx_files
from search_spaces.baselines import ProxyForm, get_baseline, realise

_WHOLE = realise(
    get_baseline("efficientnet_b0"),
    form=ProxyForm(width=0.25, strides=(1, 2, 1, 2, 1, 1, 1)),
    resolution_px=16,
    in_channels=1,
    classes=10,
)
SMALL = replace(_WHOLE, stages=_WHOLE.stages[1:2], head_width=64)  # all seven take seconds


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "small.json"
    path.write_text(json.dumps({"spec": SMALL.to_dict()}))
    return str(path)


def test_weights_are_renamed(shell, network, tmp_path):
    source, target = tmp_path / "ours.pth", tmp_path / "theirs.safetensors"
    trained = build(SMALL)
    save_weights(trained, SMALL, source)
    words = ("weights", str(source), str(target), "--network", network, "--to", "timm")
    document = shell.json(*words)
    assert (document["from"], document["to"]) == ("scaling-search", "timm")
    assert document["tensors"] == len(load_file(target))
    assert torch.equal(load_file(target)["conv_stem.weight"], trained.stem.conv.weight)
    assert "exists: add --force" in shell.invoke(*words).stderr
    wrong = shell.invoke(*words[:4], "b0", *words[5:], "--force")
    assert wrong.exit_code == 2
    assert "stem.conv.weight has the shape (8, 1, 3, 3)" in wrong.stderr


def test_onnx_is_what_pytorch_computes_and_what_int8_costs_is_measured(shell, network, tmp_path):
    target = tmp_path / "small.onnx"
    words = ("onnx", str(target), "--network", network, "--dataset", "digits")
    document = shell.json(*words, "--images", "640", "--int8", "--max-loss", "100")
    plain, quantised = document["files"]
    assert plain["difference"] < 1e-4
    assert plain["bytes"] == target.stat().st_size
    onnx.checker.check_model(onnx.load(target))
    assert (plain["precision"], quantised["precision"]) == ("float32", "int8")
    assert quantised["loss"] == plain["accuracy"] - quantised["accuracy"]
    assert quantised["verdict"] in ("kept", "warning")
    assert document["validation_images"] > 200


@pytest.fixture
def losing(monkeypatch):
    """int8 that reaches a stated accuracy, where float32 has 100%."""
    reached = {}
    monkeypatch.setattr(
        onnx_files,
        "accuracy",
        lambda path, batches, threads: reached["int8"] if "int8" in path.name else 1.0,
    )
    return reached


@pytest.mark.parametrize(
    ("reached", "options", "verdict", "code", "message"),
    [
        (0.99, (), "kept", 0, ""),
        (
            0.965, (), "warning", 0,
            "Warning: int8 costs 3.50 points of accuracy on 287 validation images, 100.00% to "
            "96.50%, more than 1: calibrate on more images (--calibration 512), or deploy the "
            "float32 file; which network survives one scale per activation differs, so try "
            "another candidate",
        ),
        (
            0.72, (), "refused", 1,
            "Error: int8 costs 28.00 points of accuracy on 287 validation images, 100.00% to "
            "72.00%, more than 5: small-int8.onnx was not written; calibrate on more images "
            "(--calibration 512), or deploy the float32 file; which network survives one scale "
            "per activation differs, so try another candidate, or accept it with --max-loss 28",
        ),
        (
            0.72, ("--max-loss", "28"), "warning", 0,
            "Warning: int8 costs 28.00 points of accuracy on 287 validation images, 100.00% to "
            "72.00%, more than 1: ",
        ),
        (0.985, ("--max-loss", "1.2"), "refused", 1, "more than 1.2: small-int8.onnx was not"),
    ],
)  # fmt: skip
def test_int8_that_loses_accuracy_is_told_or_refused(
    shell, network, losing, reached, options, verdict, code, message
):
    losing["int8"] = reached
    words = ("onnx", "small.onnx", "--network", network, "--dataset", "digits", "--int8",
             "--images", "640", "--calibration", "8", *options)  # fmt: skip
    done = shell.invoke(*words, "--json")
    assert done.exit_code == code, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith(("Warning", "Error"))]
    assert len(told) == bool(message)
    assert message in "".join(told)
    quantised = json.loads(done.stdout)["files"][1]
    assert quantised["accuracy"] == reached
    assert quantised["loss"] == pytest.approx(1 - reached)
    assert quantised["verdict"] == verdict
    assert (shell.folder / "small.onnx").exists()
    assert (shell.folder / "small-int8.onnx").exists() == (code == 0)
    if verdict == "refused":
        done = shell.invoke(*words, "--force")
        assert (done.exit_code, done.stdout.count("(not written)")) == (1, 1)


def test_bad_words_are_told(shell, network, tmp_path):
    target = str(tmp_path / "x.onnx")
    for words, message in (
        (("onnx", target, "--network", "b9"), "network 'b9' is neither b0 to b7 nor a file"),
        (("onnx", target, "--network", "b0", "--int8"), "--int8 needs images to calibrate on"),
        (("onnx", target, "--network", "b0", "--pretrained"), "--pretrained says what --weights"),
        (
            ("onnx", target, "--network", network, "--dataset", "digits", "--images", "64"),
            "training first: proxy.reports is 5: the budget has only 1 steps to report after",
        ),
        (("latency", "--backend", "tensorrt", "--members", "1"), "backend 'tensorrt' is unknown"),
    ):
        result = shell.invoke(*words)
        assert result.exit_code == 2
        assert message in result.stderr


def test_latency_of_a_family_is_measured_and_stored(shell):
    words = ("latency", "published", "--resolution", "32", "--runs", "3")
    (row,) = shell.json(*words, "--members", "1")["measurements"]
    assert (row["label"], row["backend"]) == ("b0", "torch")
    assert 0 < row["p50_ms"] <= row["p95_ms"]
    assert row["peak_memory_bytes"] > row["file_bytes"] > 4 * row["params"]
    assert (row["threads"], row["batch"], row["runs"]) == (1, 1, 3)
    text = shell.invoke(*words, "--members", "2", "--no-memory").stdout
    with Store.open(f"sqlite:///{shell.database}") as store:
        assert sorted(one.label for one in store.edge_measurements()) == ["b0", "b1"]
    assert "median and 95th percentile of 3 runs of 1 image, 1 thread, on " in text
    assert "networks taking turns" in text


def test_candidates_are_measured_beside_their_accuracy(shell, library_database, tmp_path):
    words = ("latency", "1", "--database", library_database, "--runs", "2", "--no-memory")
    rows = shell.json(*words)["measurements"]
    assert [row["label"] for row in rows] == [f"candidate {index}" for index in range(5)]
    assert rows[3]["accuracy"] == pytest.approx(0.805)
    target = tmp_path / "figure.json"
    plot = ("plot", "accuracy-latency", "1", "--database", library_database, "-o", str(target))
    assert shell.invoke(*plot).exit_code == 0
    assert "torch, 1 thread" in target.read_text()
    assert yaml.safe_load(target.read_text())["data"]
