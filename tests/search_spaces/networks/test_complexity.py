"""Closed-form complexity: published figures, and equality with fvcore on random networks."""

from __future__ import annotations

import dataclasses
import logging
import random

import pytest
import torch
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis, jit_analysis

from scaling_search.networks.modules import build
from search_spaces.baselines import ProxyForm, complexity, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.networks.complexity import Complexity, chain_complexity
from search_spaces.networks.rounding import Rounding

logging.getLogger("fvcore").setLevel(logging.ERROR)
logging.getLogger("torch").setLevel(logging.ERROR)

OFFICIAL = {
    # member: width, depth, px, parameters, FLOPs (fvcore's convention)
    "b0": (1.0, 1.0, 224, 5288548, 401659392),
    "b1": (1.0, 1.1, 240, 7794184, 712732416),
    "b2": (1.1, 1.2, 260, 9109994, 1026579120),
    "b3": (1.2, 1.4, 300, 12233232, 1883903568),
    "b4": (1.4, 1.8, 380, 19341616, 4512495200),
    "b5": (1.6, 2.2, 456, 30389784, 10505072320),
    "b6": (1.8, 2.6, 528, 43040704, 19472062160),
    "b7": (2.0, 3.1, 600, 66347960, 38449437600),
}


@pytest.fixture(autouse=True)
def one_trace(monkeypatch):
    """Let the two analyses of a network share its trace, which is most of what they cost."""
    trace, last = jit_analysis._get_scoped_trace_graph, {}

    def shared(module, inputs, aliases):
        if last.get("module") is not module:
            last.update(module=module, graph=trace(module, inputs, aliases))
        return last["graph"]

    monkeypatch.setattr(jit_analysis, "_get_scoped_trace_graph", shared)


@torch.no_grad()
def fvcore_complexity(spec, mode):
    """What fvcore counts on the built module; two images, as batch norm needs to train on 1×1."""
    model = build(spec).train(mode == "train")
    images = torch.zeros(2, spec.in_channels, spec.resolution_px, spec.resolution_px)
    counts = [
        analysis(model, images).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        for analysis in (FlopCountAnalysis, ActivationCountAnalysis)
    ]
    flops, activations = (count.total() for count in counts)
    params = sum(parameter.numel() for parameter in model.parameters())
    assert flops % 2 == activations % 2 == 0
    return Complexity(int(flops) // 2, params, int(activations) // 2)


def random_spec(baseline, rng, depth=(0.2, 1.1)):
    """Any network of a baseline's kind that is small enough to be traced quickly."""
    stages = len(baseline.base.stages)
    form = ProxyForm(
        width=rng.choice([1.0, rng.uniform(0.2, 0.8)]),
        stem_stride=rng.choice([None, 1, 2, 3]),
        strides=rng.choice([None, tuple(rng.choice([1, 1, 1, 2]) for _ in range(stages))]),
    )
    rounding = Rounding(
        depth=rng.choice(["ceil", "nearest"]),
        width_divisor=rng.choice([1, 3, 4, 8, 16]),
        resolution=rng.choice(["nearest", "floor"]),
        resolution_multiple=rng.choice([1, 1, 1, 2, 8]),
    )
    strides = [form.stem_stride or baseline.base.stem.stride]
    strides += form.strides or [stage.stride for stage in baseline.base.stages]
    total = 1
    for stride in strides:
        total *= stride
    px = rng.randint(max(total, 6), max(total, 6) + 15)
    return realise(
        baseline,
        Scaling(rng.uniform(*depth), rng.uniform(0.2, 1.2), rng.uniform(1.0, 1.3)),
        rounding=rounding,
        form=form,
        resolution_px=px if px >= 2 * rounding.resolution_multiple else 32,
        in_channels=rng.choice([1, 3, 4]),
        classes=rng.choice([2, 10, 37, 1000]),
    )


@pytest.mark.parametrize("member", OFFICIAL)
def test_official_members_have_their_published_size(member):
    width, depth, px, params, flops = OFFICIAL[member]
    baseline = get_baseline("efficientnet_b0")
    spec = realise(baseline, Scaling(depth, width, px / 224))
    assert spec.resolution_px == px
    found = complexity(baseline, spec)
    assert (found.params, found.flops) == (params, flops)


PUBLISHED = {
    # parameters as torchvision and timm count them; FLOPs in fvcore's convention
    "mobilenet_v1": (4231976, 578875904),
    "mobilenet_v2": (3504872, 314193216),
    "resnet18": (11689512, 1819065856),
    "resnet50": (25557032, 4111512576),
}
NAMES = ["efficientnet_b0", *PUBLISHED]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_baseline_has_its_published_size(name):
    baseline = get_baseline(name)
    found = complexity(baseline, baseline.base)
    assert (found.params, found.flops) == PUBLISHED[name]


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("name", NAMES)
def test_closed_form_equals_fvcore_at_the_baselines_own_size(name, mode):
    baseline = get_baseline(name)
    assert complexity(baseline, baseline.base, mode) == fvcore_complexity(baseline.base, mode)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_closed_form_equals_fvcore_on_random_networks(name, seed):
    """Shallow ones: tracing costs by the layer, and a stage's later blocks are all alike."""
    baseline, rng = get_baseline(name), random.Random(seed)
    for _ in range(8):
        spec, mode = random_spec(baseline, rng, depth=(0.05, 0.5)), rng.choice(["eval", "train"])
        assert complexity(baseline, spec, mode) == fvcore_complexity(spec, mode), spec


def walked(network, px, mode):
    """The cost of every layer, one after another."""
    total, px = chain_complexity(network.stem, px, mode)
    for block in (block for stage in network.stages for block in stage):
        inner, out = chain_complexity(block.chain, px, mode)
        shortcut, _ = chain_complexity(block.shortcut, px, mode)
        after, _ = chain_complexity(block.after, out, mode)
        total, px = total + inner + shortcut + after, out
    return total + chain_complexity(network.head, px, mode)[0]


@pytest.mark.parametrize("name", NAMES)
def test_counting_by_depth_equals_walking_every_layer(name):
    baseline, rng = get_baseline(name), random.Random(0)
    for _ in range(200):
        spec, mode = random_spec(baseline, rng), rng.choice(["eval", "train"])
        expected = walked(baseline.layers(spec), spec.resolution_px, mode)
        assert complexity(baseline, spec, mode) == expected


def test_a_network_of_absurd_depth_is_counted_at_once():
    baseline = get_baseline("efficientnet_b0")
    last = dataclasses.replace(baseline.base.stages[-1], depth=10**12)
    spec = dataclasses.replace(baseline.base, stages=(*baseline.base.stages[:-1], last))
    one_more = dataclasses.replace(
        spec, stages=(*spec.stages[:-1], dataclasses.replace(last, depth=10**12 + 1))
    )
    block = complexity(baseline, one_more).params - complexity(baseline, spec).params
    assert complexity(baseline, spec).params == 5288548 + (10**12 - 1) * block
