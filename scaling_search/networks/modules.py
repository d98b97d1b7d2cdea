"""Torch modules from layers.

Tensors are (N, C, H, W): images, channels, rows, columns; `px` is H = W.
"""

from __future__ import annotations

import math
from typing import TypedDict, Unpack, assert_never

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from search_spaces.baselines import (
    FULL_FORM,
    LayeredBaseline,
    ModuleBaseline,
    ProxyForm,
    get_baseline,
    realise,
)
from search_spaces.coefficients import Scaling
from search_spaces.errors import InputError
from search_spaces.networks.layers import (
    Activation,
    Block,
    Chain,
    Conv,
    Dropout,
    GlobalPool,
    Layer,
    Linear,
    MaxPool,
    Network,
    Norm,
    Padding,
    SqueezeExcite,
    adapted,
)
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.spec import NetworkSpec


class Conv2dSame(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding, which depends on the input's side."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', ceil(H / stride), ceil(W / stride))."""
        pads: list[int] = []
        for side in (x.shape[-1], x.shape[-2]):
            out = -(-side // self.stride[0])
            total = max((out - 1) * self.stride[0] + self.kernel_size[0] - side, 0)
            pads += [total // 2, total - total // 2]
        if pads[0] == pads[1] and pads[2] == pads[3]:
            padding = (pads[2], pads[0])
            return F.conv2d(x, self.weight, self.bias, self.stride, padding, groups=self.groups)
        return F.conv2d(F.pad(x, pads), self.weight, self.bias, self.stride, groups=self.groups)


class SqueezeExciteModule(nn.Module):
    """Channel attention (arXiv 1709.01507); 1×1 convolutions, as in the official code."""

    def __init__(self, layer: SqueezeExcite) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(layer.width, layer.squeezed, 1)
        self.act = _module(layer.activation, 0.0)
        self.expand = nn.Conv2d(layer.squeezed, layer.width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape, channels rescaled."""
        scale = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.expand(self.act(self.reduce(scale))))


class GlobalPoolModule(nn.Module):
    """(N, C, H, W) to (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        """Average over all positions."""
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


def _module(layer: Layer, dropout: float) -> nn.Module:
    match layer:
        case Conv():
            # With stride 1 and an odd kernel, SAME padding is symmetric whatever the side.
            symmetric = layer.padding == "symmetric" or (layer.stride == 1 and layer.kernel % 2)
            return (nn.Conv2d if symmetric else Conv2dSame)(
                layer.inputs,
                layer.outputs,
                layer.kernel,
                layer.stride,
                padding=(layer.kernel - 1) // 2 if symmetric else 0,
                groups=layer.groups,
                bias=layer.bias,
            )
        case Norm():
            return nn.BatchNorm2d(layer.width, eps=layer.eps, momentum=layer.momentum)
        case Activation(kind="silu"):
            return nn.SiLU()
        case Activation(kind="relu"):
            return nn.ReLU()
        case Activation(kind="relu6"):
            return nn.ReLU6()
        case SqueezeExcite():
            return SqueezeExciteModule(layer)
        case MaxPool():
            return nn.MaxPool2d(layer.kernel, layer.stride, padding=(layer.kernel - 1) // 2)
        case GlobalPool():
            return GlobalPoolModule()
        case Dropout():
            return nn.Dropout(dropout)
        case Linear():
            return nn.Linear(layer.inputs, layer.outputs)
        case Activation():
            raise AssertionError(layer.kind)
        case _:
            assert_never(layer)


def _add(container: nn.Module, chain: Chain, dropout: float) -> None:
    for name, layer in chain:
        container.add_module(name, _module(layer, dropout))


def _sequence(chain: Chain) -> nn.Sequential | None:
    if not chain:
        return None
    sequence = nn.Sequential()
    _add(sequence, chain, 0.0)
    return sequence


class BlockModule(nn.Sequential):
    """A block, with its residual connection and stochastic depth (arXiv 1603.09382).

    Its layers stand under their own names, then `shortcut` and `after` where the block has them.
    """

    def __init__(self, block: Block, drop_rate: float) -> None:
        super().__init__()
        _add(self, block.chain, 0.0)
        self._depth = len(block.chain)
        self.shortcut = _sequence(block.shortcut)
        self.after = _sequence(block.after)
        self.residual = block.residual
        self.drop_rate = drop_rate if block.residual else 0.0

    @property
    def chain(self) -> list[nn.Module]:
        """The layers that run one after another, without shortcut and what follows the sum."""
        return list(self)[: self._depth]

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C', H', W'); a dropped image keeps what the shortcut gives."""
        out = x
        for layer in self.chain:
            out = layer(out)
        if self.residual:
            if self.training and self.drop_rate > 0:
                keep = 1 - self.drop_rate
                mask = torch.rand(out.shape[0], 1, 1, 1, dtype=out.dtype, device=out.device) < keep
                out = out * mask / keep
            out = out + (x if self.shortcut is None else self.shortcut(x))
        return out if self.after is None else self.after(out)


