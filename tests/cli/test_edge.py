"""Weights, ONNX and latency from the command line."""

import json
from dataclasses import replace

import onnx
import pytest
import torch
import yaml
from safetensors.torch import load_file

from results.store import Store
from scaling_search.weights import save_weights
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.modules import build

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


def test_onnx_is_what_pytorch_computes_and_int8_keeps_its_accuracy_on_digits(
    shell, network, tmp_path
):
    target = tmp_path / "small.onnx"
    words = ("onnx", str(target), "--network", network, "--dataset", "digits")
    document = shell.json(*words, "--images", "3840", "--int8")
    plain, quantised = document["files"]
    assert plain["difference"] < 1e-4
    assert plain["bytes"] == target.stat().st_size
    onnx.checker.check_model(onnx.load(target))
    assert (plain["precision"], quantised["precision"]) == ("float32", "int8")
    assert plain["accuracy"] > 0.2  # a tenth is chance
    assert quantised["accuracy"] > plain["accuracy"] - 0.1
    assert document["validation_images"] > 200


def test_bad_words_are_told(shell, network, tmp_path):
    target = str(tmp_path / "x.onnx")
    for words, message in (
        (("onnx", target, "--network", "b9"), "network 'b9' is neither b0 to b7 nor a file"),
        (("onnx", target, "--network", "b0", "--int8"), "--int8 needs images to calibrate on"),
        (("onnx", target, "--network", "b0", "--pretrained"), "--pretrained says what --weights"),
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
