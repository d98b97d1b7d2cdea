"""Contradictory options of strategies are refused, with the value, the rule and the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from search_spaces.errors import InputError
from search_spaces.specs.sweep import FRESH, SweepSpec, load_sweep


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"strategy": "asha", "proxy": {"reports": 1}},
         "strategy.first_rung is 1 and proxy.reports is 1: asha can stop no trial before its end; "
         "raise proxy.reports, or lower first_rung"),
        ({"strategy": {"name": "tpe", "trials": 4}},
         "trials is 4, fewer than the 8 that tpe starts with: it would never learn"),
        ({"strategy": {"name": "grid", "trials": 9}},
         "trials is 9, which grid does not use: it is for tpe and gp"),
        ({"strategy": {"name": "grid", "max_images": 100}},
         "strategy.max_images is 100: a single trial trains on 25,600 images"),
        ({"strategy": {"name": "contenders", "pilot_seeds": 5}, "seeds": 3},
         "strategy.pilot_seeds is 5, but there are 3 seeds"),
        ({"strategy": "annealing"}, "strategy.name is 'annealing'"),
    ],
)  # fmt: skip
def test_contradictions_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        load_sweep("small-images", changes)
    assert said in str(caught.value)


def test_strategies_that_choose_are_confirmed_on_fresh_seeds_unless_told_otherwise() -> None:
    assert load_sweep("paper").confirmation == ()
    chosen = load_sweep("paper", {"strategy": "contenders", "seeds": 3})
    assert chosen.confirmation == (FRESH, FRESH + 1, FRESH + 2)
    assert max(chosen.seeds) < FRESH
    none = load_sweep("small-images", {"strategy": "gp", "confirmation_seeds": 0})
    assert none.confirmation == ()


def test_the_presets_with_seeds_show_their_winner_without_its_luck() -> None:
    for preset in ("quickstart", "small-images"):
        assert len(load_sweep(preset).confirmation) == 3


@pytest.mark.parametrize(("eligible", "drawn"), [(3, 3), (9, 8)])
def test_a_sampler_draws_no_more_trials_at_first_than_there_are(eligible: int, drawn: int) -> None:
    spec = load_sweep("small-images", {"strategy": "tpe", "seeds": 1})
    most = (eligible + 2) * spec.proxy.total_images
    assert spec.first_images(eligible + 2, eligible) == (drawn + 2) * spec.proxy.total_images
    values = spec.model_dump() | {"strategy": {"name": "tpe", "max_images": most}}
    SweepSpec.model_validate(values).check_plan(eligible + 2, eligible)


def test_the_strategy_is_no_part_of_the_protocol() -> None:
    plain = load_sweep("small-images")
    assert load_sweep("small-images", {"strategy": "asha"}).protocol("f") == plain.protocol("f")
    longer = load_sweep("small-images", {"proxy": {"images": 51_200}})
    assert longer.protocol("f") != plain.protocol("f")
