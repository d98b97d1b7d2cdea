import dataclasses
import itertools
import tracemalloc

import pytest

from search_spaces.coefficients import PUBLISHED, Coefficients, Shares
from search_spaces.errors import InputError
from search_spaces.planning import make_plan
from search_spaces.planning.directions import nearest_network
from search_spaces.specs.space import Axis, SearchSpace, Target

SMALL = {"width": 0.35, "stem_stride": 2, "strides": (1, 2, 1, 2, 1, 1, 1)}


def space(**changes):
    values = {"resolution_px": 32, "form": SMALL, "target": {"tolerance": 0.1}}
    return SearchSpace.model_validate(values | changes)


def grid(low, high, step):
    axis = {"min": low, "max": high, "step": step}
    return {"alpha": axis, "beta": axis, "gamma": axis}


def brute_force(space, by):
    """Every point on its own: the specs within the constraint, with the triples of each."""
    frame, target, found = space.frame(), space.target, {}
    axes = (space.axes.alpha, space.axes.beta, space.axes.gamma)
    for triple in itertools.product(*(axis.values() for axis in axes)):
        coefficients = Coefficients(*triple)
        spec = frame.at(coefficients)
        measured = frame.complexity(spec).flops / frame.base_flops
        ratio = measured if by == "measured" else coefficients.nominal_flops_ratio
        if abs(ratio - target.ratio) <= target.tolerance + 1e-9:
            found.setdefault(spec, set()).add(coefficients)
    return found


@pytest.mark.parametrize("by", ["measured", "nominal"])
@pytest.mark.parametrize("baseline", ["efficientnet_b0", "mobilenet_v2"])
def test_a_grid_gives_exactly_the_networks_and_triples_of_a_point_by_point_search(by, baseline):
    searched = space(
        baseline=baseline, axes=grid(1, 1.6, 0.1), target={"tolerance": 0.12, "by": by}
    )
    expected = brute_force(searched, by)
    plan = make_plan(searched)
    planned = {c.spec: set(c.coefficients) for c in plan.candidates if "search" in c.roles}
    assert planned.keys() == expected.keys()
    for spec, triples in expected.items():
        assert triples <= planned[spec]  # a reference may add its own triple
    assert plan.points == 343
    assert plan.points_within == sum(len(triples) for triples in expected.values())
    assert plan.networks == len(expected)


def test_the_grid_of_b0_collapses_as_published_figures_say():
    # 0.01 steps to 2.0, |αβ²γ² − 2| ≤ .05: some 5,160 points are 487 networks at 32 px
    # and 1,158 at 224 px.
    for resolution, networks in ((32, 487), (224, 1158)):
        searched = SearchSpace.model_validate(
            {
                "resolution_px": resolution,
                "axes": grid(1, 2, 0.01),
                "target": {"by": "nominal", "tolerance": 0.05},
            }
        )
        plan = make_plan(searched)
        assert (plan.points, plan.points_within, plan.networks) == (101**3, 5161, networks)


def test_memory_of_a_million_points_does_not_grow_with_the_cube():
    def peak(step):
        tracemalloc.start()
        make_plan(
            SearchSpace.model_validate(
                {"axes": grid(1, 2, step), "target": {"by": "nominal", "tolerance": 1e-4}}
            )
        )
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(0.1)  # caches that are filled once
    # Eight times the points of each axis would be 512 times the memory of a cube.
    assert peak(0.0025) < 100 * max(peak(0.02), 2**20)


def test_every_candidate_lists_triples_that_realise_it_and_the_rule_picks_its_representative():
    plan = make_plan(space(axes=grid(1, 2, 0.05)))
    assert len(plan.candidates) > 5
    for candidate in plan.candidates:
        assert all(plan.frame.at(c) == candidate.spec for c in candidate.coefficients)
        assert candidate.representative in candidate.coefficients
        if "baseline" not in candidate.roles:
            distance = abs(candidate.representative.nominal_flops_ratio - 2)
            assert all(distance <= abs(c.nominal_flops_ratio - 2) for c in candidate.coefficients)
    specs = [candidate.spec for candidate in plan.candidates]
    assert len(set(specs)) == len(specs)
    assert [candidate.index for candidate in plan.candidates] == list(range(len(specs)))


def test_references_always_join_and_only_the_constraint_makes_eligible():
    plan = make_plan(space(lattice={"divisions": 2}))
    roles = {role: candidate for candidate in plan.candidates for role in candidate.roles}
    assert roles["baseline"].spec == plan.frame.base
    assert not roles["baseline"].eligible
    assert roles["published"].spec == plan.frame.at(PUBLISHED)
    matched = roles["published_matched"]
    assert abs(matched.measured_ratio - 2) <= abs(roles["published"].measured_ratio - 2)
    for candidate in plan.candidates:
        if "baseline" not in candidate.roles:
            assert candidate.eligible == (abs(candidate.measured_ratio - 2) <= 0.1)


