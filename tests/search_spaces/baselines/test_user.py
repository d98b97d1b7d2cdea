"""A user's own baseline, written against the protocol alone, goes all the way.

Nothing about it resembles the built-in ones: plain residual blocks of two convolutions, biases,
widths off any divisor, kernels of 5, a pooling stem of stride 1 and no head convolution.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest
import torch
from fvcore.nn import ActivationCountAnalysis, FlopCountAnalysis

from scaling_search.networks.modules import build
from search_spaces import baselines as registry
from search_spaces.baselines import baselines, complexity, get_baseline, realise
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.errors import InputError
from search_spaces.families import family
from search_spaces.networks.layers import (
    Activation,
    Block,
    Conv,
    Dropout,
    GlobalPool,
    Linear,
    Network,
    Norm,
)  # fmt: skip
from search_spaces.networks.rounding import Rounding
from search_spaces.networks.spec import NetworkSpec, StageSpec, StemSpec

RELU = Activation("relu")


def plain_block(inputs: int, stage: StageSpec, stride: int) -> Block:
    return Block(
        (
            (
                "one",
                Conv(inputs, stage.width, stage.kernel, stride, bias=True, padding="symmetric"),
            ),
            ("one_act", RELU),
            ("two", Conv(stage.width, stage.width, stage.kernel, padding="symmetric")),
            ("two_norm", Norm(stage.width, eps=1e-5, momentum=0.1)),
        ),
        residual=stride == 1 and inputs == stage.width,
    )


@dataclass(frozen=True)
class TinyNet:
    name: str = "tiny_net"
    rounding: Rounding = Rounding(depth="nearest", width_divisor=1)  # noqa: RUF009
    head_min_width: int = 0
    stochastic_depth: float = 0.1
    base: NetworkSpec = NetworkSpec(  # noqa: RUF009
        baseline="tiny_net",
        resolution_px=20,
        stem=StemSpec(7, 3, 1),
        stages=(StageSpec("plain", 7, 2, 1, 3), StageSpec("plain", 13, 2, 2, 5)),
        head_width=0,
        in_channels=1,
        classes=10,
    )

    def dropout(self, member: int) -> float:
        return 0.0

    def layers(self, spec: NetworkSpec) -> Network:
        stem = Conv(
            spec.in_channels,
            spec.stem.width,
            spec.stem.kernel,
            spec.stem.stride,
            padding="symmetric",
        )
        stages, inputs = [], spec.stem.width
        for stage in spec.stages:
            again = plain_block(stage.width, stage, 1)
            first = plain_block(inputs, stage, stage.stride)
            stages.append((first, *(again,) * (stage.depth - 1)))
            inputs = stage.width
        return Network(
            stem=(("conv", stem), ("act", RELU)),
            stages=tuple(stages),
            head=(
                ("pool", GlobalPool(inputs)),
                ("dropout", Dropout()),
                ("classifier", Linear(inputs, spec.classes)),
            ),
        )


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    entry = EntryPoint("tiny", f"{__name__}:TinyNet", "scaling_search.baselines")
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    baselines.cache_clear()
    yield
    baselines.cache_clear()


def test_it_is_found_beside_the_built_in_ones():
    assert {"efficientnet_b0", "resnet50", "tiny_net"} <= set(baselines())
    assert get_baseline("tiny_net") == TinyNet()


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_its_closed_form_equals_fvcore_and_it_computes_logits(mode):
    tiny = get_baseline("tiny_net")
    factors = itertools.product((1.0, 1.7), (0.6, 1.0, 1.5), (1.0, 1.35))
    for depth, width, resolution in factors:
        spec = realise(tiny, Scaling(depth, width, resolution))
        model = build(spec).train(mode == "train")
        images = torch.zeros(2, 1, spec.resolution_px, spec.resolution_px)
        found = complexity(tiny, spec, mode)
        assert FlopCountAnalysis(model, images).total() == 2 * found.flops
        assert ActivationCountAnalysis(model, images).total() == 2 * found.activations
        assert sum(p.numel() for p in model.parameters()) == found.params
        assert model(images).shape == (2, 10)


def test_it_has_a_family_that_doubles():
    frame = Frame.of(get_baseline("tiny_net"))
    members = family(frame, Coefficients(1.2, 1.2, 1.2), members=5)
    assert [member.name for member in members] == ["b0", "b1", "b2", "b3", "b4"]
    assert members[0].spec == TinyNet().base
    assert all(abs(member.residual) < 0.1 for member in members)


def test_a_convolution_whose_padding_would_not_fit_the_closed_form_is_refused():
    with pytest.raises(InputError) as caught:
        Conv(3, 8, kernel=4, padding="symmetric")
    assert str(caught.value) == (
        "kernel is 4: symmetric padding needs an odd kernel; use an odd one, or padding='same'"
    )
