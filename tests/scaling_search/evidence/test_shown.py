"""What is shown of an outcome: gains, the confirmation on fresh seeds, and JSON."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from results.values.json import to_json
from scaling_search.evidence import select

from .made import CHANCE, RULE, exact, row, simulated


def test_gains_are_over_the_baseline_and_the_published_coefficients() -> None:
    entries = exact([[0.5] * 3, [0.6] * 3, [0.62] * 3, [0.7] * 3, [0.66] * 3], 20_000)
    entries[1] = dataclasses.replace(
        entries[1], eligible=False, roles=("published",), flops_ratio=2.6
    )
    entries[2] = dataclasses.replace(entries[2], eligible=False, roles=("published_matched",))
    gains = select(entries, RULE, CHANCE).gains
    assert (gains["baseline"].over, gains["published"].over) == (0, 2)
    for name, gain in (("baseline", 0.2), ("published", 0.08)):
        assert gains[name].low < gains[name].gain < gains[name].high
        assert gains[name].gain == pytest.approx(gain, abs=0.01)
    entries[2] = dataclasses.replace(entries[2], lost=1)
    unmatched = select(entries, RULE, CHANCE).gains["published"]
    assert unmatched.over == 1
    assert unmatched.high - unmatched.low > gains["published"].high - gains["published"].low


def test_what_is_shown_of_the_leader_comes_from_fresh_seeds() -> None:
    """Sixteen equal candidates: the best of them looks better than it is."""
    confirmations, shown = [], []
    for number in range(12):
        random = np.random.default_rng(number)
        entries = simulated(random, [0.4] + 16 * [0.6], 6, 2000, seed_sd=0.03)
        sweep = [
            dataclasses.replace(one, correct={seed: one.correct[seed] for seed in range(3)})
            for one in entries
        ]
        leader = select(sweep, RULE, CHANCE).leader
        assert leader is not None
        later = {seed: entries[leader].correct[seed] for seed in range(3, 6)}
        sweep[leader] = dataclasses.replace(sweep[leader], fresh=later)
        outcome = select(sweep, RULE, CHANCE)
        assert outcome.leader == leader  # fresh seeds select nothing
        assert outcome.confirmation is not None
        confirmations.append(outcome.confirmation)
        shown.append(row(outcome, leader).accuracy or 0)
    assert np.mean(shown) > 0.615
    assert np.mean([one.accuracy for one in confirmations]) == pytest.approx(0.6, abs=0.015)
    assert sum(one.low < 0.6 < one.high for one in confirmations) >= 10
    gains = [one.gains["baseline"] for one in confirmations]
    assert np.mean([one.gain for one in gains]) == pytest.approx(0.2, abs=0.015)
    assert sum(one.low < 0.2 < one.high for one in gains) >= 10
    assert {one.seeds for one in confirmations} == {3}


def test_an_outcome_is_plain_json() -> None:
    outcome = select(exact([[0.5, 0.52], [0.8, 0.81], [0.6, 0.61]]), RULE, CHANCE)
    values = json.loads(json.dumps(to_json(outcome), allow_nan=False))
    assert values["verdict"] == "chosen"
    assert values["leader"] == 1
    assert values["region"] == []
    assert values["seeds"] == 2
    assert values["comparisons"][2]["index"] == 2
    assert values["comparisons"][2]["standing"] == "worse"
    assert values["between_candidates_sd"] == pytest.approx(0.1414, abs=1e-3)
    assert values["settling"] is None
    assert values["confirmation"] is None
    assert set(values["gains"]["baseline"]) == {"over", "gain", "low", "high"}
    assert values["seed_sd"] == pytest.approx(0.0096, abs=1e-3)
