"""The network for a FLOPs budget, and the line that builds it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaling_search.networks.modules import build
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.errors import InputError
from search_spaces.families.budget import model_for_budget

B0 = Frame.of(get_baseline("efficientnet_b0"))
PETS = Frame.of(B0.baseline, classes=37)


def shapes(module):
    return {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}


def test_a_budget_at_a_fixed_resolution_scales_depth_and_width_alone():
    model = model_for_budget(PETS, PUBLISHED, 1.5e9, resolution_px=224)
    assert (model.spec.resolution_px, model.spec.classes) == (224, 37)
    assert abs(model.residual) < 0.03
    assert model.residual == model.complexity.flops / 1.5e9 - 1
    frame = Frame.of(B0.baseline, resolution_px=224, classes=37)
    assert frame.at(Coefficients(1.2, 1.1, 1.0), model.phi) == model.spec
    assert frame.realise(model.scaling) == model.spec
    assert (model.dropout, model.stochastic_depth) == (0.3, 0.2)


def test_the_printed_line_builds_exactly_that_network():
    model = model_for_budget(PETS, PUBLISHED, 1.5e9, resolution_px=224)
    assert model.python == (
        'from scaling_search import network; model = network("efficientnet_b0", depth=2.0, '
        "width=1.392, resolution_px=224, classes=37, dropout=0.3, stochastic_depth=0.2)"
    )
    names: dict[str, object] = {}
    exec(model.python, names)
    assert shapes(names["model"]) == shapes(build(model.spec))
    assert sum(p.numel() for p in names["model"].parameters()) == model.complexity.params


def test_without_a_fixed_resolution_all_three_dimensions_move():
    model = model_for_budget(B0, PUBLISHED, 1.5e9)
    assert model.spec.resolution_px > 224
    assert B0.at(PUBLISHED, model.phi) == B0.realise(model.scaling) == model.spec
    assert abs(model.residual) < 0.03


def test_a_fixed_resolution_leaves_the_share_of_resolution_unused():
    model = model_for_budget(B0, Coefficients(1.2, 1.0, 1.5), 2e9, resolution_px=160)
    assert model.spec.widths == B0.base.widths
    assert model.base_resolution_px == model.spec.resolution_px == 160


@settings(max_examples=40, deadline=None)
@given(st.floats(5e7, 5e10), st.sampled_from([None, 96, 224, 333]))
def test_any_budget_is_met_and_no_neighbour_is_nearer(budget, px):
    model = model_for_budget(B0, PUBLISHED, budget, resolution_px=px)
    assert abs(model.residual) < 0.25
    frame = B0 if px is None else Frame.of(B0.baseline, resolution_px=px)
    direction = PUBLISHED if px is None else Coefficients(1.2, 1.1, 1)
    found = model.complexity.flops / budget
    for step in (-0.3, -0.1, -0.02, 0.02, 0.1, 0.3):
        ratio = frame.complexity(frame.at(direction, model.phi + step)).flops / budget
        assert max(ratio, 1 / ratio) >= max(found, 1 / found) - 1e-12


def test_the_baselines_own_budget_gives_the_baseline():
    model = model_for_budget(B0, PUBLISHED, 401659392)
    assert (model.phi, model.residual, model.spec) == (0.0, 0.0, B0.baseline.base)
    smaller = model_for_budget(B0, PUBLISHED, 1e8)
    assert smaller.phi < 0
    assert smaller.dropout == 0.2


def test_json():
    data = json.loads(json.dumps(model_for_budget(B0, PUBLISHED, 1e9).to_dict()))
    assert data["budget_flops"] == 1e9
    assert {"phi", "depth", "width", "resolution_px", "params", "flops", "python"} <= set(data)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: model_for_budget(B0, PUBLISHED, 1000),
            "budget is 1000 FLOPs: efficientnet_b0 at 224 px scaled along (1.2, 1.1, 1.15) reaches "
            "9.049e+05 to 1.952e+19; choose a target between them, or other coefficients",
        ),
        (
            lambda: model_for_budget(PETS, PUBLISHED, 1e30, resolution_px=128),
            "budget is 1e+30 FLOPs: efficientnet_b0 at 128 px scaled along (1.2, 1.1, 1) reaches "
            "5.992e+06 to 1.616e+14; choose a target between them, or other coefficients",
        ),
        (
            lambda: model_for_budget(B0, Coefficients(1, 1, 1.2), 1e9, resolution_px=224),
            "resolution is held at 224 px and coefficients (1, 1, 1.2) scale nothing else; leave "
            "the resolution free, or raise alpha or beta above 1",
        ),
        (
            lambda: model_for_budget(B0, PUBLISHED, 1e9, resolution_px=16),
            "resolution is 16 px: efficientnet_b0 has a total stride of 32, so it needs at least "
            "32 px (4 × as many keep the search meaningful); raise resolution_px or lower "
            "form.stem_stride and form.strides",
        ),
    ],
)
def test_what_cannot_be_met_is_refused(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message
