"""Weights from and to other libraries: the same logits there and here."""

import numpy as np
import pytest
import torch
from torch import nn

from scaling_search.networks.modules import build
from scaling_search.networks.weights import (
    OWN,
    convert,
    detect,
    load_weights,
    read_tensors,
    save_weights,
)
from search_spaces.errors import InputError
from search_spaces.exports.layer_names import LIBRARIES

from ....search_spaces.exports.conftest import importable, imported, member, written

SMALL = member(1, resolution_px=64, classes=10)
SPEC = SMALL.network.spec


def _theirs(library, folder):
    """The network as the library builds it from our export, with weights and norms of its own."""
    importable(library)
    path = written(library, SMALL, folder)
    if library == "transformers":
        transformers = importable("transformers")
        config = transformers.EfficientNetConfig.from_json_file(path)
        network = transformers.EfficientNetForImageClassification(config)
    else:
        network = imported(path).FAMILY[SMALL.name]()
    network.eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.8, 1.2, generator=generator)
                module.bias.normal_(0, 0.1, generator=generator)
                module.train().momentum = None  # statistics of the images below
            elif isinstance(module, nn.Linear):
                module.weight.normal_(0, module.in_features**-0.5, generator=generator)
        network(torch.randn(8, 3, SPEC.resolution_px, SPEC.resolution_px, generator=generator))
    return network.eval()


def _logits(network, images):
    """In double precision, where the same sums in another order still agree to 1e-5."""
    network.double()
    with torch.inference_mode():
        found = network(images.double())
    return getattr(found, "logits", found)


@pytest.fixture(params=LIBRARIES)
def library(request):
    return request.param


def test_logits_agree_both_ways(library, tmp_path):
    theirs = _theirs(library, tmp_path)
    settings = {"padding": "symmetric"} if library == "torchvision" else {}
    images = torch.randn(4, 3, SPEC.resolution_px, SPEC.resolution_px)
    expected = _logits(theirs, images)
    assert expected.std(0).mean() > 0.05  # else there is nothing to agree on
    path = tmp_path / "theirs.pth"
    torch.save(theirs.state_dict(), path)
    ours = load_weights(SPEC, path, **settings)
    torch.testing.assert_close(_logits(ours, images), expected, atol=1e-5, rtol=1e-5)

    back = tmp_path / "back.safetensors"
    save_weights(ours.float(), SPEC, back, library=library)
    for tensor in theirs.state_dict().values():
        tensor.zero_()
    theirs.load_state_dict(read_tensors(back))
    torch.testing.assert_close(_logits(theirs, images), expected, atol=1e-5, rtol=1e-5)


def test_names_lead_there_and_back_without_the_package(library):
    state = build(SPEC).state_dict()
    renamed = convert(state, SPEC, source=OWN, target=library)
    assert len(renamed) == len(state)
    assert detect(renamed) == library
    again = convert(renamed, SPEC, target=OWN)
    assert again.keys() == state.keys()
    assert all(again[name] is state[name] for name in state)


def test_a_file_of_another_member_is_recognised(tmp_path):
    b1 = member(1, convention="published", resolution_px=64).network.spec
    b0 = member(0, convention="published", resolution_px=64).network.spec
    path = tmp_path / "b1.safetensors"
    save_weights(build(b1), b1, path, library="timm")
    message = (
        r"b1\.safetensors: blocks\.0\.1\.\S+ is no tensor of this network, nor are \d+ more: the "
        "tensors are those of the published b1 with 1000 classes; choose it"
    )
    with pytest.raises(InputError, match=message):
        load_weights(b0, path)


def test_the_first_shape_that_does_not_fit_is_named(tmp_path):
    b2 = member(2, convention="published", resolution_px=64).network.spec
    b3 = member(3, convention="published", resolution_px=64).network.spec
    path = tmp_path / "b3.pth"
    save_weights(build(b3), b3, path, library="torchvision")
    with pytest.raises(InputError) as caught:
        load_weights(b2, path)
    assert str(caught.value) == (
        f"{path}: features.0.0.weight has the shape (40, 3, 3, 3), the network's stem.conv.weight "
        "(32, 3, 3, 3): the tensors are those of the published b3 with 1000 classes; choose it"
    )


def test_another_number_of_classes_is_told_or_left_out(tmp_path):
    of_ten = member(0, convention="published", resolution_px=64, classes=10).network.spec
    of_many = member(0, convention="published", resolution_px=64).network.spec
    path = tmp_path / "many.safetensors"
    trained = build(of_many)
    save_weights(trained, of_many, path)
    with pytest.raises(InputError, match=r"head\.classifier\.weight has the shape \(1000, 1280\)"):
        load_weights(of_ten, path)
    network = load_weights(of_ten, path, classifier=False)
    assert torch.equal(network.head.conv.weight, trained.head.conv.weight)
    assert network.head.classifier.out_features == 10


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.pth", {"a": torch.zeros(1)}, "tensors are called a, …: these are no EfficientNet's"),
        ("x.pth", {"stem": eval}, "cannot be read as tensors alone"),
        ("x.pth", [torch.zeros(1)], "holds list: it must be a state dict"),
        ("x.txt", {"a": torch.zeros(1)}, r"ends in \.txt: weights are read from"),
    ],
)
def test_files_that_hold_no_weights_are_refused(tmp_path, name, content, message):
    path = tmp_path / name
    torch.save(content, path)
    with pytest.raises(InputError, match=message):
        load_weights(SPEC, path)


def test_a_broken_or_missing_file_is_told(tmp_path):
    path = tmp_path / "x.safetensors"
    with pytest.raises(InputError, match="is no file"):
        load_weights(SPEC, path)
    path.write_bytes(b"not weights")
    with pytest.raises(InputError, match="cannot be read as tensors alone"):
        load_weights(SPEC, path)


def test_weights_inside_a_training_checkpoint_are_found(tmp_path):
    path = tmp_path / "checkpoint.pth"
    state = {f"module.{name}": value for name, value in build(SPEC).state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state}, path)
    assert load_weights(SPEC, path).head.classifier.out_features == 10


@pytest.mark.parametrize("zipped", [True, False])
def test_damaged_files_are_told_whatever_torch_raises(tmp_path, zipped):
    """Of these bytes torch raises IndexError, KeyError, AssertionError, struct.error and others."""
    path = tmp_path / "a.pth"
    state = {"a.weight": torch.zeros(3, 4), "b": torch.zeros(2)}
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    whole, random = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for position in random.integers(0, len(content), 4):
            content[position] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            read_tensors(path)
        except InputError as error:
            refused += str(path) in str(error)
    assert refused > 30
