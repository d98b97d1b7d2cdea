"""Built networks: the reference implementation's logits, gradients, statistics and drop rates."""

from __future__ import annotations

import math

import pytest
import torch
from efficientnet_pytorch import EfficientNet
from torch import nn

from scaling_search.networks.modules import BlockModule, SqueezeExciteModule, build, network
from search_spaces.baselines import ProxyForm, baselines, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.networks.layers import SqueezeExcite

B0 = get_baseline("efficientnet_b0")
R18 = get_baseline("resnet18").base
MEMBERS = {"efficientnet-b0": Scaling(1.0, 1.0, 1.0), "efficientnet-b1": Scaling(1.1, 1.0, 1.0)}


def pair(name, px):
    """The reference network and ours, every weight and running statistic random."""
    torch.manual_seed(0)
    theirs = EfficientNet.from_name(name, image_size=px).eval()
    ours = build(realise(B0, MEMBERS[name], resolution_px=px)).eval()
    for module in (*theirs.modules(), *ours.modules()):
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
    return theirs, ours


def exchange(source, target):
    """Load `source`'s state into `target`: both list their tensors in the order of computation."""
    given, wanted = source.state_dict(), target.state_dict()
    assert [tuple(t.shape) for t in given.values()] == [tuple(t.shape) for t in wanted.values()]
    target.load_state_dict(dict(zip(wanted, given.values(), strict=True)))


@pytest.mark.parametrize(("name", "px"), [("efficientnet-b0", 64), ("efficientnet-b1", 75)])
@pytest.mark.parametrize("into", ["ours", "theirs"])
def test_exchanged_weights_give_the_reference_logits(name, px, into):
    theirs, ours = pair(name, px)
    images = torch.randn(2, 3, px, px)
    with torch.inference_mode():
        before = ours(images)
        exchange(*((theirs, ours) if into == "ours" else (ours, theirs)))
        expected, found = theirs(images), ours(images)
    assert expected.std() > 1e-3
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(found, before) == (into == "theirs")


@pytest.mark.parametrize("name", baselines())
def test_gradients_reach_every_parameter(name):
    torch.manual_seed(0)
    form = ProxyForm(width=0.25)
    model = build(realise(get_baseline(name), form=form, resolution_px=64, classes=5)).train()
    loss = nn.functional.cross_entropy(model(torch.randn(4, 3, 64, 64)), torch.tensor([0, 1, 2, 3]))
    loss.backward()
    silent = [
        key for key, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0
    ]
    assert silent == []
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


def test_a_resnet_adds_its_shortcut_before_the_last_relu():
    torch.manual_seed(0)
    block = build(realise(get_baseline("resnet50"), resolution_px=32)).stages[1][0].eval()
    image = torch.randn(2, 256, 8, 8)
    with torch.inference_mode():
        inside = image
        for layer in block.chain:
            inside = layer(inside)
        expected = torch.relu(inside + block.shortcut(image))
        assert torch.equal(block(image), expected)
    assert expected.shape == (2, 512, 4, 4)


def test_a_dropped_block_keeps_what_its_shortcut_gives():
    torch.manual_seed(0)
    block = BlockModule(get_baseline("resnet18").layers(R18).stages[1][0], 0.5).eval()
    image = torch.randn(1, 64, 8, 8)
    with torch.inference_mode():
        dropped = torch.relu(block.shortcut(image))
        block.training = True
        found = block(image.expand(64, -1, -1, -1))
    alone = (found == dropped).flatten(1).all(1)
    assert 0.2 < alone.float().mean() < 0.8


def test_a_resnets_pooling_is_part_of_its_stems_stride():
    sides = {}
    for stride in (None, 2, 1):
        form = ProxyForm(width=0.25, stem_stride=stride)
        stem = build(realise(get_baseline("resnet18"), form=form, resolution_px=64)).stem
        sides[stride] = stem(torch.zeros(1, 3, 64, 64)).shape[-1]
    assert sides == {None: 16, 2: 32, 1: 64}


