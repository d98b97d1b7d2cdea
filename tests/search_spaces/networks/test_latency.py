"""Constraints on latency: planned with whatever runs networks, here a clock that is made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search_spaces.baselines import complexity, get_baseline
from search_spaces.coefficients import Shares
from search_spaces.errors import InputError
from search_spaces.networks.latency import TIMER, RelativeLatency
from search_spaces.planning import make_plan
from search_spaces.planning.directions import nearest_network
from search_spaces.specs.reading import parse
from search_spaces.specs.space import SearchSpace
from search_spaces.specs.target import Target

SMALL = {"width": 0.35, "stem_stride": 2, "strides": (1, 2, 1, 2, 1, 1, 1)}
AXES = {name: {"max": 2, "step": 0.02} for name in ("alpha", "beta", "gamma")}


def space(**changes):
    values = {"resolution_px": 32, "form": SMALL, "rounding": {"width_divisor": 4}}
    return parse(SearchSpace, values | {"lattice": {"divisions": 2}} | changes, "space")


def milliseconds(spec):
    """A machine on which blocks cost, and multiply-adds hardly do."""
    return 0.1 * sum(spec.depths) + complexity(get_baseline(spec.baseline), spec).flops / 40e6


@pytest.fixture
def clock():
    """Every network that was run, in order."""
    run = []

    def timer(base, spec, timing):
        run.append(spec)
        ours, others = milliseconds(spec), milliseconds(base)
        return RelativeLatency(
            ratio=ours / others, p50_ms=ours, base_p50_ms=others, noise=0.001, runs=timing.runs,
            machine="made up", threads=timing.threads, batch=timing.batch, backend=timing.backend,
        )  # fmt: skip

    token = TIMER.set(timer)
    yield run
    TIMER.reset(token)


def test_a_latency_is_aimed_at_along_every_direction(clock):
    plan = make_plan(space(target={"latency_ratio": 1.5, "tolerance": 0.1}))
    able = [candidate for candidate in plan.candidates if candidate.eligible]
    assert len(able) >= 5
    for candidate in plan.candidates:
        assert candidate.latency.ratio == pytest.approx(
            milliseconds(candidate.spec) / milliseconds(plan.frame.base)
        )
    for candidate in able:
        assert abs(candidate.latency.ratio - 1.5) <= 0.1
        assert candidate.residual == pytest.approx(candidate.latency.ratio - 1.5)
        assert candidate.to_dict()["latency"]["machine"] == "made up"
    # Depth costs most here, so that more FLOPs are bought without it.
    by_depth = {candidate.shares.depth: candidate.measured_ratio for candidate in able}
    assert by_depth[1] < by_depth[0]


def test_only_networks_within_the_other_constraints_are_run_for_a_limit(clock):
    free = make_plan(space(target={"tolerance": 0.25}))
    assert clock == []
    limits = {"tolerance": 0.25, "at_most": {"latency": 1.5}}
    plan = make_plan(space(target=limits))
    expected = {
        c.spec
        for c in free.candidates
        if c.eligible and milliseconds(c.spec) <= 1.5 * milliseconds(plan.frame.base)
    }
    assert 0 < len(expected) < sum(c.eligible for c in free.candidates)
    assert {c.spec for c in plan.candidates if c.eligible} == expected
    assert len(set(clock)) < 20


def test_a_grid_may_be_searched_too_unless_it_is_large(clock):
    axes = {name: {"max": 1.6, "step": 0.2} for name in ("alpha", "beta", "gamma")}
    target = {"latency_ratio": 1.5, "tolerance": 0.2}
    plan = make_plan(space(target=target, lattice=None, axes=axes))
    assert plan.networks > 1
    assert all(abs(c.latency.ratio - 1.5) <= 0.2 for c in plan.candidates if c.eligible)
    with pytest.raises(InputError, match="distinct networks whose latency would be measured: at"):
        make_plan(space(target=target, lattice=None, axes=AXES))


def test_what_is_out_of_reach_says_what_is_reachable(clock):
    asked = space(target={"latency_ratio": 0.1})
    with pytest.raises(InputError, match=r"reaches no less than 0\.\d+; choose another target"):
        nearest_network(asked.frame(), Shares(1, 0, 0), asked.target)
    with pytest.raises(InputError, match=r"breaks a limit of target\.at_most"):
        make_plan(space(target={"at_most": {"latency": 0.5}, "tolerance": 1}))


def test_a_latency_that_nothing_comes_near_says_which_is_nearest(clock):
    with pytest.raises(InputError, match=r"measured latency ratio within 0\.1 ± 0\.05.*nearest"):
        make_plan(space(target={"latency_ratio": 0.1}))


def test_noise_beyond_the_tolerance_is_warned_of(clock):
    exact = TIMER.get()

    def noisy(base, spec, timing):
        return replace(exact(base, spec, timing), noise=0.08)

    token = TIMER.set(noisy)
    plan = make_plan(space(target={"latency_ratio": 1.5, "tolerance": 0.15}))
    TIMER.reset(token)
    assert any("latencies are known to 8.0% only" in warning for warning in plan.warnings)


def test_nothing_is_planned_where_nothing_runs_networks():
    token = TIMER.set(None)
    with pytest.raises(InputError, match="plan and run it by the command line"):
        make_plan(space(target={"latency_ratio": 1.5}))
    TIMER.reset(token)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"latency_ratio": 2, "flops_ratio": 2}, "a search has exactly one of flops_ratio"),
        (
            {"timing": {"threads": 2}},
            "timing is given, but latency is neither the target nor limited",
        ),
        ({"latency_ratio": 2, "by": "nominal"}, "a rule for FLOPs, not for latency"),
        ({"latency_ratio": 50}, "less than or equal to 20"),
        ({"latency_ratio": 2, "timing": {"backend": "tensorrt"}}, "onnxruntime-int8"),
    ],
)
def test_targets_that_contradict_themselves_are_refused(target, message):
    with pytest.raises(InputError) as caught:
        parse(Target, target, "target")
    assert message in str(caught.value)


def test_a_comparison_takes_no_limit_on_latency():
    with pytest.raises(InputError, match=r"remove at_most\.latency"):
        space(lattice=None, compare={}, target={"at_most": {"latency": 2}})


def test_the_machine_is_part_of_the_constraint_and_old_targets_keep_their_identity():
    target = Target(latency_ratio=1.5, timing={"threads": 2})
    assert target.on("here").timing.machine == "here"
    assert target.on("here").on("there").timing.machine == "here"
    assert Target().on("here") == Target()
    assert Target().model_dump() == {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.05}
    assert "latency by torch, 2 threads, 1 image per run" in target.describe()
