"""Plans that compare ways of scaling at equal measured FLOPs."""

from __future__ import annotations

import pytest

from search_spaces.coefficients import PUBLISHED, Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.planning import make_plan
from search_spaces.specs.methods import Aim, Method
from search_spaces.specs.reading import parse
from search_spaces.specs.space import SearchSpace

B0 = {"baseline": "efficientnet_b0", "rounding": {"width_divisor": 4}}
SETS = {"compound": (1.2, 1.1, 1.15), "ours": (1.4, 1.05, 1.1)}
METHODS = [
    {"name": "depth only", "shares": [1, 0, 0]},
    {"name": "width only", "shares": [0, 1, 0]},
    {"name": "fast", "shares": [0.1, 0.8, 0.1]},
    *({"name": name, "coefficients": list(values)} for name, values in SETS.items()),
]


def plan(compare, **changes):
    return make_plan(parse(SearchSpace, B0 | {"compare": compare} | changes, "space"))


def test_every_method_meets_the_same_flops_at_every_phi_also_below_the_baseline():
    found = plan({"methods": METHODS, "phis": [-1, 1, 3]})
    aims = {
        aim: candidate
        for candidate in found.candidates
        for aim in map(Aim.of_role, candidate.roles)
        if aim
    }
    assert len(aims) == 15
    assert found.candidates[0].roles == ("baseline",)
    for aim, candidate in aims.items():
        assert candidate.measured_ratio == pytest.approx(2**aim.phi, rel=0.12), aim
        assert candidate.residual == pytest.approx(candidate.measured_ratio - 2**aim.phi)
        assert not candidate.eligible
    deep, wide = aims[Aim("depth only", 3)].spec, aims[Aim("width only", -1)].spec
    base = found.frame.base
    assert (deep.widths, deep.resolution_px) == (base.widths, base.resolution_px)
    assert (wide.depths, wide.resolution_px) == (base.depths, base.resolution_px)
    compound = aims[Aim("compound", 1)]
    assert compound.spec != aims[Aim("ours", 1)].spec


def test_by_default_one_dimension_alone_and_the_published_coefficients_compete():
    found = plan({})
    names = [method.name for method in found.space.compare.methods]
    assert names == ["depth only", "width only", "resolution only", "compound"]
    assert found.space.compare.methods[-1].direction == PUBLISHED.shares()
    assert len(found.candidates) == 9


def test_a_network_that_rounding_keeps_from_its_flops_is_named():
    small = {"width": 0.35, "stem_stride": 2, "strides": (1, 2, 1, 2, 1, 1, 1)}
    found = plan({"phis": [1]}, form=small, resolution_px=32)
    assert any("compound φ=1 comes to 2.3" in one for one in found.warnings)


def test_the_protocol_does_not_depend_on_what_is_compared():
    spaces = [
        parse(SearchSpace, B0 | {"compare": {"phis": phis}}, "space").model_dump(mode="json")
        for phis in ([1], [1, 2])
    ]
    lattice = parse(SearchSpace, B0 | {"lattice": {"divisions": 2}}, "space")
    dumped = lattice.model_dump(mode="json")
    assert "compare" not in dumped
    assert set(dumped["target"]) == {"flops_ratio", "by", "tolerance"}
    assert [set(one) - {"compare"} for one in spaces] == [set(dumped)] * 2


def test_every_phi_is_told_apart_and_found_again_however_many_digits_it_has():
    phis = (1 / 3, 0.3333333, 1.0)
    found = plan({"phis": phis, "methods": METHODS[:1]})
    aims = [aim for one in found.candidates for aim in map(Aim.of_role, one.roles) if aim]
    assert sorted(aims, key=lambda aim: aim.phi) == [
        Aim("depth only", 0.3333333), Aim("depth only", 1 / 3), Aim("depth only", 1.0),
    ]  # fmt: skip


def test_a_role_names_its_method_and_phi():
    aim = Aim("depth only", -0.5)
    assert aim.role == "depth only φ=-0.5"
    assert Aim.of_role(aim.role) == aim
    assert Aim.of_role("baseline") is None
    assert Method(name="fast", shares=(0.1, 0.8, 0.1)).direction == Shares(0.1, 0.8, 0.1)


@pytest.mark.parametrize(
    ("compare", "message"),
    [
        ({"phis": [0]}, "phi is 0: it must be between 0.05 and 10"),
        ({"phis": [1, 1]}, "give each phi once"),
        ({"methods": [METHODS[0], METHODS[0]]}, "methods depth only are named twice"),
        ({"methods": [{"name": "a"}]}, "give exactly one of shares and coefficients"),
        ({"methods": [{"name": "a", "shares": [1, 1, 0]}]}, "shares sum to 2"),
        ({"methods": [{"name": "a", "coefficients": [1, 1, 1]}]}, "scale nothing"),
        (
            {"phis": [-9], "methods": [{"name": "small", "shares": [0, 0, 1]}]},
            "small φ=-9: target is",
        ),
    ],
)
def test_wrong_comparisons_are_explained(compare, message):
    with pytest.raises(InputError) as caught:
        plan(compare)
    assert message in str(caught.value)


def test_a_method_whose_nearest_network_is_the_baseline_is_that_one():
    # ResNet-50's stages step at a third and at a sixth: no depth is nearer 1.05 × than none.
    found = plan({"phis": [0.07, 1]}, baseline="resnet50", rounding=None)
    base = found.candidates[0]
    assert base.roles[:2] == ("baseline", "depth only φ=0.07")
    assert (base.spec, base.coefficients) == (found.frame.base, (Coefficients(1, 1, 1),))


def test_the_baseline_is_the_same_candidate_met_from_either_side():
    coarse = {"resolution_multiple": 32}
    found = plan({"phis": [-0.1, 1]}, target={"flops_ratio": 4}, rounding=coarse, resolution_px=197)
    base = found.candidates[0]
    assert base.roles == ("baseline", "resolution only φ=-0.1")
    assert base.coefficients == (Coefficients(1, 1, 1),)


def test_a_comparison_matches_measured_flops_only():
    with pytest.raises(InputError, match="compare matches measured FLOPs"):
        plan({}, target={"flops_ratio": 2, "by": "nominal"})
