"""How far rounding leaves a network from its coefficients."""

import math

import pytest

from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Scaling
from search_spaces.networks.spec import realised_scaling


def test_the_baseline_is_not_scaled():
    base = Frame.of(get_baseline("efficientnet_b0")).base
    assert realised_scaling(base, base) == Scaling(1.0, 1.0, 1.0)


def test_multipliers_are_those_of_the_rounded_network():
    frame = Frame.of(get_baseline("efficientnet_b0"))
    found = realised_scaling(frame.at(Coefficients(1.2, 1.0, 1.15)), frame.base)
    assert found.depth == pytest.approx(23 / 16)  # ceil adds a block to each of seven stages
    assert found.width == 1
    assert found.resolution == pytest.approx(258 / 224)


def test_doubled_widths_are_twice_as_wide():
    frame = Frame.of(get_baseline("efficientnet_b0"))
    found = realised_scaling(frame.at(Coefficients(1.0, 2.0, 1.0)), frame.base)
    assert math.isclose(found.width, 2.0)
    assert (found.depth, found.resolution) == (1, 1)