def test_the_official_initialisation():
    torch.manual_seed(0)
    model = build(B0.base)
    for key, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.kernel_size[0] ** 2 * (1 if module.groups > 1 else module.out_channels)
            count = module.weight.numel()
            expected = math.sqrt(2 / fan_out)
            assert abs(module.weight.std() / expected - 1) < 5 / math.sqrt(2 * count), key
            assert abs(module.weight.mean()) < 5 * expected / math.sqrt(count), key
            assert module.bias is None or not module.bias.any()
        elif isinstance(module, nn.BatchNorm2d):
            assert (module.eps, module.momentum) == (1e-3, 0.01)
            assert (module.weight == 1).all()
            assert not module.bias.any()
    classifier = model.head.classifier
    bound = 1 / math.sqrt(1000)
    assert 0.99 * bound < classifier.weight.abs().max() <= bound
    assert abs(classifier.weight.std() - bound / math.sqrt(3)) < 0.01 * bound
    assert not classifier.bias.any()


def test_the_generator_decides_the_weights():
    def weights(seed):
        torch.manual_seed(seed)
        return build(realise(B0, form=ProxyForm(width=0.25))).stem.conv.weight

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def residual_block(rate):
    torch.manual_seed(0)
    block = BlockModule(B0.layers(B0.base).stages[1][1], rate).eval()
    return block, torch.randn(1, 24, 8, 8)


def test_stochastic_depth_drops_whole_images_and_keeps_the_expected_value():
    block, image = residual_block(0.4)
    count = 4000
    with torch.inference_mode():
        whole = block(image)
        block.training = True  # the norms stay in evaluation, so that only the drop is random
        found = block(image.expand(count, -1, -1, -1))
    kept = image + (whole - image) / 0.6
    dropped = (found == image).flatten(1).all(1)
    torch.testing.assert_close(found[~dropped], kept.expand_as(found[~dropped]))
    assert abs(dropped.float().mean() - 0.4) < 4 * math.sqrt(0.4 * 0.6 / count)
    scale = (whole - image).abs().max()
    assert (found.mean(0) - whole[0]).abs().max() < 0.05 * scale


def test_stochastic_depth_is_off_in_evaluation():
    block, image = residual_block(0.4)
    without, _ = residual_block(0.0)
    with torch.inference_mode():
        assert torch.equal(block(image), without(image))


def test_drop_rates_rise_linearly_over_the_blocks_and_spare_those_without_residual():
    blocks = [
        m for m in build(B0.base, stochastic_depth=0.2).modules() if isinstance(m, BlockModule)
    ]
    assert len(blocks) == 16
    for index, block in enumerate(blocks):
        assert block.drop_rate == pytest.approx(0.2 * index / 16 if block.residual else 0.0)
    assert [i for i, block in enumerate(blocks) if block.residual] == [
        2,
        4,
        6,
        7,
        9,
        10,
        12,
        13,
        14,
    ]


def test_dropout_acts_before_the_classifier_in_training_alone():
    model = build(realise(B0, form=ProxyForm(width=0.25), resolution_px=32), dropout=0.5)
    assert model.head.dropout.p == 0.5
    assert [m.p for m in model.modules() if isinstance(m, nn.Dropout)] == [0.5]
    image = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(model.eval()(image), model(image))


def test_squeeze_and_excite_is_a_fraction_of_the_blocks_input():
    squeezed = [
        layer.squeezed
        for stage in B0.layers(B0.base).stages
        for block in stage
        for _, layer in block.chain
        if isinstance(layer, SqueezeExcite)
    ]
    assert squeezed[:4] == [8, 4, 6, 6]
    modules = [m for m in build(B0.base).modules() if isinstance(m, SqueezeExciteModule)]
    assert [m.reduce.out_channels for m in modules] == squeezed


@pytest.mark.parametrize("px", [32, 33, 47, 64])
def test_any_resolution_gives_logits(px):
    model = network("efficientnet_b0", width=0.25, resolution_px=px, in_channels=4, classes=7)
    assert model.eval()(torch.zeros(1, 4, px, px)).shape == (1, 7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: build(B0.base, dropout=1.0),
            "dropout is 1.0: a rate must be at least 0 and below 1",
        ),
        (
            lambda: build(B0.base, stochastic_depth=-0.1),
            "stochastic_depth is -0.1: a rate must be at least 0 and below 1",
        ),
        (
            lambda: network("mobilenet_v3"),
            "baseline 'mobilenet_v3' is unknown: did you mean mobilenet_v2?; "
            "`scaling-search baselines` lists them",
        ),
    ],
)
def test_bad_input_is_named_with_its_rule(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message
