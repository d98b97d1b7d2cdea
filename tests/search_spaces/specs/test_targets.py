"""Targets other than twice the FLOPs: smaller networks, other costs, further limits."""

from __future__ import annotations

import pytest

from search_spaces.coefficients import Shares
from search_spaces.errors import InputError
from search_spaces.families.intervals import intervals
from search_spaces.planning import make_plan
from search_spaces.planning.directions import nearest_network
from search_spaces.specs.reading import parse
from search_spaces.specs.space import SearchSpace
from search_spaces.specs.target import Target

SMALL = {"width": 0.35, "stem_stride": 2, "strides": (1, 2, 1, 2, 1, 1, 1)}


def space(**changes):
    values = {"resolution_px": 32, "form": SMALL, "rounding": {"width_divisor": 4}}
    return parse(SearchSpace, values | changes, "space")


def searched(plan):
    return [candidate for candidate in plan.candidates if "search" in candidate.roles]


@pytest.mark.parametrize("place", [{"lattice": {"divisions": 4}}, {"axes": {
    "alpha": {"max": 2, "step": 0.25}, "beta": {"max": 2, "step": 0.05},
    "gamma": {"max": 2, "step": 0.05}}}])  # fmt: skip
def test_a_target_below_1_finds_smaller_networks_at_the_inverse_of_their_coefficients(place):
    plan = make_plan(space(target={"flops_ratio": 0.5, "tolerance": 0.05}, **place))
    found = searched(plan)
    assert len(found) > 3
    for candidate in found:
        assert candidate.eligible
        assert abs(candidate.measured_ratio - 0.5) <= 0.05
        assert candidate.phi == -1
        assert candidate.nominal_ratio < 1
        for triple in candidate.coefficients:
            assert plan.frame.at(triple, -1) == candidate.spec
        ends = intervals(plan.frame, candidate.representative, phi=-1)
        assert {plan.frame.at(corner, -1) for corner in ends.corners()} == {candidate.spec}


@pytest.mark.parametrize("quantity", ["params", "activations"])
def test_another_cost_than_flops_can_be_the_target(quantity):
    plan = make_plan(
        space(target={f"{quantity}_ratio": 1.5, "tolerance": 0.1}, lattice={"divisions": 4})
    )
    base = getattr(plan.frame.base_complexity, quantity)
    assert len(searched(plan)) > 3
    for candidate in searched(plan):
        ratio = getattr(candidate.complexity, quantity) / base
        assert abs(ratio - 1.5) <= 0.1
        assert candidate.residual == pytest.approx(ratio - 1.5)
    alone = next(d for d in plan.directions if d.shares == Shares(0, 0, 1))
    # Resolution costs no parameters, so that direction never gets there.
    assert alone.reachable == (quantity != "params")


def test_a_limit_beside_the_target_leaves_networks_out():
    free = make_plan(space(target={"tolerance": 0.25}, lattice={"divisions": 4}))
    plan = make_plan(
        space(target={"tolerance": 0.25, "at_most": {"params": 1.5}}, lattice={"divisions": 4})
    )
    base = plan.frame.base_complexity.params
    expected = {c.spec for c in searched(free) if c.complexity.params <= 1.5 * base}
    assert 0 < len(expected) < len(searched(free))
    assert {candidate.spec for candidate in searched(plan)} == expected
    assert all(c.complexity.params <= 1.5 * base for c in plan.candidates if c.eligible)


def test_limits_that_nothing_keeps_are_named():
    limits = {"tolerance": 0.25, "at_most": {"activations": 0.5}}
    with pytest.raises(InputError, match=r"breaks a limit of target\.at_most: raise the limits"):
        make_plan(space(target=limits, lattice={"divisions": 4}))


def test_a_target_out_of_reach_says_what_is_reachable():
    frame = space(lattice={"divisions": 1}).frame()
    with pytest.raises(InputError) as caught:
        nearest_network(frame, Shares(0, 0, 1), Target(flops_ratio=0.01))
    assert "efficientnet_b0 at 32 px scaled along (1, 1, 10) reaches" in str(caught.value)
    assert "choose a target between them, or other coefficients" in str(caught.value)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"flops_ratio": 1}, "flops_ratio is 1: that is the baseline itself"),
        (
            {"flops_ratio": 2, "params_ratio": 2},
            "target has flops_ratio, params_ratio: a search has exactly one",
        ),
        ({"params_ratio": 2, "by": "nominal"}, "αβ²γ² is a rule for FLOPs, not for parameters"),
        ({"at_most": {"parms": 2}}, "did you mean params?"),
    ],
)
def test_wrong_targets_are_explained(target, message):
    with pytest.raises(InputError) as caught:
        space(target=target, lattice={"divisions": 1})
    assert message in str(caught.value)


def test_a_target_reads_as_a_sentence():
    assert Target().describe() == "2 ± 0.05 × the baseline's FLOPs, measured"
    found = Target(params_ratio=0.5, tolerance=0.1, at_most={"flops": 1})
    assert found.describe() == (
        "0.5 ± 0.1 × the baseline's parameters, measured, at most 1 × its FLOPs"
    )
    assert Target.model_validate(found.model_dump()) == found
