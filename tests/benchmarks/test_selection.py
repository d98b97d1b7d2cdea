"""The verdict where the truth is known: a small run of benchmarks/selection.py."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.objectives import Conditions, world
from benchmarks.selection import (
    Judged,
    add_arguments,
    being_best,
    off,
    reliability,
    run,
    summary,
)
from benchmarks.simulation import followed, grid, simulated
from scaling_search.evidence import Evidence, infer
from scaling_search.evidence.table import Table
from search_spaces.specs.sweep import SelectionRule

QUIET = Conditions(seeds=5, images=10_000, seed_sd=0.005, divisions=3)
SWEEPS = 25


@pytest.fixture(scope="module")
def found() -> dict[str, list[Judged]]:
    return {kind: simulated(kind, QUIET, SWEEPS) for kind in ("optimum", "flat", "noise")}


def test_simulated_trials_reach_what_is_true_of_them() -> None:
    many = Conditions(seeds=40, images=20_000, seed_sd=0.01, divisions=2)
    one = world("optimum", many, 0)
    table = Table.of(one.grid(many.seeds))
    assert np.ptp(one.truth[1:]) > 0.005
    np.testing.assert_allclose(
        table.mean - table.mean.mean(), one.truth - one.truth.mean(), atol=0.012
    )


def test_nothing_is_chosen_where_nothing_differs(found: dict[str, list[Judged]]) -> None:
    for kind in ("flat", "noise"):
        assert summary(found[kind], QUIET.regret)["chosen"] <= 1 / SWEEPS


def test_conclusions_lose_more_than_allowed_as_rarely_as_they_say(
    found: dict[str, list[Judged]],
) -> None:
    everything = [one for several in found.values() for one in several]
    values = summary(everything, QUIET.regret)
    assert values["inconclusive"] < 0.7
    assert values["wrong"] <= 0.05
    assert values["wrongly_named"] <= 0.05


def test_stated_probabilities_hold(found: dict[str, list[Judged]]) -> None:
    assert off(being_best(found["optimum"])) <= 0.08
    optimum = summary(found["optimum"], QUIET.regret)
    assert optimum["certainty"] == pytest.approx(optimum["kept"], abs=0.15)
    assert optimum["held"] >= 0.8


def test_a_strategy_is_asked_until_it_wants_no_more_trials() -> None:
    one = world("optimum", QUIET, 0)
    asked = []

    def halving(evidence: Sequence[Evidence], rule: SelectionRule) -> list[tuple[int, int]]:
        """Two seeds for all, four for the better half."""
        asked.append([len(entry.correct) for entry in evidence])
        first = grid(2)(evidence, rule)
        if first:
            return list(first)
        posterior = infer(evidence, rule)
        assert posterior is not None
        by_chance = sorted(posterior.probability_best.items(), key=lambda pair: -pair[1])
        better = [index for index, _ in by_chance[: len(by_chance) // 2]]
        return [(i, s) for i in better for s in (2, 3) if s not in evidence[i].correct]

    evidence = followed(one, halving, SelectionRule())
    counts = [len(entry.correct) for entry in evidence]
    assert set(counts) == {2, 4}
    assert counts.count(4) >= 5
    assert asked[0] == 11 * [0]
    assert asked[1] == 11 * [2]
    np.testing.assert_array_equal(evidence[3].correct[1], one.train(3, 1))


def test_reliability_compares_what_was_said_with_what_happened() -> None:
    stated = np.array([0.11, 0.19, 0.99, 0.97])
    rows = reliability(stated, np.array([False, True, True, True]))
    assert rows == [(pytest.approx(0.15), 0.5, 2), (pytest.approx(0.98), 1.0, 2)]
    assert off(rows) == pytest.approx((0.35 + 0.02) / 2)


def test_the_benchmark_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(["--settings", "three candidates"])
    options.tiny = True
    figures = {figure.what: figure for figure in run(options)}
    printed = capsys.readouterr().out
    for kind in ("optimum", "rough", "flat", "noise"):
        assert re.search(rf"^\| {kind} \|( [\d.]+%? \|){{11}}$", printed, re.MULTILINE)
    assert "Probability of being best" in printed
    assert figures["three candidates: `chosen` on pure noise"].below == 5
