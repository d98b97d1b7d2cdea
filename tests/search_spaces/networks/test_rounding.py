"""Rounding rules: equal to the official code, monotone, and kept within their stated bounds."""

from __future__ import annotations

import pytest
from efficientnet_pytorch.utils import GlobalParams, round_filters, round_repeats
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from search_spaces.networks.rounding import OFFICIAL, Rounding

rules = st.builds(
    Rounding,
    depth=st.sampled_from(["ceil", "nearest"]),
    width_divisor=st.integers(1, 64),
    resolution=st.sampled_from(["nearest", "floor"]),
    resolution_multiple=st.integers(1, 64),
)
multipliers = st.floats(0.05, 20)


def official(multiplier: float) -> GlobalParams:
    nothing = GlobalParams(*[None] * len(GlobalParams._fields))
    return nothing._replace(
        width_coefficient=multiplier, depth_coefficient=multiplier, depth_divisor=8
    )


@given(st.integers(1, 250).map(lambda n: 8 * n), st.integers(1, 5000).map(lambda n: n / 1000))
def test_channels_are_those_of_the_official_code(width, multiplier):
    assert OFFICIAL.channels(width, multiplier) == round_filters(width, official(multiplier))


@given(st.integers(1, 8), st.integers(1, 5000).map(lambda n: n / 1000))
def test_repeats_are_those_of_the_official_code(count, multiplier):
    assert OFFICIAL.repeats(count, multiplier) == round_repeats(count, official(multiplier))


@given(rules, st.integers(1, 3000), multipliers, multipliers)
def test_larger_multipliers_never_give_less(rule, size, one, other):
    low, high = sorted((one, other))
    assert rule.repeats(size, low) <= rule.repeats(size, high)
    assert rule.pixels(size, low) <= rule.pixels(size, high)
    if 1 not in (low, high):
        assert rule.channels(size, low) <= rule.channels(size, high)


@given(rules, st.integers(1, 3000), multipliers.filter(lambda m: m != 1))
def test_channels_are_multiples_and_lose_at_most_a_tenth(rule, width, multiplier):
    channels = rule.channels(width, multiplier)
    assert channels % rule.width_divisor == 0
    assert 0.9 * width * multiplier - 1e-6 <= channels
    assert channels <= max(rule.width_divisor, width * multiplier + rule.width_divisor)


@given(rules, st.integers(1, 3000), multipliers)
def test_pixels_are_multiples_within_one_of_the_exact_size(rule, px, multiplier):
    pixels, step = rule.pixels(px, multiplier), rule.resolution_multiple
    assert pixels % step == 0
    assert pixels >= step
    assert abs(pixels - px * multiplier) < step or pixels == step


def test_an_unscaled_width_is_left_alone_even_off_the_divisor():
    assert OFFICIAL.channels(17, 1.0) == 17


@pytest.mark.parametrize(
    ("rule", "count", "multiplier", "blocks"),
    [
        ("ceil", 4, 1.0, 4),
        ("ceil", 4, 1.0001, 5),
        ("ceil", 4, 1.25, 5),
        ("ceil", 4, 5 * 0.25 + 1e-12, 5),
        ("ceil", 1, 0.2, 1),
        ("nearest", 4, 1.1, 4),
        ("nearest", 4, 1.125, 5),
        ("nearest", 1, 0.2, 1),
    ],
)
def test_depth_rules(rule, count, multiplier, blocks):
    assert Rounding(depth=rule).repeats(count, multiplier) == blocks


@pytest.mark.parametrize(
    ("rule", "multiple", "multiplier", "px"),
    [
        ("nearest", 1, 1.15, 258),
        ("floor", 1, 1.15, 257),
        ("nearest", 32, 1.15, 256),
        ("floor", 32, 1.28, 256),
        ("nearest", 32, 0.01, 32),
    ],
)
def test_resolution_rules(rule, multiple, multiplier, px):
    assert Rounding(resolution=rule, resolution_multiple=multiple).pixels(224, multiplier) == px


def test_unknown_rules_are_refused():
    with pytest.raises(ValidationError, match="depht"):
        Rounding(depht="ceil")
