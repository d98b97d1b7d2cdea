"""What each method trains, and from where."""

import dataclasses

import pytest
import torch
from torch import nn

from scaling_search.training import Start, Training
from scaling_search.uses.transfer import probe
from scaling_search.uses.transfer.probe import Features, LinearProbe
from scaling_search.uses.transfer.sources import read_source
from scaling_search.uses.transfer.targets import as_wanted, prepare_targets


@pytest.fixture
def begun(learned):
    spec = learned.spec()
    source = read_source(spec.weights[0])
    ((_, data),) = prepare_targets(spec.data, [source]).items()
    network = source.adapted(5, None)
    return source, as_wanted(data, source), network, spec.recipe


def _state(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def test_all_methods_begin_with_the_same_classifier_on_the_same_images(begun):
    source, data, network, recipe = begun
    full = _state(Training(network, recipe, data, 3, start=source.start).network)
    scratch = _state(Training(network, recipe, data, 3).network)
    features = Features(network, source.start, source.classifier, data)
    probed = _state(LinearProbe(features, recipe, 3).network)
    for name, tensor in full.items():
        if name.startswith(source.classifier):
            assert torch.equal(tensor, scratch[name])
        else:
            assert torch.equal(tensor, source.start.weights[name])
        assert torch.equal(tensor, probed[name])
    weight = "stages.0.0.depthwise.weight"
    assert not torch.equal(full[weight], scratch[weight])


def test_features_are_computed_once_and_are_the_networks_own(begun, monkeypatch):
    source, data, network, recipe = begun
    passes = []
    monkeypatch.setattr(probe, "_BATCH", 1000)
    features = Features(network, source.start, source.classifier, data)
    body = features._body
    body.register_forward_hook(lambda module, given, found: passes.append(len(found)))
    probes = [LinearProbe(features, recipe, seed) for seed in (0, 1)]
    for one in probes:
        reports = list(one.epochs())
        one.evaluate("test")
        assert reports[-1].steps == recipe.total_steps
    assert passes == [25, 144, 179]  # training, validation and test images, once each
    # The frozen network with the trained classifier says the same of images.
    whole = probes[0].network.eval()
    plain = Training(network, recipe, data, 0, start=source.start)
    plain.network.load_state_dict(whole.state_dict())
    for parameter in plain.network.parameters():
        parameter.requires_grad_(False)  # so that norms keep their statistics
    # In other batches, so an image between two classes may fall to the other one.
    differ = plain.evaluate("test").correct != probes[0].evaluate("test").correct
    assert differ.sum() <= 2


def test_gradual_unfreezing_goes_from_the_last_stage_to_the_first(begun):
    source, data, network, recipe = begun
    start = dataclasses.replace(source.start, thaw=1.0)
    recipe = recipe.model_copy(update={"steps": 21})
    training = Training(network, recipe, data, 0, start=start)

    def moved():
        state = training.network.state_dict()
        changed = {
            name for name, tensor in source.start.weights.items()
            if tensor.is_floating_point() and not torch.equal(state[name], tensor)
        }  # fmt: skip
        return {".".join(name.split(".")[: 2 if "stages" in name else 1]) for name in changed}

    parts = ["head", *(f"stages.{number}" for number in range(4, -1, -1)), "stem"]
    found = []
    for step in range(3, 22, 3):  # 7 parts in 21 steps
        training.train_until(step)
        training.evaluate()
        found.append(moved())
    assert found == [set(parts[:count]) for count in range(7)]
    full = Training(network, recipe, data, 0, start=source.start)
    full.train_until(1)
    assert all(parameter.requires_grad for parameter in full.network.parameters())


def test_a_classifier_that_is_not_linear_cannot_be_probed(begun, monkeypatch):
    source, data, network, _ = begun

    class Nonlinear(Start):
        def build(self, spec, **rates):
            made = super().build(spec, **rates)
            made.head.classifier = nn.Sequential(made.head.classifier)
            return made

    with pytest.raises(ValueError, match=r"head\.classifier, is no linear layer: use the methods"):
        Features(network, Nonlinear(), source.classifier, data)
