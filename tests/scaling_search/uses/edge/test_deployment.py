"""What int8 costs is measured, and a file that it ruins is not published unless asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch

from scaling_search.data import PreparedDataset
from scaling_search.networks.checkpoints import About, Checkpoint
from scaling_search.uses.edge import deployment, int8, onnx_files
from scaling_search.uses.edge.deployment import Int8, deploy
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.errors import WorkError

WHOLE = realise(
    get_baseline("efficientnet_b0"),
    form=ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1)),
    resolution_px=16,
    in_channels=1,
    classes=10,
)
SPEC = replace(WHOLE, stages=WHOLE.stages[:2], head_width=128)


@pytest.fixture(scope="module")
def fitted(small_digits: PreparedDataset) -> Checkpoint:
    """Random features of digits, and the classifier that least squares give: no training."""
    network: Any = onnx_files.random_network(SPEC)
    features: list[torch.Tensor] = []
    hook = network.head.classifier.register_forward_pre_hook(
        lambda module, arguments: features.append(arguments[0])
    )
    batches = deployment._batches(SPEC, small_digits, "train", None)
    with torch.inference_mode():
        for images, _ in batches:
            network(torch.from_numpy(images))
    hook.remove()
    labels = torch.cat([torch.from_numpy(labels) for _, labels in batches])
    wanted = torch.nn.functional.one_hot(labels, 10).double()
    seen = torch.cat(features).double()
    scale = seen.std(0)
    known = torch.cat([seen / scale, torch.ones(len(seen), 1)], 1)
    ridge = 1e-3 * len(seen) * torch.eye(known.shape[1], dtype=torch.float64)
    found = torch.linalg.solve(known.T @ known + ridge, known.T @ wanted)
    with torch.no_grad():
        network.head.classifier.weight.copy_((found[:-1] / scale[:, None]).T)
        network.head.classifier.bias.copy_(found[-1])
    return Checkpoint(About.of(SPEC, small_digits), network)


@pytest.fixture
def ruined(fitted: Checkpoint) -> Checkpoint:
    """The same function, with one channel that nothing uses and that takes int8's whole range."""
    network: Any = onnx_files.random_network(SPEC)
    network.load_state_dict(fitted.network.state_dict())
    with torch.no_grad():
        network.head.norm.weight[0] = 0
        network.head.norm.bias[0] = 1e6
        network.head.classifier.weight[:, 0] = 0
    return Checkpoint(fitted.about, network)


@pytest.mark.parametrize(
    ("loss", "max_loss", "verdict"),
    [
        (-0.02, 0.05, "kept"),
        (0.01, 0.05, "kept"),
        (0.0101, 0.05, "warning"),
        (0.72 - 0.67, 0.05, "warning"),
        (0.0501, 0.05, "refused"),
        (0.28, 0.05, "refused"),
        (0.28, 0.3, "warning"),
        (0.004, 0.002, "refused"),
        (float("nan"), 1.0, "refused"),
    ],
)
def test_a_loss_is_kept_told_or_refused(loss: float, max_loss: float, verdict: str) -> None:
    assert int8.verdict(loss, max_loss) == verdict
    assert (int8.WARN_LOSS, int8.MAX_LOSS) == (0.01, 0.05)


def test_a_network_that_int8_ruins_is_not_published(
    ruined: Checkpoint, small_digits: PreparedDataset, tmp_path: Path
) -> None:
    target, quantised = tmp_path / "net.onnx", tmp_path / "net-int8.onnx"
    quantised.write_text("what was there before")
    int8_file = Int8(target=quantised, calibration=64)
    found = deploy(ruined, target, data=small_digits, quantised=int8_file)
    plain, small = found["files"]
    assert plain["difference"] < 1e-4  # in float32 nothing is wrong with it
    assert plain["accuracy"] > 0.5
    assert small["loss"] == plain["accuracy"] - small["accuracy"] > 0.3
    assert small["verdict"] == "refused"
    assert quantised.read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net-int8.onnx", "net.onnx"]
    json.dumps(found)

    found = deploy(ruined, target, data=small_digits, quantised=replace(int8_file, max_loss=1.0))
    assert found["files"][1]["verdict"] == "warning"
    assert onnx_files.session(quantised, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net-int8.onnx", "net.onnx"]


def test_float32_that_is_not_the_network_is_not_published(
    fitted: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A difference beyond the tolerance, and one that is no number."""
    true = onnx_files.logits
    for change in (2e-4, float("nan")):
        monkeypatch.setattr(onnx_files, "logits", lambda *given: true(*given) * (1 + change))  # noqa: B023
        with pytest.raises(WorkError, match=r"more than 0.0001: .* so .*net.onnx was not written"):
            deploy(fitted, tmp_path / "net.onnx")
        assert list(tmp_path.iterdir()) == []


def test_a_network_that_is_trained_here_is_described_too(
    small_digits: PreparedDataset, tmp_path: Path
) -> None:
    deploy(SPEC, tmp_path / "net.onnx", data=small_digits, images=640)
    texts = {one.key: one.value for one in onnx.load(tmp_path / "net.onnx").metadata_props}
    assert json.loads(texts["labels"]) == list("0123456789")
    (_, normalise) = json.loads(texts["preprocessing"])["steps"][-2:]
    assert normalise["mean"] == pytest.approx(list(small_digits.mean))
    deploy(SPEC, tmp_path / "net.onnx")
    assert not onnx.load(tmp_path / "net.onnx").metadata_props  # nothing is known of random weights
