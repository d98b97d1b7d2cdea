"""One trace of a network says what fvcore's two analyses say of it in two."""

from __future__ import annotations

import logging

import pytest
import torch
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis

from scaling_search.measure import measure
from search_spaces.baselines import get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.modules import build

logging.getLogger("fvcore").setLevel(logging.ERROR)


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("name", ["efficientnet_b0", "mobilenet_v2"])
def test_measures_what_fvcore_counts_and_lists_what_it_does_not(name, mode):
    scaling = Scaling(depth=0.5, width=0.5, resolution=1.0)
    spec = realise(get_baseline(name), scaling, resolution_px=40, classes=7)
    images = torch.zeros(2, 3, 40, 40)
    network = build(spec).train(mode == "train")
    with torch.no_grad():
        flops, activations = (
            analysis(network, images).unsupported_ops_warnings(False)
            for analysis in (FlopCountAnalysis, ActivationCountAnalysis)
        )
        found = measure(spec, mode)
        assert found.complexity.flops == flops.total() / 2
        assert found.complexity.activations == activations.total() / 2
        assert found.complexity.params == sum(p.numel() for p in network.parameters())
        assert found.uncounted == dict(flops.unsupported_ops())


def test_measuring_leaves_the_global_random_numbers_alone():
    spec = realise(get_baseline("efficientnet_b0"), Scaling(0.3, 0.3, 1.0), resolution_px=32)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    measure(spec)
    assert torch.equal(torch.rand(3), expected)
