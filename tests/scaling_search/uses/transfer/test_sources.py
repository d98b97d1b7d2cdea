"""Weights from everywhere: read with equal logits, or refused in words."""

import os
import pickle

import pytest
import torch
from huggingface_hub import constants

from scaling_search.networks.checkpoints import About, load, save
from scaling_search.networks.checkpoints.files import file_hash
from scaling_search.networks.modules import build
from scaling_search.networks.weights import save_weights
from scaling_search.training import Start
from scaling_search.uses.transfer.hub import fetch
from scaling_search.uses.transfer.sources import IMAGENET_MEAN, read_source
from scaling_search.uses.transfer.targets import prepare_targets
from search_spaces.baselines import get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec
from search_spaces.specs.transfer import WeightsSpec

from ....search_spaces.exports.conftest import importable
from .conftest import tiny

IMAGES = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _logits(network):
    with torch.inference_mode():
        return network.eval().double()(IMAGES.double())


def test_a_packages_network_starts_with_equal_logits(tmp_path):
    package = importable("efficientnet_pytorch")
    torch.manual_seed(0)
    theirs = package.EfficientNet.from_name("efficientnet-b0", image_size=64)
    path = tmp_path / "b0.pth"
    torch.save(theirs.state_dict(), path)
    source = read_source(WeightsSpec(name="b0", source=str(path)))
    assert source.about == {"kind": "efficientnet_pytorch", "member": "b0"}
    assert (source.classifier, source.mean) == ("head.classifier", IMAGENET_MEAN)
    ours = source.start.build(source.adapted(1000, 64))
    with torch.no_grad():
        ours.head.classifier.weight.copy_(theirs._fc.weight)
        ours.head.classifier.bias.copy_(theirs._fc.bias)
    torch.testing.assert_close(_logits(ours), _logits(theirs), atol=1e-5, rtol=1e-5)


def test_how_other_libraries_pad_and_norm_goes_along(tmp_path):
    network = realise(get_baseline("efficientnet_b0"), resolution_px=64)
    path = tmp_path / "b0.safetensors"
    torch.manual_seed(0)
    save_weights(build(network), network, path, library="torchvision")
    source = read_source(WeightsSpec(name="b0", source=str(path)))
    assert (source.start.padding, source.start.norm_eps) == ("symmetric", 1e-5)
    tuned = source.start.build(source.adapted(5, 64))
    about = About(
        network=source.adapted(5, 64), class_names=tuple("abcde"), channels=3, source_px=64,
        mean=source.mean, std=source.std, padding="symmetric", norm_eps=1e-5,
    )  # fmt: skip
    save(tmp_path / "tuned.safetensors", tuned, about)
    again = load(tmp_path / "tuned.safetensors").network
    assert torch.equal(_logits(again), _logits(tuned))
    plain = Start(source.start.weights).build(source.adapted(5, 64))
    plain.head.classifier = tuned.head.classifier
    assert not torch.allclose(_logits(plain), _logits(tuned), rtol=0.01, atol=0)
    own = WeightsSpec(name="b0", source=str(path), padding="same", norm_eps=1e-3)
    assert read_source(own).start.padding == "same"


def test_a_checkpoint_of_another_network_is_refused(learned):
    wide = realise(get_baseline("efficientnet_b0"), Scaling(1.0, 1.5, 1.0))
    spec = WeightsSpec(name="low", source=str(learned.path), network=wide.to_dict())
    with pytest.raises(
        InputError, match=r"low\.safetensors is of another network: efficientnet_b0"
    ):
        read_source(spec)
    same = spec.model_copy(update={"network": tiny(1000).to_dict()})
    assert read_source(same).network == tiny(5)
    wrong = WeightsSpec(name="low", source=str(learned.path), library="timm")
    with pytest.raises(InputError, match=r"library is timm: \S+ is a checkpoint of this program"):
        read_source(wrong)
    old = WeightsSpec(name="low", source=str(learned.path), sha256="ab" * 32)
    with pytest.raises(InputError, match="is not the file that the transfer began with"):
        read_source(old)
    assert read_source(old.model_copy(update={"sha256": file_hash(learned.path)})).spec.network


class _Code:
    def __reduce__(self):
        return os.system, ("touch harmed",)


def test_files_that_are_no_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code.pth").write_bytes(pickle.dumps({"a": _Code()}))
    torch.save({"conv_stem.weight": torch.zeros(7, 3, 3, 3)}, tmp_path / "other.pth")
    for name, message in (
        ("code.pth", "cannot be read as tensors alone"),
        ("other.pth", "the tensors are of no published EfficientNet, b0 to b7: name the network"),
        ("missing.pth", "are no file: name a checkpoint or a state dict"),
    ):
        with pytest.raises(InputError, match=message):
            read_source(WeightsSpec(name="x", source=str(tmp_path / name)))
    assert not (tmp_path / "harmed").exists()
    b0 = realise(get_baseline("efficientnet_b0"))
    given = WeightsSpec(name="x", source=str(tmp_path / "other.pth"), network=b0.to_dict())
    with pytest.raises(InputError, match=r"conv_stem\.weight has the shape \(7, 3, 3, 3\)"):
        read_source(given)


def test_the_hub_is_asked_for_safetensors_alone(learned, tmp_path, monkeypatch):
    """Without the network: what its own cache holds is found, everything else is told."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    commit = "a" * 40
    repository = tmp_path / "models--someone--digits"
    (repository / "snapshots" / commit).mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    (repository / "snapshots" / commit / "model.safetensors").symlink_to(learned.path)
    for name in ("hub:someone/digits", f"hub:someone/digits@{commit}"):
        assert file_hash(fetch(name)) == file_hash(learned.path)
    assert read_source(WeightsSpec(name="x", source="hub:someone/digits")).network == tiny(5)
    with pytest.raises(WorkError, match="hub:someone/else cannot be loaded: the Hugging Face Hub"):
        fetch("hub:someone/else")
    with pytest.raises(InputError, match="'hub:b0' names no model of the Hub: write hub:owner/"):
        fetch("hub:b0")


def test_images_that_cannot_be_learned_from_are_refused(learned, tmp_path):
    source = read_source(learned.spec().weights[0])
    one = tmp_path / "one" / "a"
    one.mkdir(parents=True)
    for file in list((learned.new / "5").iterdir())[:10]:
        (one / file.name).write_bytes(file.read_bytes())
    (tmp_path / "empty").mkdir()
    for spec, message in (
        (DataSpec(name=str(tmp_path / "one")), r"has one class \('a'\): telling classes apart"),
        (
            DataSpec(name=str(tmp_path / "empty")),
            "empty holds no images: each class needs a sub-folder",
        ),
        (DataSpec(name="digits", in_channels=3), "in_channels of digits is 3, but the weights"),
    ):
        with pytest.raises(InputError, match=message):
            prepare_targets([spec], [source])
    (one.parent / "b").mkdir()
    for file in one.iterdir():
        (one.parent / "b" / file.name).write_bytes(file.read_bytes()[:40])
    with pytest.raises(InputError, match="10 images cannot be decoded: "):
        prepare_targets([DataSpec(name=str(tmp_path / "one"))], [source])
