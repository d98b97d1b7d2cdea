"""What is printed of a network, typed in again, builds that network."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search_spaces.baselines import ProxyForm, get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients, Scaling, Shares
from search_spaces.errors import InputError
from search_spaces.exports import FORMATS, Named
from search_spaces.families import family
from search_spaces.families.budget import model_for_budget
from search_spaces.human import exactly
from search_spaces.networks.rounding import Rounding, exact
from search_spaces.networks.simplest import simplest
from search_spaces.planning import make_plan
from search_spaces.planning.curve import ScalingCurve
from search_spaces.specs.space import SearchSpace

NAMES = ("efficientnet_b0", "mobilenet_v1", "mobilenet_v2", "resnet50", "resnet18")
PROXY = ProxyForm(width=0.35, stem_stride=2, strides=(1, 2, 1, 2, 1, 1, 1))
rules = st.builds(
    Rounding,
    depth=st.sampled_from(["ceil", "nearest"]),
    width_divisor=st.sampled_from([1, 4, 8, 16]),
    resolution=st.sampled_from(["nearest", "floor"]),
    resolution_multiple=st.sampled_from([1, 8, 32]),
)


@st.composite
def frames(draw):
    name = draw(st.sampled_from(NAMES))
    form = draw(st.sampled_from([ProxyForm(), PROXY])) if name == "efficientnet_b0" else ProxyForm()
    rounding = draw(st.one_of(st.none(), rules))
    px = draw(st.integers(32, 600))
    return Frame.of(get_baseline(name), form=form, resolution_px=px, rounding=rounding)


def power(value):
    """Coefficients as people type them, and as searches find them."""
    return st.one_of(
        st.integers(100, 200).map(lambda n: n / 100), st.floats(1, value), st.just(1.0)
    )


triples = st.builds(Coefficients, power(2), power(1.5), power(1.5)).filter(
    lambda c: c.nominal_flops_ratio > 1.05
)
shares = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)).filter(any)


def typed(value):
    """What somebody reads off and types again."""
    return float(exactly(value))


def check(frame, coefficients, network):
    read = Scaling(*(typed(m) for m in (network.scaling.depth, network.scaling.width,
                                        network.scaling.resolution)))  # fmt: skip
    assert frame.realise(read) == network.spec
    assert frame.at(coefficients, typed(network.phi)) == network.spec
    assert frame.simplest(read) == read


@settings(max_examples=100, deadline=None)
@given(frames(), triples)
@example(Frame.of(get_baseline("efficientnet_b0"), resolution_px=128), PUBLISHED)
@example(Frame.of(get_baseline("efficientnet_b0")), Coefficients(1.44, 1.08, 1.1))
def test_every_member_is_the_network_of_its_printed_numbers(frame, coefficients):
    for member in family(frame, coefficients, members=5):
        check(frame, coefficients, member)


@settings(max_examples=100, deadline=None)
@given(frames(), triples, st.floats(0.4, 40), st.booleans())
@example(Frame.of(get_baseline("efficientnet_b0")), PUBLISHED, 500e6 / 401659392, False)
def test_every_model_is_the_network_of_its_printed_numbers(frame, coefficients, ratio, fixed):
    px = frame.resolution_px if fixed else None
    try:
        model = model_for_budget(frame, coefficients, ratio * frame.base_flops, resolution_px=px)
    except InputError:  # it reaches no such network, or nothing is left to scale
        return
    along = Coefficients(coefficients.alpha, coefficients.beta, 1.0) if fixed else coefficients
    check(frame, along, model)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(NAMES), st.integers(64, 400), st.lists(shares, min_size=1, max_size=4),
    st.sampled_from([2.0, 1.5, 0.5]), st.sampled_from(["measured", "nominal"]),
)  # fmt: skip
@example("efficientnet_b0", 224, [(6, 3, 3)], 2.0, "measured")
def test_every_candidate_is_the_network_of_its_printed_coefficients(name, px, given_, ratio, by):
    directions = [[part / sum(one) for part in one] for one in given_]
    space = SearchSpace(
        baseline=name, resolution_px=px, lattice={"directions": directions},
        target={"flops_ratio": ratio, "by": by, "tolerance": 0.2 * ratio},
    )  # fmt: skip
    frame = space.frame()
    try:
        found = make_plan(space)
    except InputError:  # no network of these directions is near enough
        return
    for candidate in found.candidates:
        for triple in candidate.coefficients:
            read = Coefficients(*(typed(v) for v in (triple.alpha, triple.beta, triple.gamma)))
            assert frame.at(read, candidate.phi) == candidate.spec


@given(
    st.integers(1, 12), st.integers(1, 12), st.integers(1, 40),
    st.sampled_from(["ceil", "nearest"]),
    st.one_of(st.floats(-1e-6, 1e-6), st.floats(-1e-10, 1e-10), st.integers(-4, 4)),
)  # fmt: skip
def test_stages_whose_steps_lie_at_one_multiplier_step_together(count, times, whole, rule, away):
    rounding = Rounding(depth=rule)
    step = Fraction(whole, count) if rule == "ceil" else Fraction(2 * whole - 1, 2 * count)
    near = float(step)
    multiplier = near + away * math.ulp(near) if isinstance(away, int) else near + away
    if multiplier <= 0 or (rule == "nearest" and times % 2 == 0):
        return
    few = rounding.repeats(count, multiplier) * times
    many = rounding.repeats(count * times, multiplier)
    # The stage with `times` as many blocks has steps between, but crosses this one together.
    edge = whole * times if rule == "ceil" else (2 * whole - 1) * times // 2
    assert (few > edge) == (many > edge)


@given(st.integers(1, 400), st.integers(1, 12), st.integers(1, 60), st.integers(-4, 4))
def test_widths_whose_steps_lie_at_one_multiplier_step_together(width, times, whole, ulps):
    rounding = Rounding(width_divisor=1)
    near = float(Fraction(2 * whole - 1, 2 * width))
    multiplier = near + ulps * math.ulp(near)
    odd = 2 * times - 1  # so that a half of the one is a half of the other
    stepped = rounding.channels(width, multiplier) >= whole
    assert stepped == (rounding.channels(width * odd, multiplier) > (2 * whole - 1) * odd // 2)


@given(
    st.one_of(
        st.floats(1e-9, 1e6),
        st.builds(
            lambda p, q, ulps: p / q + ulps * math.ulp(p / q),
            st.integers(1, 10**7), st.integers(1, 10**7), st.integers(-4, 4),
        ),
        st.integers(1, 1000),
    )
)  # fmt: skip
def test_the_fraction_is_the_nearest_one_with_a_small_denominator(multiplier):
    nearest = Fraction(multiplier).limit_denominator(10**7)
    assert exact(multiplier) == (nearest.numerator, nearest.denominator)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_a_multiplier_is_the_fraction_that_it_is_meant_to_be(count):
    ceil = Rounding()
    assert ceil.repeats(count, 1 + 1e-9) == count
    assert ceil.repeats(count, 1.1**2 / 1.21) == count
    assert ceil.repeats(3 * count, 2 / 3) == 2 * count
    assert ceil.repeats(3 * count, 0.6667) == 2 * count + 1
    assert ceil.repeats(count, 1.000001) == count + 1


@given(st.floats(0.5, 100), st.floats(1e-6, 0.3), st.floats(1e-6, 0.3))
def test_the_simplest_number_is_inside_and_none_inside_is_shorter(value, below, above):
    low, high = value - below, value + above
    found = simplest(value, lambda number: low <= number <= high)
    assert low <= found <= high
    for fewer in range(len(exactly(found).partition(".")[2])):
        unit = 10**fewer
        assert math.floor(Fraction(high) * unit) < math.ceil(Fraction(low) * unit)


def test_the_simplest_number_is_the_nearest_of_its_length():
    assert simplest(1.62, lambda number: 1.5 < number < 1.99) == 1.6
    assert simplest(1.0003, lambda number: 1 < number <= 1.25) == 1.1
    assert simplest(1.0003, lambda number: 1 < number <= 1.25, decimals=3) == 1.001
    assert simplest(7.4, lambda number: number < 7.5) == 7


@pytest.mark.parametrize("px", [64, 96, 128, 160, 192, 224, 288, 380])
def test_every_member_can_be_written_for_libraries_that_take_multipliers(px):
    even = Rounding(resolution_multiple=2)  # what transformers needs
    frame = Frame.of(get_baseline("efficientnet_b0"), resolution_px=px, rounding=even)
    for member in family(frame, PUBLISHED):
        for name in ("keras", "efficientnet_pytorch", "transformers"):
            FORMATS[name].one(Named(member.name, member))


def test_a_budget_between_two_steps_is_not_met_by_a_network_of_no_multiplier():
    frame = Frame.of(get_baseline("efficientnet_b0"))
    model = model_for_budget(frame, PUBLISHED, 500e6)
    assert model.spec.depths in ((1, 2, 2, 3, 3, 4, 1), (2, 3, 3, 4, 4, 5, 2))
    path = ScalingCurve(frame, PUBLISHED)
    assert path.spec(typed(model.phi)) == model.spec


def test_published_shares_are_those_of_their_direction():
    # Coefficients keep three decimals, so that a candidate stays where its direction is.
    space = SearchSpace(lattice={"divisions": 4}, target={"tolerance": 0.2})
    for candidate in make_plan(space).candidates:
        if candidate.roles == ("search",):
            away = [
                min(abs(share * 4 - round(share * 4)) for share in (s.depth, s.width, s.resolution))
                for s in [candidate.shares or Shares(1, 0, 0)]
            ]
            assert max(away) < 0.02
