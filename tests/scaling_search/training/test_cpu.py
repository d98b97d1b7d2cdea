"""The layers that one CPU thread trains faster compute what the layers they replace compute."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from scaling_search.networks.modules import Conv2dSame, SqueezeExciteModule, build
from scaling_search.training.cpu import processor, speed_up
from search_spaces.baselines import ProxyForm, baselines, get_baseline, realise
from search_spaces.coefficients import UNSCALED
from search_spaces.networks.layers import Activation, SqueezeExcite


def _channels_last(*shape: int) -> Tensor:
    return torch.randn(shape).contiguous(memory_format=torch.channels_last)


def _pair(*layers: nn.Module) -> tuple[nn.Sequential, nn.Sequential]:
    """The layers in a row, and a copy of it that is sped up."""
    plain = nn.Sequential(*layers).train()
    nn.utils.convert_conv2d_weight_memory_format(plain, torch.channels_last)
    fast = copy.deepcopy(plain)
    speed_up(fast)
    assert list(fast.state_dict()) == list(plain.state_dict())
    return plain, fast


def _assert_alike(plain: nn.Module, fast: nn.Module, x: Tensor, tolerance: float = 1e-4) -> None:
    """The same output, gradients and buffers, for a gradient that differs from place to place."""
    results = []
    for module in (plain, fast):
        inputs = x.clone().requires_grad_()
        out = module(inputs)
        direction = torch.linspace(-1, 1, out.numel()).view(out.shape)
        (out * direction + out**2).sum().backward()
        gradients = [parameter.grad for parameter in module.parameters()]
        results.append([out.detach(), inputs.grad, *gradients, *module.buffers()])
    for expected, found in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)


def _norm(channels: int, momentum: float | None = 0.01) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, eps=1e-3, momentum=momentum)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.normal_(norm.bias)
    return norm


# ---------------------------------------------------------------- batch norm


@pytest.mark.parametrize("momentum", [0.01, None])
@pytest.mark.parametrize("following", [nn.SiLU, nn.ReLU, nn.Identity])
@pytest.mark.parametrize("shape", [(16, 24, 7, 7), (2, 33, 1, 1), (1, 1, 3, 3)])
def test_a_norm_and_what_follows(
    momentum: float | None, following: Callable[[], nn.Module], shape: tuple[int, int, int, int]
) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(_norm(shape[1], momentum), following())
    for _ in range(2):  # the running statistics of two batches
        _assert_alike(plain, fast, _channels_last(*shape))


def test_a_norm_of_large_values_that_hardly_differ() -> None:
    torch.manual_seed(0)
    plain, fast = _pair(_norm(8))
    x = 1000 + _channels_last(64, 8, 6, 6)
    truth = plain.double()(x.double())
    torch.testing.assert_close(fast(x).double(), truth, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("gradients", [True, False])
def test_a_norm_in_evaluation_mode(gradients: bool) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(_norm(24), nn.SiLU())
    for module in (plain, fast):
        module[0].running_mean.copy_(torch.linspace(-1, 1, 24))
        module[0].running_var.copy_(torch.linspace(0.5, 2, 24))
        module.eval()
    x = _channels_last(8, 24, 5, 5)
    with torch.set_grad_enabled(gradients):
        torch.testing.assert_close(fast(x), plain(x))


def test_a_value_that_is_no_number_is_not_hidden() -> None:
    _, fast = _pair(_norm(4), nn.SiLU())
    x = _channels_last(8, 4, 3, 3)
    x[0, 1, 0, 0] = torch.nan
    out = fast(x)
    assert out[:, 1].isnan().all()
    assert out[:, [0, 2, 3]].isfinite().all()


def test_silu_of_far_values_neither_overflows_nor_vanishes_early() -> None:
    _, fast = _pair(_norm(1), nn.SiLU())
    fast.eval()
    fast[0].weight.data.fill_(1.0)
    fast[0].bias.data.zero_()
    fast[0].running_var.fill_(1 - 1e-3)
    x = torch.tensor([-500.0, -80.0, -20.0, 0.0, 20.0, 500.0]).view(-1, 1, 1, 1)
    with torch.no_grad():
        torch.testing.assert_close(fast(x), nn.functional.silu(x), rtol=1e-5, atol=1e-30)


# ---------------------------------------------------------------- convolutions


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "side"), [(3, 1), (3, 2), (5, 1), (5, 4), (5, 9), (7, 4)])
@pytest.mark.parametrize("same", [True, False])
def test_a_depthwise_convolution(kernel: int, side: int, stride: int, same: bool) -> None:
    torch.manual_seed(0)
    kind, padding = (Conv2dSame, 0) if same else (nn.Conv2d, kernel // 2)
    layer = kind(24, 24, kernel, stride, padding=padding, groups=24, bias=False)
    plain, fast = _pair(layer)
    assert type(fast[0]) is not type(plain[0])
    _assert_alike(plain, fast, _channels_last(8, 24, side, side), 1e-3)


@pytest.mark.parametrize("bias", [True, False])
def test_a_pointwise_convolution(bias: bool) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(nn.Conv2d(24, 40, 1, bias=bias))
    assert type(fast[0]) is not type(plain[0])
    _assert_alike(plain, fast, _channels_last(8, 24, 5, 5), 1e-3)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(24, 24, 3, padding=1),
        nn.Conv2d(24, 24, 3, padding=1, groups=4, bias=False),
        nn.Conv2d(24, 48, 3, padding=1, groups=24, bias=False),
        nn.Conv2d(24, 24, 3, padding=2, dilation=2, groups=24, bias=False),
        nn.Conv2d(24, 24, (3, 5), padding=(1, 2), groups=24, bias=False),
        nn.Conv2d(24, 24, 1, stride=2),
        nn.BatchNorm2d(24, affine=False),
    ],
    ids=str,
)
def test_a_layer_that_cannot_be_replaced_stays(layer: nn.Module) -> None:
    assert speed_up(nn.Sequential(layer)) == 0


# ---------------------------------------------------------------- squeeze and excite


def _excite() -> SqueezeExciteModule:
    return SqueezeExciteModule(SqueezeExcite(24, 6, Activation("silu")))


@pytest.mark.parametrize("side", [1, 5, 12])
def test_a_norm_and_squeeze_and_excite(side: int) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(_norm(24), nn.SiLU(), _excite())
    assert not isinstance(fast[2], SqueezeExciteModule)
    for _ in range(2):  # the running statistics of two batches
        _assert_alike(plain, fast, _channels_last(8, 24, side, side), 5e-4)


@pytest.mark.parametrize("gradients", [True, False])
def test_a_norm_and_squeeze_and_excite_in_evaluation_mode(gradients: bool) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(_norm(24), nn.SiLU(), _excite())
    plain(_channels_last(8, 24, 5, 5))
    fast.load_state_dict(plain.state_dict())
    plain.eval()
    fast.eval()
    x = _channels_last(8, 24, 5, 5)
    with torch.set_grad_enabled(gradients):
        torch.testing.assert_close(fast(x), plain(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "before",
    [(), (_norm(24),), (_norm(24), nn.ReLU())],
    ids=["nothing", "norm", "norm and ReLU"],
)
def test_squeeze_and_excite_after_anything_else(before: tuple[nn.Module, ...]) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(*before, _excite())
    _assert_alike(plain, fast, _channels_last(8, 24, 5, 5), 5e-4)


# ---------------------------------------------------------------- bfloat16


@pytest.mark.parametrize(
    ("chosen", "rounds"),
    [("", False), ("+avx2,+fma", False), ("-avx512bf16", False), ("+avx2,+avx512bf16", True)],
)
def test_kernels_are_compiled_for_what_the_user_lets_numba_use(
    monkeypatch: pytest.MonkeyPatch, chosen: str, rounds: bool
) -> None:
    """As NUMBA_CPU_NAME=generic and NUMBA_CPU_FEATURES set it."""
    monkeypatch.setattr("numba.config.CPU_FEATURES", chosen)
    assert processor.rounds_to_bfloat16() == rounds


def test_bfloat16_is_rounded_as_pytorch_rounds_it() -> None:
    _, fast = _pair(nn.BatchNorm2d(3))
    fast.eval()
    fast[0].running_var.fill_(1 - 1e-5)
    fast[0].weight.data.copy_(torch.tensor([0.3, 1.0, -7.7]))
    values = torch.tensor([0.0, -0.0, 1.0, 3.14159, 1e-30, 3e38, torch.inf, -torch.inf, torch.nan])
    x = torch.cat((values, torch.randn(991))).view(-1, 1, 1, 1).expand(-1, 3, 1, 1)
    x = x.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        found = fast(x)
    scale = (fast[0].weight / torch.sqrt(fast[0].running_var + fast[0].eps)).view(1, 3, 1, 1)
    expected = (x.float() * scale).to(torch.bfloat16)
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    "layers",
    [
        (_norm(24), nn.SiLU()),
        (_norm(24),),
        (Conv2dSame(24, 24, 5, 2, groups=24, bias=False),),
        (nn.Conv2d(24, 24, 3, padding=1, groups=24, bias=False),),
        (nn.Conv2d(24, 40, 1),),
        (_norm(24), nn.SiLU(), _excite()),
    ],
    ids=["norm and silu", "norm", "strided", "depthwise", "pointwise", "squeeze and excite"],
)
def test_a_layer_in_bfloat16_is_as_near_to_the_truth_as_pytorchs_own(
    layers: tuple[nn.Module, ...],
) -> None:
    torch.manual_seed(0)
    plain, fast = _pair(*layers)
    x = _channels_last(16, 24, 6, 6).to(torch.bfloat16)
    truth, theirs, ours = [], [], []
    for module, values, results in (
        (copy.deepcopy(plain), x.float(), truth), (plain, x, theirs), (fast, x, ours),
    ):  # fmt: skip
        inputs = values.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=results is not truth):
            out = module(inputs)
        direction = torch.linspace(-1, 1, out.numel()).view(out.shape)
        (out.float() * direction).sum().backward()
        gradients = [parameter.grad for parameter in module.parameters()]
        results += [tensor.float() for tensor in (out.detach(), inputs.grad, *gradients)]
    assert out.dtype == torch.bfloat16
    for exact, other, found in zip(truth, theirs, ours, strict=True):
        allowed = max(1.5 * (other - exact).norm().item(), 0.01 * exact.norm().item())
        assert (found - exact).norm() <= allowed


# ---------------------------------------------------------------- networks


@pytest.mark.parametrize(
    ("baseline", "side"),
    [
        *(("efficientnet_b0", 33), ("efficientnet_b0", 64), ("mobilenet_v2", 33)),
        *(("mobilenet_v2", 64), ("mobilenet_v1", 33), ("resnet50", 64), ("resnet18", 33)),
    ],
)
def test_a_network_keeps_its_parameters_and_its_logits(baseline: str, side: int) -> None:
    torch.manual_seed(0)
    spec = realise(get_baseline(baseline), UNSCALED, resolution_px=side, classes=10)
    plain, fast = _pair(build(spec))
    x = _channels_last(16, 3, side, side)
    with torch.no_grad():
        found, expected = fast(x), plain(x)
        assert (found - expected).norm() < 1e-3 * expected.norm()
        plain.eval()
        fast.eval()
        found, expected = fast(x), plain(x)
        assert (found - expected).norm() < 1e-3 * expected.norm()


@pytest.mark.parametrize("baseline", baselines())
def test_a_network_keeps_its_gradients(baseline: str) -> None:
    torch.manual_seed(0)
    form = ProxyForm(width=0.25, stem_stride=1)
    spec = realise(get_baseline(baseline), form=form, resolution_px=32, in_channels=1, classes=10)
    plain, fast = _pair(build(spec))
    exact, x = copy.deepcopy(plain).double(), torch.randn(32, 1, 32, 32)
    for net in (plain, fast, exact):
        net(x.to(next(net.parameters()).dtype)).square().mean().backward()
    # Alone, a gradient that cancels to nothing is all rounding; so all of them against all. And a
    # ReLU whose input is nearly 0 opens or closes by rounding, for the plain network as well.
    usual, found, expected = (
        torch.cat([parameter.grad.double().flatten() for parameter in net.parameters()])
        for net in (plain, fast, exact)
    )
    allowed = max(1.5 * (usual - expected).norm(), 1e-4 * expected.norm())
    assert (found - expected).norm() < allowed
