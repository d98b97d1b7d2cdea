"""What a conclusive answer is said to cost, and whether it does."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.objectives import Conditions, world
from scaling_search.evidence import Planned, forecast, infer
from search_spaces.specs.sweep import SelectionRule

NOISY = Conditions(seeds=2, images=20_000, seed_sd=0.02, divisions=2)
RULE = SelectionRule(regret=0.01)
PLANNED = Planned(None, seeds=2, trials=14, images=14_000, seconds=100.0)


def test_the_cost_is_that_of_the_seeds() -> None:
    found = forecast(world("optimum", NOISY, 0).grid(2), PLANNED, RULE)
    assert found is not None
    assert found.seeds is not None
    assert found.trials == 7 * found.seeds
    assert found.images == 7_000 * found.seeds
    assert found.seconds == pytest.approx(50 * found.seeds)
    assert found.seed_sd == pytest.approx(0.02, rel=0.5)
    assert (found.planned_chance >= found.likely) == (found.seeds <= PLANNED.seeds)


def test_noisier_pilots_and_smaller_regrets_cost_more() -> None:
    def seeds(noise: float, regret: float) -> int:
        conditions = Conditions(seeds=3, images=20_000, seed_sd=noise, divisions=2)
        pilot = world("optimum", conditions, 0).grid(3)
        found = forecast(pilot, PLANNED, SelectionRule(regret=regret))
        assert found is not None
        assert found.seeds is not None
        return found.seeds

    usual = seeds(0.01, 0.01)
    assert seeds(0.03, 0.01) > 2 * usual
    assert seeds(0.01, 0.005) > usual


def test_other_candidates_of_the_protocol_are_forecast_too() -> None:
    here = forecast(world("optimum", NOISY, 0).grid(3), PLANNED, RULE)
    places = np.array([one.place for one in world("optimum", NOISY, 1).untrained()[1:]])
    there = forecast(world("optimum", NOISY, 0).grid(3), Planned(places, 2, 14, 14_000), RULE)
    assert here is not None
    assert there is not None
    assert there.seeds is not None
    assert there.seconds is None
    assert there.seed_sd == pytest.approx(here.seed_sd)


def test_the_seeds_that_were_forecast_conclude() -> None:
    pilot = world("flat", NOISY, 3).grid(3)
    found = forecast(pilot, PLANNED, RULE)
    assert found is not None
    assert found.seeds is not None
    concluded = 0
    for key in range(8):
        posterior = infer(world("flat", NOISY, key).grid(found.seeds), RULE)
        assert posterior is not None
        concluded += posterior.judgement.verdict != "inconclusive"
    assert concluded >= 5


def test_one_seed_tells_nothing_of_noise() -> None:
    assert forecast(world("optimum", NOISY, 0).grid(1), PLANNED, RULE) is None
