"""The networks of a class of coefficients at φ = 2, and what a comparison leaves of it."""

import pytest

from search_spaces.coefficients import Coefficients
from search_spaces.families.identification import (
    coefficient_groups,
    grid_triples,
    identification_space,
    narrowed,
    second_target,
    spread_out,
)
from search_spaces.families.intervals import Intervals, intervals
from search_spaces.planning import make_plan
from search_spaces.specs.space import Target
from search_spaces.specs.sweep import load_sweep

SPACE = load_sweep("small-images").space
FRAME = SPACE.frame(in_channels=3, classes=10)
WINNER = Coefficients(1.0, 1.174, 1.055)
CLASS = intervals(FRAME, WINNER)


@pytest.fixture(scope="module")
def found():
    return coefficient_groups(FRAME, CLASS, SPACE.target)


def test_the_constraint_at_phi_2_is_the_square_with_the_same_relative_tolerance():
    target = second_target(Target(flops_ratio=2.0, tolerance=0.25))
    assert (target.flops_ratio, target.tolerance) == (4.0, 0.5)


def test_triples_that_are_one_network_at_phi_1_are_several_at_phi_2(found):
    triples = grid_triples(CLASS)
    assert len({FRAME.at(triple) for triple in triples}) == 1
    assert len(found) > 1
    assert sorted(t for group in found for t in group.triples) == sorted(triples)
    assert all(group.flops_ratio == pytest.approx(4, rel=0.1) for group in found)


def test_a_class_that_holds_no_scaling_at_all_leaves_that_out():
    assert grid_triples(Intervals((1.0, 1.0), (1.0, 1.0), (1.0, 1.02)))[0].gamma > 1


def test_a_follow_up_searches_among_these_networks_alone(found):
    chosen = spread_out(found, 3)
    assert len(chosen) == 3
    assert chosen[0] == found[0]
    plan = make_plan(identification_space(SPACE, chosen), in_channels=3, classes=10)
    trained = {c.spec.key for c in plan.candidates if "search" in c.roles}
    assert trained == {group.spec_key for group in chosen}
    assert {role for c in plan.candidates for role in c.roles} == {
        "search", "baseline", "published_matched",
    }  # fmt: skip


def test_what_a_comparison_rules_out_narrows_the_intervals(found):
    trained = {group.spec_key for group in found}
    whole = narrowed(found, trained, trained)
    assert whole == CLASS
    low = min(found, key=lambda group: group.representative.gamma)
    left = narrowed(found, trained, trained - {low.spec_key})
    assert left.gamma[0] > CLASS.gamma[0]
    assert left.gamma[1] == CLASS.gamma[1]
    one = narrowed(found, trained, {low.spec_key})
    assert all(one.gamma[0] <= triple.gamma <= one.gamma[1] for triple in low.triples)


def test_a_network_that_was_not_trained_goes_with_the_nearest_one(found):
    order = sorted(found, key=lambda group: group.representative.gamma)
    ends = {order[0].spec_key, order[-1].spec_key}
    left = narrowed(found, ends, {order[-1].spec_key})
    assert left.gamma[1] == CLASS.gamma[1]
    assert left.gamma[0] > CLASS.gamma[0]
    assert left.gamma[0] < order[-1].triples[0].gamma or len(found) == 2