def test_a_direction_ends_at_the_network_nearest_the_target():
    frame = SearchSpace.model_validate({"lattice": {"divisions": 1}}).frame()
    target = Target(tolerance=0.05)
    for shares in (Shares(0.1, 0.8, 0.1), Shares(0, 0, 1), Shares(1, 0, 0), PUBLISHED.shares()):
        found = nearest_network(frame, shares, target)
        ratios = set()
        for step in range(2001):
            at = frame.at(shares.coefficients(2 ** (step / 1000)))
            ratios.add(frame.complexity(at).flops / frame.base_flops)
        best = min(ratios, key=lambda ratio: max(ratio / 2, 2 / ratio))
        assert found.flops_ratio == pytest.approx(best, rel=1e-12)
        assert frame.at(found.coefficients) == found.spec
        assert found.reachable == (abs(found.flops_ratio - 2) <= 0.05)


def test_directions_that_reach_nothing_are_reported_and_not_trained():
    plan = make_plan(space(lattice={"divisions": 4}))
    missed = [direction for direction in plan.directions if not direction.reachable]
    assert missed
    assert plan.points == 15
    assert plan.points_within == 15 - len(missed)
    trained = {candidate.spec for candidate in plan.candidates if "search" in candidate.roles}
    assert trained.isdisjoint(direction.spec for direction in missed)


def test_nominal_directions_have_the_nominal_ratio():
    plan = make_plan(space(lattice={"divisions": 3}, target={"by": "nominal"}))
    searched = [c for c in plan.candidates if c.roles == ("search",)]
    assert len(plan.directions) == 10
    assert all(c.nominal_ratio == pytest.approx(2) for c in searched)


def test_a_collapsed_surface_is_warned_of_with_what_to_change():
    plan = make_plan(SearchSpace.model_validate({"resolution_px": 32, "lattice": {"divisions": 4}}))
    strides, coarse = plan.warnings
    assert strides == (
        "base resolution 32 px is below 4 × the total stride of 32: the last feature map is 1 px "
        "wide, so that depth and resolution act in jumps; raise resolution_px, or lower "
        "form.stem_stride and form.strides"
    )
    assert "directions of the triangle reach no network within 2 ± 0.05" in coarse
    assert "widen target.tolerance, lower rounding.width_divisor, or raise resolution_px" in coarse


def test_an_empty_plan_says_what_is_reachable():
    nowhere = SearchSpace.model_validate(
        {"resolution_px": 32, "axes": grid(1, 1, 1), "target": {"tolerance": 0.01}}
    )
    with pytest.raises(InputError) as caught:
        make_plan(nowhere)
    text = str(caught.value)
    assert text.startswith("no network of this space has a measured FLOPs ratio within 2 ± 0.01;")
    assert "set target.tolerance to at least" in text


def test_a_plan_too_large_to_train_is_refused():
    everything = SearchSpace.model_validate(
        {"axes": grid(1, 2, 0.01), "target": {"by": "nominal", "tolerance": 1}}
    )
    with pytest.raises(InputError, match=r"distinct networks: at most 5,000 can be trained"):
        make_plan(everything)


def test_channels_and_classes_of_the_data_reach_every_candidate():
    plan = make_plan(space(lattice={"divisions": 2}), in_channels=1, classes=10)
    assert {(c.spec.in_channels, c.spec.classes) for c in plan.candidates} == {(1, 10)}


def test_a_plan_is_plain_json_with_the_documented_keys():
    import json

    plan = make_plan(space(lattice={"divisions": 2}))
    values = json.loads(json.dumps(plan.to_dict()))
    assert {"points", "points_within", "networks", "candidates", "directions"} <= values.keys()
    first = values["candidates"][0]
    keys = {"coefficients", "representative", "flops", "params", "activations"}
    assert keys | {"nominal_ratio", "measured_ratio"} <= first.keys()
    assert first["coefficients"] == [[1.0, 1.0, 1.0]]


def test_an_axis_is_inclusive_and_free_of_binary_dust():
    assert Axis(min=1, max=1.3, step=0.1).values() == [1.0, 1.1, 1.2, 1.3]
    assert Axis(min=1, max=1.25, step=0.1).values() == [1.0, 1.1, 1.2]


def test_planning_is_deterministic():
    one, two = (make_plan(space(axes=grid(1, 1.8, 0.05))) for _ in range(2))
    assert [dataclasses.replace(c) for c in one.candidates] == list(two.candidates)


def test_a_grid_that_holds_no_scaling_at_all_has_the_baseline_as_what_cannot_win():
    axis = {"min": 1, "max": 1.2, "step": 0.1}
    space = SearchSpace(
        baseline="resnet50", references=(), target={"flops_ratio": 1.1, "tolerance": 0.2},
        axes={"alpha": axis, "beta": axis, "gamma": axis},
    )  # fmt: skip
    found = make_plan(space).candidates
    first = found[0]
    assert first.coefficients == (Coefficients(1, 1, 1),)
    assert (first.eligible, first.shares) == (False, None)
    assert all(one.eligible and one.shares for one in found[1:])
