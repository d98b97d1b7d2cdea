"""Families: members double, residuals are honest, the official table is the official table."""

from __future__ import annotations

import dataclasses
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaling_search.networks.modules import build, network
from search_spaces.baselines import ProxyForm, get_baseline, realise
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.families import family, family_member
from search_spaces.networks.rounding import Rounding

B0 = Frame.of(get_baseline("efficientnet_b0"))
V2 = Frame.of(get_baseline("mobilenet_v2"))
value = st.sampled_from([1.0, 1.05, 1.1, 1.2, 1.4, 2.0])


def built(line):
    """The module that a line of Python leaves in `model`."""
    names: dict[str, object] = {}
    exec(line, names)
    return names["model"]


def sizes(module):
    return {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}


def test_fitted_members_double():
    members = family(B0, PUBLISHED)
    assert [member.name for member in members] == [f"b{k}" for k in range(8)]
    assert members[0].spec == B0.baseline.base
    assert (members[0].phi, members[0].residual) == (0.0, 0.0)
    for k, member in enumerate(members):
        assert member.residual == member.complexity.flops / (2**k * 401659392) - 1
        assert abs(member.residual) < 0.02
        assert realise(B0.baseline, PUBLISHED**member.phi) == member.spec
        assert realise(B0.baseline, member.scaling) == member.spec
    assert all(one.phi < other.phi for one, other in itertools.pairwise(members))


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([B0, V2, dataclasses.replace(B0, resolution_px=40)]),
    st.builds(Coefficients, value, value, value).filter(lambda c: c.nominal_flops_ratio > 1),
    st.integers(1, 4),
)
def test_no_phi_comes_nearer_than_the_fitted_one(frame, coefficients, k):
    member = family_member(frame, coefficients, k)
    distance = abs(member.residual + 1 - 1 / (member.residual + 1))
    target = 2**k * frame.base_flops
    for step in range(100):
        spec = frame.at(coefficients, member.phi * (0.5 + step / 100))
        ratio = frame.complexity(spec).flops / target
        assert abs(ratio - 1 / ratio) >= distance - 1e-12


def test_a_direction_and_not_its_length_decides_a_fitted_family():
    long = Shares(0.3, 0.4, 0.3).coefficients(8)
    short = Shares(0.3, 0.4, 0.3).coefficients(1.1)
    assert [m.spec for m in family(B0, long)] == [m.spec for m in family(B0, short)]


def test_integer_members_show_their_drift():
    members = family(B0, PUBLISHED, convention="integer")
    assert [member.phi for member in members] == list(range(8))
    assert [round(member.residual, 3) for member in members] == [
        0.0, 0.277, 0.162, 0.041, 0.008, -0.096, -0.202, -0.214,
    ]  # fmt: skip
    # ceil adds a block to every stage at once: coefficients that double measured FLOPs drift far.
    assert family_member(B0, Coefficients(1.05, 1.05, 1.05), 7, "integer").flops_ratio < 41


def test_published_members_are_the_official_table():
    members = family(B0, PUBLISHED, convention="published")
    assert [m.complexity.params for m in members] == [
        5288548, 7794184, 9109994, 12233232, 19341616, 30389784, 43040704, 66347960,
    ]  # fmt: skip
    assert [m.spec.resolution_px for m in members] == [224, 240, 260, 300, 380, 456, 528, 600]
    assert [m.dropout for m in members] == [0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5]
    assert {(m.phi, m.stochastic_depth, m.note) for m in members} == {(None, 0.2, "")}
    assert members[2].residual == pytest.approx(1026579120 / (4 * 401659392) - 1)


def test_published_members_at_another_base_say_that_they_are_scaled():
    frame = Frame.of(B0.baseline, resolution_px=64, classes=10, form=ProxyForm(width=0.5))
    members = family(frame, PUBLISHED, convention="published")
    assert [m.spec.resolution_px for m in members] == [64, 69, 74, 86, 109, 130, 151, 171]
    assert members[1].note == (
        "the official resolutions are defined for a base of 224 px; here they are multiplied by "
        "64/224 and rounded; the official multipliers are applied to another form or rounding"
    )


