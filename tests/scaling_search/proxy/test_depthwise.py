from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from scaling_search.datasets import PreparedDataset
from scaling_search.proxy.depthwise import FastDepthwise, speed_up_depthwise
from search_spaces.modules import build

from .conftest import network


@pytest.mark.parametrize(("kernel", "side"), [(5, 1), (5, 2), (5, 4), (5, 9), (7, 4), (9, 6)])
def test_output_and_gradients_are_those_of_the_plain_convolution(kernel: int, side: int) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(24, 24, kernel, padding=kernel // 2, groups=24, bias=False)
    fast = FastDepthwise(nn.Parameter(layer.weight.detach().clone()))
    x = torch.randn(8, 24, side, side).contiguous(memory_format=torch.channels_last)
    gradient = torch.randn_like(x)
    inputs = x.clone().requires_grad_(), x.clone().requires_grad_()
    outputs = layer(inputs[0]), fast(inputs[1])
    assert torch.equal(*outputs)
    for output in outputs:
        output.backward(gradient)
    assert torch.allclose(inputs[0].grad, inputs[1].grad, atol=1e-5)
    assert torch.allclose(layer.weight.grad, fast.weight.grad, rtol=1e-4, atol=1e-4)


def test_a_network_keeps_its_parameters_and_its_gradients(digits: PreparedDataset) -> None:
    plain = build(network(digits)).train()
    fast = copy.deepcopy(plain)
    # The 5×5 stages have 2 + 3 + 4 blocks, and none halves the map in this form.
    assert speed_up_depthwise(fast) == 9
    assert list(fast.state_dict()) == list(plain.state_dict())
    x = torch.randn(4, 1, 16, 16)
    for net in (plain, fast):
        net(x).square().mean().backward()
    ours = dict(fast.named_parameters())
    for name, parameter in plain.named_parameters():
        assert parameter.grad is not None
        assert torch.allclose(parameter.grad, ours[name].grad, rtol=1e-3, atol=1e-5), name
