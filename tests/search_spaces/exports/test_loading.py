"""Every export loaded where it belongs: the same parameters and the same FLOPs there."""

import json
import logging

import pytest
import yaml

from scaling_search.networks.modules import build
from search_spaces.exports import FORMATS
from search_spaces.networks.spec import NetworkSpec

from .conftest import flops, importable, imported, multiply_adds, params, pooled, written


def test_our_own(exported, tmp_path):
    module = imported(written("python", exported, tmp_path))
    network = module.FAMILY[exported.name]()
    assert params(network) == exported.network.complexity.params
    assert flops(network, exported) == exported.network.complexity.flops
    assert network.head.dropout.p == exported.network.dropout


@pytest.mark.parametrize(("name", "load"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_plain_documents(name, load, exported):
    document = load(FORMATS[name].one(exported))
    spec = NetworkSpec.from_dict(document["spec"])
    assert spec == exported.network.spec
    assert params(build(spec)) == document["params"]


def test_transformers(exported, tmp_path):
    transformers = pytest.importorskip("transformers")
    path = written("transformers", exported, tmp_path)
    config = transformers.EfficientNetConfig.from_json_file(path)
    network = transformers.EfficientNetForImageClassification(config)
    assert params(network) == exported.network.complexity.params
    assert flops(network, exported) + pooled(exported) == exported.network.complexity.flops
    assert network.classifier.out_features == exported.network.spec.classes


def test_keras(exported, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    network = imported(written("keras", exported, tmp_path)).FAMILY[exported.name]()
    assert network.count_params() - _not_trained(network) == exported.network.complexity.params
    counted = sum(_multiply_adds(layer, keras) for layer in network.layers)
    assert counted == multiply_adds(build(exported.network.spec), exported)


def _not_trained(network):
    return sum(weight.value.numel() for weight in network.non_trainable_weights)


def _multiply_adds(layer, keras):
    """Multiply-adds of a layer, from the shapes that Keras gives it."""
    if isinstance(layer, keras.layers.Dense):
        return layer.kernel.value.numel()
    if isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.Conv2D):
        _, *sides, _ = layer.output.shape
        return layer.kernel.value.numel() * sides[0] * sides[1]
    return 0


def test_efficientnet_pytorch(exported, tmp_path):
    pytest.importorskip("efficientnet_pytorch")
    network = imported(written("efficientnet_pytorch", exported, tmp_path)).FAMILY[exported.name]()
    network.set_swish(memory_efficient=False)
    assert params(network) == exported.network.complexity.params
    assert flops(network, exported) == exported.network.complexity.flops


def test_pycls(exported, tmp_path):
    config = pytest.importorskip("pycls.core.config")
    effnet = pytest.importorskip("pycls.models.effnet")
    config.cfg.defrost()
    config.reset_cfg()
    config.cfg.merge_from_file(str(written("pycls", exported, tmp_path)))
    network = effnet.EffNet()
    assert params(network) == exported.network.complexity.params
    assert flops(network, exported) == exported.network.complexity.flops


def test_torchvision(exported, tmp_path):
    importable("torchvision")
    network = imported(written("torchvision", exported, tmp_path)).FAMILY[exported.name]()
    assert params(network) == exported.network.complexity.params
    assert flops(network, exported) == exported.network.complexity.flops


def test_timm(exported, tmp_path, caplog):
    timm = importable("timm")
    imported(written("timm", exported, tmp_path))
    with caplog.at_level(logging.ERROR):
        network = timm.create_model(exported.name)
    assert params(network) == exported.network.complexity.params
    assert network.num_classes == exported.network.spec.classes
    # It squeezes by mean(), of which fvcore counts nothing.
    ours = build(exported.network.spec)
    assert multiply_adds(network, exported) == multiply_adds(ours, exported)
