"""Realising a baseline, and finding one by name."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from search_spaces import baselines as registry
from search_spaces.baselines import ProxyForm, baselines, get_baseline, realise
from search_spaces.coefficients import PUBLISHED, UNSCALED, Scaling
from search_spaces.errors import InputError
from search_spaces.networks.rounding import Rounding

B0 = get_baseline("efficientnet_b0")
V2 = get_baseline("mobilenet_v2")


@pytest.fixture
def installed(monkeypatch):
    """Pretend that these entry points are installed."""

    def install(*values):
        entries = [
            EntryPoint(str(i), value, "scaling_search.baselines") for i, value in enumerate(values)
        ]
        monkeypatch.setattr(registry, "entry_points", lambda group: entries)
        baselines.cache_clear()

    yield install
    baselines.cache_clear()


@pytest.mark.parametrize("baseline", baselines().values(), ids=lambda b: b.name)
def test_an_unscaled_baseline_is_itself(baseline):
    assert realise(baseline) == baseline.base
    assert realise(baseline, UNSCALED, form=ProxyForm()) == baseline.base


def test_each_multiplier_moves_its_own_dimension_alone():
    base = B0.base
    deep = realise(B0, Scaling(2, 1, 1))
    wide = realise(B0, Scaling(1, 2, 1))
    large = realise(B0, Scaling(1, 1, 2))
    assert deep.depths == tuple(2 * depth for depth in base.depths)
    assert (deep.widths, deep.resolution_px) == (base.widths, base.resolution_px)
    assert wide.widths == tuple(2 * width for width in base.widths)
    assert (wide.depths, wide.resolution_px) == (base.depths, base.resolution_px)
    assert large.resolution_px == 448
    assert (large.depths, large.widths) == (base.depths, base.widths)


def test_the_published_coefficients_at_phi_1_are_the_second_member_at_258_px():
    spec = realise(B0, PUBLISHED**1)
    assert spec.resolution_px == 258
    assert spec.depths == realise(B0, Scaling(1.2, 1.1, 260 / 224)).depths
    assert spec.widths == realise(B0, Scaling(1.2, 1.1, 260 / 224)).widths


def test_classes_channels_resolution_and_rounding_are_settable():
    spec = realise(
        B0, Scaling(1.1, 1.1, 1.1), rounding=Rounding(depth="nearest", width_divisor=16,
        resolution_multiple=32), resolution_px=100, in_channels=1, classes=37,
    )  # fmt: skip
    assert (spec.classes, spec.in_channels, spec.resolution_px) == (37, 1, 96)
    assert spec.depths == (*B0.base.depths[:5], 4, 1)
    assert all(width % 16 == 0 for width in spec.widths)


def test_a_proxy_form_narrows_and_keeps_the_map_large():
    form = ProxyForm(width=0.35, stem_stride=2, strides=(1, 2, 1, 2, 1, 1, 1))
    spec = realise(B0, form=form, resolution_px=32)
    assert spec.last_map_px == 4
    assert realise(B0, resolution_px=32).last_map_px == 1
    assert spec.widths == tuple(B0.rounding.channels(width, 0.35) for width in B0.base.widths)


def test_mobilenet_v2_keeps_its_head_wide_in_full_size_networks_alone():
    assert realise(V2, Scaling(1, 0.5, 1)).head_width == 1280
    assert realise(V2, Scaling(1, 2, 1)).head_width == 2560
    assert realise(V2, form=ProxyForm(width=0.5)).head_width == 640


def test_inherited_dropout_is_the_published_one():
    assert [B0.dropout(k) for k in range(8)] == [0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5]
    assert B0.dropout(-1) == 0.2
    assert V2.dropout(5) == 0.2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"resolution_px": 31},
            "resolution is 31 px: efficientnet_b0 has a total stride of 32, so it needs at least "
            "32 px (4 × as many keep the search meaningful); raise resolution_px or lower "
            "form.stem_stride and form.strides",
        ),
        ({"resolution_px": 0}, "resolution_px is 0: a network needs at least 1"),
        ({"classes": 0}, "classes is 0: a network needs at least 1"),
        ({"in_channels": 0}, "in_channels is 0: a network needs at least 1"),
        (
            {"form": ProxyForm(strides=(1, 2))},
            "form.strides is [1, 2]: efficientnet_b0 has 7 stages, so it needs 7 strides",
        ),
        (
            {"form": ProxyForm(strides=(1, 2, 2, 2, 1, 2, 3))},
            "form.strides is [1, 2, 2, 2, 1, 2, 3]: a stride must be 1, 2 or 4",
        ),
    ],
)
def test_what_cannot_be_realised_is_refused(options, message):
    with pytest.raises(InputError) as caught:
        realise(B0, **options)
    assert str(caught.value) == message


def test_an_unknown_baseline_suggests_the_near_one():
    with pytest.raises(InputError) as caught:
        get_baseline("efficientnet-b0")
    assert str(caught.value) == (
        "baseline 'efficientnet-b0' is unknown: did you mean efficientnet_b0?; "
        "`scaling-search baselines` lists them"
    )
    with pytest.raises(InputError, match="known: efficientnet_b0, mobilenet_v1"):
        get_baseline("xyz")


class NotABaseline:
    """Lacks everything."""


class Misnamed(type(B0)):
    name = "mine"

    def __init__(self) -> None:
        super().__init__(B0.base, B0.block, B0.convolution)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            f"{__name__}:B0",
            f"baseline {__name__}:B0 is named efficientnet_b0, which is taken; rename it",
        ),
        (
            f"{__name__}:NotABaseline",
            f"baseline {__name__}:NotABaseline is a NotABaseline without name, base, "
            "layers(spec) or module(spec); see docs/baselines.md, 'Your own baseline'",
        ),
        (
            f"{__name__}:Misnamed",
            f"baseline {__name__}:Misnamed is named mine, its base spec efficientnet_b0: both must "
            "be the same, because a spec finds its builder by that name",
        ),
        (
            "nowhere_to_be_found:Net",
            "baseline nowhere_to_be_found:Net cannot be loaded (No module named "
            "'nowhere_to_be_found'): repair or uninstall the package that names it under "
            "scaling_search.baselines",
        ),
    ],
)
def test_a_plug_in_that_is_no_baseline_is_refused(installed, value, message):
    installed(value)
    with pytest.raises(InputError) as caught:
        baselines()
    assert str(caught.value) == message
