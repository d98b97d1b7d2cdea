"""The class of coefficients that a winner stands for, and what its ends mean."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_spaces.baselines import ProxyForm, get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.errors import InputError
from search_spaces.families import family_member
from search_spaces.families.intervals import Intervals, ends_at, intervals
from search_spaces.networks.rounding import Rounding

B0 = Frame.of(get_baseline("efficientnet_b0"))
FRAMES = [
    B0,
    Frame.of(get_baseline("mobilenet_v2"), resolution_px=96),
    Frame.of(
        B0.baseline, resolution_px=64, form=ProxyForm(width=0.35),
        rounding=Rounding(depth="nearest", width_divisor=16, resolution_multiple=8),
    ),
]  # fmt: skip
value = st.floats(1, 4)


def test_every_depth_up_to_a_quarter_more_is_one_network():
    found = intervals(B0, PUBLISHED)
    assert found.alpha == (1.0001, 1.25)
    assert found.gamma == (1.1496, 1.154)
    assert found.beta[0] <= 1.1 <= found.beta[1]


def test_the_baseline_stands_for_little():
    found = intervals(B0, Coefficients(1, 1, 1))
    assert found.alpha == (1.0, 1.0)
    assert found.gamma == (1.0, 1.0022)
    assert found.beta[0] == 1.0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FRAMES), st.builds(Coefficients, value, value, value))
def test_the_whole_box_is_one_network_and_just_outside_is_another(frame, coefficients):
    found = intervals(frame, coefficients)
    spec = frame.at(coefficients)
    assert all(frame.at(corner) == spec for corner in found.corners())
    for name in ("alpha", "beta", "gamma"):
        low, high = getattr(found, name)
        assert 1 <= low <= getattr(coefficients, name) <= high <= 16
        others = {key: getattr(coefficients, key) for key in ("alpha", "beta", "gamma")}
        if high < 16:
            assert frame.at(Coefficients(**(others | {name: high + 2e-4}))) != spec
        if low > 1.0002:
            assert frame.at(Coefficients(**(others | {name: low - 2e-4}))) != spec


def test_an_interval_ends_at_the_upper_bound():
    frame = Frame.of(B0.baseline, rounding=Rounding(resolution_multiple=224))
    assert intervals(frame, PUBLISHED, upper_bound=1.3).gamma == (1.0, 1.3)


def test_json():
    found = intervals(B0, PUBLISHED)
    assert json.loads(json.dumps(asdict(found))) == {
        "alpha": list(found.alpha), "beta": list(found.beta), "gamma": list(found.gamma),
    }  # fmt: skip


def test_the_ends_part_at_b7():
    found = intervals(B0, PUBLISHED)
    ends = ends_at(B0, found)
    assert (ends.name, ends.convention, ends.corners, ends.skipped) == ("b7", "fitted", 8, 0)
    # Equal networks at φ = 1 are anything from B0's depth to more than four times it at b7.
    assert ends.depth[0] < 1.01
    assert ends.depth[1] > 4
    corner = family_member(B0, Coefficients(1.25, found.beta[0], found.gamma[0]), 7)
    assert ends.depth[1] >= corner.scaling.depth
    assert ends.params[0] <= corner.complexity.params <= ends.params[1]
    assert ends.resolution_px[0] <= corner.spec.resolution_px <= ends.resolution_px[1]


def test_the_corner_without_direction_is_skipped_and_counted():
    ends = ends_at(B0, Intervals((1.0, 1.0), (1.0, 1.1), (1.0, 1.1)), member=2)
    assert (ends.corners, ends.skipped) == (3, 1)
    assert ends.depth == (1.0, 1.0)


def test_the_integer_convention_shows_the_ends_without_refitting():
    ends = ends_at(B0, intervals(B0, PUBLISHED), member=3, convention="integer")
    assert ends.depth == (pytest.approx(1.0001**3), pytest.approx(1.25**3))
    assert ends.flops[1] > 1.3 * ends.flops[0]


def test_ends_of_nothing_are_refused():
    with pytest.raises(InputError) as caught:
        ends_at(B0, Intervals((1.0, 1.0), (1.0, 1.0), (1.0, 1.0)))
    assert str(caught.value) == (
        "the intervals hold nothing but (1, 1, 1), the unscaled baseline: it has no family; "
        "give coefficients of which one is above 1"
    )
