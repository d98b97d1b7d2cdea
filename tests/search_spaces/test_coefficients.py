"""The maths of compound scaling: identities, round trips, and what is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_spaces.coefficients import PUBLISHED, UNSCALED, Coefficients, Scaling, Shares
from search_spaces.errors import InputError

values = st.floats(1, 16)
coefficients = st.builds(Coefficients, values, values, values)
shares = st.tuples(*[st.floats(0, 1)] * 3).filter(lambda t: sum(t) > 0.01).map(
    lambda t: Shares(*(part / sum(t) for part in t))
)  # fmt: skip


def test_published_coefficients_nearly_double_nominal_flops():
    assert pytest.approx(1.92, abs=0.001) == PUBLISHED.nominal_flops_ratio


@given(coefficients, st.floats(-4, 4))
def test_a_power_raises_the_nominal_ratio_to_that_power(c, phi):
    assert math.isclose((c**phi).nominal_flops_ratio, c.nominal_flops_ratio**phi, rel_tol=1e-9)


@given(coefficients)
def test_power_0_scales_nothing_and_power_1_is_the_coefficients(c):
    assert c**0 == UNSCALED
    assert c**1 == Scaling(c.alpha, c.beta, c.gamma)


@given(shares, st.floats(1.1, 16))
def test_shares_survive_the_way_through_coefficients(direction, ratio):
    back = direction.coefficients(ratio)
    assert math.isclose(back.nominal_flops_ratio, ratio, rel_tol=1e-9)
    found = back.shares()
    for name in ("depth", "width", "resolution"):
        assert math.isclose(getattr(found, name), getattr(direction, name), abs_tol=1e-9)


@given(coefficients.filter(lambda c: c.nominal_flops_ratio > 1.01))
def test_coefficients_survive_the_way_through_shares(c):
    back = c.shares().coefficients(c.nominal_flops_ratio)
    for name in ("alpha", "beta", "gamma"):
        assert math.isclose(getattr(back, name), getattr(c, name), rel_tol=1e-9)


@given(coefficients.filter(lambda c: c.nominal_flops_ratio > 1.01))
def test_normalised_coefficients_keep_the_direction_and_double_nominal_flops(c):
    normal = c.normalised()
    assert math.isclose(normal.nominal_flops_ratio, 2, rel_tol=1e-9)
    assert math.isclose(normal.shares().depth, c.shares().depth, abs_tol=1e-9)


def test_a_corner_of_the_triangle_scales_one_dimension():
    assert Shares(1, 0, 0).coefficients() == Coefficients(2, 1, 1)
    assert Shares(0, 1, 0).coefficients() == Coefficients(1, math.sqrt(2), 1)
    assert Shares(0, 0, 1).coefficients() == Coefficients(1, 1, math.sqrt(2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Coefficients(0.9, 1, 1),
            "alpha is 0.9: compound scaling needs alpha ≥ 1 (arXiv 1905.11946, equation 3); "
            "use 1 to leave that dimension alone",
        ),
        (
            lambda: Coefficients(1, 1, math.nan),
            "gamma is nan: compound scaling needs gamma ≥ 1 (arXiv 1905.11946, equation 3); "
            "use 1 to leave that dimension alone",
        ),
        (
            lambda: Scaling(1, 0, 1),
            "width multiplier is 0: a multiplier must be a finite number above 0",
        ),
        (lambda: Shares(-0.1, 0.6, 0.5), "depth share is -0.1: a share must be at least 0"),
        (
            lambda: Shares(0.5, 0.5, 0.5),
            "shares sum to 1.5: depth + width + resolution must be 1",
        ),
        (
            lambda: Coefficients(1, 1, 1).shares(),
            "coefficients (1, 1, 1) scale nothing, so they have no shares; "
            "raise at least one of alpha, beta, gamma above 1",
        ),
        (
            lambda: Shares(1, 0, 0).coefficients(0.5),
            "flops_ratio is 0.5: coefficients are at least 1, so their ratio must be a finite "
            "number of at least 1; use for example 2",
        ),
        (
            lambda: Coefficients(1e9, 1, 1) ** 40,
            "phi is 40: (1e+09, 1, 1) to that power is too large to be a number; lower phi",
        ),
    ],
)
def test_bad_input_is_named_with_its_rule(make, message):
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