class NetworkModule(nn.Module):
    """A network built from its layers: (N, C, H, W) images to (N, classes) logits."""

    def __init__(self, network: Network, dropout: float, stochastic_depth: float) -> None:
        super().__init__()
        self.stem = nn.Sequential()
        _add(self.stem, network.stem, dropout)
        total = sum(len(stage) for stage in network.stages)
        drop_rates = (stochastic_depth * index / total for index in range(total))
        self.stages = nn.Sequential()
        for stage in network.stages:
            self.stages.append(nn.Sequential(*(BlockModule(b, next(drop_rates)) for b in stage)))
        self.head = nn.Sequential()
        _add(self.head, network.head, dropout)
        initialise(self)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, classes)."""
        logits: Tensor = self.head(self.stages(self.stem(images)))
        return logits


def initialise(module: nn.Module) -> None:
    """The official initialisation (tensorflow/tpu `efficientnet_model.py`).

    Convolutions: normal with variance 2 / fan-out, where a depthwise kernel's fan-out is its own
    positions alone; linear layers: uniform within 1 / √outputs; biases zero; norms identity.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            fan_out = layer.kernel_size[0] * layer.kernel_size[1] * layer.out_channels
            nn.init.normal_(layer.weight, std=math.sqrt(2 / (fan_out // layer.groups)))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.Linear):
            bound = 1 / math.sqrt(layer.out_features)
            nn.init.uniform_(layer.weight, -bound, bound)
            nn.init.zeros_(layer.bias)


def build(
    spec: NetworkSpec,
    *,
    dropout: float = 0.0,
    stochastic_depth: float = 0.0,
    padding: Padding | None = None,
    norm_eps: float | None = None,
) -> nn.Module:
    """The module of a spec, freshly initialised from torch's global generator.

    Args:
        spec: the realised architecture; its `baseline` must be known.
        dropout: rate before the classifier.
        stochastic_depth: the rate rises linearly from 0 at the first block towards this.
        padding: of all convolutions, for weights that were trained with another than the
            baseline's (`scaling_search.networks.weights`).
        norm_eps: ε of all batch norms, likewise.

    Raises:
        InputError: the spec's baseline is unknown, or a rate is not in [0, 1), or not 0 where the
            baseline builds its module itself.
    """
    for name, rate in (("dropout", dropout), ("stochastic_depth", stochastic_depth)):
        if not 0 <= rate < 1:
            raise InputError(f"{name} is {rate}: a rate must be at least 0 and below 1")
    baseline = get_baseline(spec.baseline)
    if isinstance(baseline, LayeredBaseline):
        layers = adapted(baseline.layers(spec), padding=padding, norm_eps=norm_eps)
        return NetworkModule(layers, dropout, stochastic_depth)
    assert isinstance(baseline, ModuleBaseline), "a baseline has layers or a module"
    for name, rate in (("dropout", dropout), ("stochastic_depth", stochastic_depth)):
        if rate:
            raise InputError(
                f"{name} is {rate}: {spec.baseline} builds its module itself, so the rate is its "
                "own to set; use 0"
            )
    if padding is not None or norm_eps is not None:
        raise InputError(
            f"padding is {padding} and norm_eps {norm_eps}: {spec.baseline} builds its module "
            "itself, so they are its own to set; leave them out"
        )
    module: nn.Module = baseline.module(spec)
    return module


class Rates(TypedDict, total=False):
    """How much of a network is dropped in training, see `build`."""

    dropout: float
    stochastic_depth: float


def network(
    baseline: str,
    *,
    depth: float = 1.0,
    width: float = 1.0,
    resolution_px: int | None = None,
    in_channels: int | None = None,
    classes: int | None = None,
    rounding: Rounding | None = None,
    form: ProxyForm = FULL_FORM,
    **rates: Unpack[Rates],
) -> nn.Module:
    """A scaled baseline by name, freshly initialised: `network("efficientnet_b0", depth=1.2)`.

    Args:
        baseline: its name; `scaling-search baselines` lists them.
        depth: multiplier of every stage's blocks.
        width: multiplier of every layer's channels.
        resolution_px: the side of the images that the network is meant for, already scaled; the
            baseline's own when absent. The weights do not depend on it.
        in_channels: channels of the images; the baseline's own when absent.
        classes: outputs of the classifier; the baseline's own when absent.
        rounding: the rules; the baseline's own when absent.
        form: a proxy form of the baseline.
        rates: `dropout` and `stochastic_depth`, as in `build`.

    Raises:
        InputError: as `get_baseline`, `realise` and `build`.
    """
    spec = realise(
        get_baseline(baseline),
        Scaling(depth, width, 1.0),
        rounding=rounding,
        form=form,
        resolution_px=resolution_px,
        in_channels=in_channels,
        classes=classes,
    )
    return build(spec, **rates)