def test_a_family_takes_any_resolution_classes_channels_and_rounding():
    rounding = Rounding(depth="nearest", width_divisor=16, resolution_multiple=32)
    frame = Frame.of(B0.baseline, resolution_px=160, classes=37, in_channels=1, rounding=rounding)
    for member in family(frame, PUBLISHED, members=3):
        assert (member.spec.classes, member.spec.in_channels) == (37, 1)
        assert member.spec.resolution_px % 32 == 0
        assert member.base_resolution_px == 160
        assert abs(member.residual) < 0.25
    assert len(family(frame, PUBLISHED, members=3)) == 3


def test_smaller_than_the_baseline_works_too():
    half = family_member(B0, PUBLISHED, -1)
    assert half.name == "b-1"
    assert half.phi < 0
    assert abs(half.residual) < 0.05


def test_json_has_the_documented_keys():
    data = json.loads(json.dumps(family(B0, PUBLISHED)[3].to_dict()))
    assert list(data) == [
        "name", "k", "phi", "depth", "width", "resolution", "resolution_px", "flops", "params",
        "activations", "complexity_source", "target_flops", "flops_ratio", "residual", "dropout",
        "stochastic_depth", "base_resolution_px", "inherited", "note", "python", "spec",
    ]  # fmt: skip
    assert data["inherited"] == ["dropout", "stochastic_depth", "base_resolution_px"]
    assert (data["dropout"], data["stochastic_depth"]) == (0.3, 0.2)
    assert data["spec"]["resolution_px"] == data["resolution_px"]


@pytest.mark.parametrize("convention", ["fitted", "published"])
def test_the_printed_line_builds_the_member(convention):
    member = family_member(B0, PUBLISHED, 1, convention)
    model = built(member.python)
    assert sizes(model) == sizes(build(member.spec))
    assert model.head.dropout.p == member.dropout
    assert sum(p.numel() for p in model.parameters()) == member.complexity.params


def test_the_printed_line_names_a_form_and_rounding_that_are_not_the_baselines_own():
    form = ProxyForm(width=0.35, strides=(1, 2, 1, 2, 1, 1, 1))
    frame = Frame.of(
        B0.baseline, resolution_px=32, in_channels=1, classes=10, form=form,
        rounding=Rounding(width_divisor=4),
    )  # fmt: skip
    member = family_member(frame, PUBLISHED, 0)
    assert member.python == (
        "from scaling_search import network; from search_spaces.networks.rounding import Rounding; "
        'from search_spaces.baselines import ProxyForm; model = network("efficientnet_b0", '
        "resolution_px=32, classes=10, in_channels=1, rounding=Rounding(width_divisor=4), "
        "form=ProxyForm(width=0.35, strides=(1, 2, 1, 2, 1, 1, 1)), dropout=0.2, "
        "stochastic_depth=0.2)"
    )
    assert sizes(built(member.python)) == sizes(build(member.spec))
    assert sizes(built(member.python)) != sizes(
        network("efficientnet_b0", in_channels=1, classes=10)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: family(B0, PUBLISHED, members=0),
            "members is 0: a family has 1 to 16 members; 8 makes b0…b7",
        ),
        (
            lambda: family(B0, PUBLISHED, convention="fited"),
            "convention 'fited' is unknown: did you mean fitted?",
        ),
        (
            lambda: family(B0, Coefficients(1, 1, 1)),
            "coefficients (1, 1, 1) scale nothing, so no network lies along them; raise at least "
            "one of alpha, beta, gamma above 1",
        ),
        (
            lambda: family(V2, PUBLISHED, convention="published"),
            "baseline mobilenet_v2 has no published family, only efficientnet_b0 has; use the "
            "convention fitted or integer",
        ),
        (
            lambda: family(B0, PUBLISHED, members=9, convention="published"),
            "b8 is not in the published family: it ends at b7; ask for fewer members, or use the "
            "convention fitted or integer",
        ),
        (
            lambda: family(B0, Coefficients(2, 1, 1), members=12),
            "b10, 2^10 × the baseline, is 4.113e+11 FLOPs: efficientnet_b0 at 224 px scaled along "
            "(2, 1, 1) reaches 1.823e+08 to 4.096e+11; choose a target between them, or other "
            "coefficients",
        ),
    ],
)
def test_bad_input_is_named_with_its_rule(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message
