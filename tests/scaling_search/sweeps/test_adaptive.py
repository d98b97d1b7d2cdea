"""A sweep whose strategy stops trials early, from its beginning over its end to its extension."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from results.errors import ConflictError
from results.states import SweepState, TrialState
from results.store import Store
from scaling_search.sweeps.extending import extend_sweep
from scaling_search.sweeps.stored_ledger import race_rules, ran_before
from scaling_search.tune.early_stopping import Race
from search_spaces.errors import InputError
from search_spaces.specs.extension import Extension
from search_spaces.specs.space import Lattice
from search_spaces.specs.strategy import StrategySpec
from search_spaces.specs.sweep import FRESH

ASHA = StrategySpec(name="asha", reduction=2)


@pytest.fixture
def raced_copy(raced: Any, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "raced.db"
    with sqlite3.connect(raced.path) as source, sqlite3.connect(path) as target:
        source.backup(target)
    with Store.open(f"sqlite:///{path}") as store:
        yield dataclasses.replace(raced, path=path, store=store)


def of(scene: Any, *states: TrialState) -> list[Any]:
    return [trial for trial in scene.trials if trial.state in states]


def test_stopped_trials_are_no_failures_and_have_their_rung_but_no_accuracy(raced: Any) -> None:
    assert raced.sweep.state is SweepState.FINISHED
    stopped = of(raced, TrialState.STOPPED)
    index = {c.id: c.index for c in raced.store.candidates(1)}
    rungs = {(index[trial.candidate_id], trial.seed): trial.rung for trial in stopped}
    assert rungs == {(3, 0): 2, (4, 0): 1}
    events = {e.data["trial"]: e.data for e in raced.store.events(1) if e.kind == "trial_stopped"}
    for trial in stopped:
        assert trial.accuracy is None
        assert trial.error is None
        told = events[trial.id]
        assert (told["rung"], told["epoch"]) == (trial.rung, trial.steps)  # an epoch is a step
        assert trial.steps == {1: 1, 2: 2}[trial.rung]
        assert 0 <= told["accuracy"] <= 1
    accuracies = [row.accuracy for row in raced.sweep.outcome.comparisons]
    by_index = {c.index: c.id for c in raced.store.candidates(1)}
    finished = {trial.candidate_id for trial in of(raced, TrialState.FINISHED)}
    assert [a is None for a in accuracies] == [
        by_index[index] not in finished for index in range(len(accuracies))
    ]


def test_what_was_stopped_is_not_tried_with_the_next_seed_and_an_event_says_why(raced: Any) -> None:
    first = {t.candidate_id for t in of(raced, TrialState.STOPPED) if t.seed == 0}
    assert not [t for t in raced.trials if t.seed == 1 and t.candidate_id in first]
    decisions = {event.data["key"]: event.data for event in raced.store.sweep(1).decisions}
    index = {c.id: c.index for c in raced.store.candidates(1)}
    assert {one["index"] for one in decisions["seed 1"]["dropped"]} == {index[n] for n in first}


def test_the_leader_and_the_references_were_trained_with_a_fresh_seed(raced: Any) -> None:
    outcome, candidates = raced.sweep.outcome, raced.store.candidates(1)
    fresh = [trial for trial in raced.trials if trial.seed >= FRESH]
    assert {trial.seed for trial in fresh} == {FRESH}
    assert {trial.candidate_id for trial in fresh} == {
        c.id for c in candidates if c.index == outcome.leader or c.roles != ("search",)
    }
    assert outcome.seeds <= 2


def test_a_race_that_goes_on_knows_what_ran_before(raced: Any) -> None:
    rules = race_rules(ASHA, 4)
    before = ran_before(raced.store, 1, rules, {c.id: c for c in raced.store.candidates(1)})
    assert len(before) == len([t for t in raced.trials if t.seed < FRESH]) - sum(
        not c.eligible for c in raced.store.candidates(1)
    )
    assert {len(one.accuracies) for one in before} >= {4}
    race = Race(rules, before)
    assert race.decides("late", 0, 1, accuracy=-0.1) == "STOP"
    assert race.decides("great", 0, 1, accuracy=1.1) == "CONTINUE"


def test_a_grid_after_a_race_reuses_every_trial_and_trains_whole_what_was_stopped(
    raced_copy: Any, measured: Any
) -> None:
    before = {trial.id: trial for trial in raced_copy.trials}
    found = extend_sweep(
        raced_copy.store,
        1,
        Extension(seeds=3, strategy=StrategySpec(name="grid")),
        raced_copy.data,
    )
    finished = [trial for trial in before.values() if trial.state is TrialState.FINISHED]
    assert (found.sweep_id, found.reused, found.left) == (1, len(finished), 0)
    assert found.why == f"{len(finished)} finished trials count on: the protocol is the same"
    raced_copy.drive(workers=1)
    after = {trial.id: trial for trial in raced_copy.trials}
    assert all(after[trial.id] == trial for trial in finished)
    for trial in before.values():
        if trial.state is TrialState.STOPPED:
            whole = after[trial.id]
            assert (whole.state, whole.attempts, whole.rung) == (TrialState.FINISHED, 2, None)
            assert whole.accuracy is not None
    searched = [trial for trial in after.values() if trial.seed < FRESH]
    assert len(searched) == 3 * len(raced_copy.store.candidates(1))
    assert all(trial.state is TrialState.FINISHED for trial in searched)


def test_a_longer_budget_is_another_sweep_that_compares_nothing_with_the_shorter(
    raced_copy: Any, measured: Any
) -> None:
    before = raced_copy.trials
    found = extend_sweep(raced_copy.store, 1, Extension(steps=8), raced_copy.data)
    assert found.sweep_id == 2
    assert "are not compared with it" in found.why
    longer = raced_copy.store.sweep(2)
    assert longer.protocol != raced_copy.sweep.protocol
    assert longer.spec["description"] == "Sweep 1 with a longer budget."
    assert not measured  # fvcore had counted every network
    assert raced_copy.trials == before


def test_a_longer_budget_and_further_networks_keep_the_present_ones(
    raced_copy: Any, measured: Any
) -> None:
    present = raced_copy.store.candidates(1)
    extension = Extension(steps=8, lattice=Lattice(directions=((0.0, 0.5, 0.5),)))
    found = extend_sweep(raced_copy.store, 1, extension, raced_copy.data)
    everyone = raced_copy.store.candidates(found.sweep_id)
    assert [one.spec_key for one in everyone[: len(present)]] == [one.spec_key for one in present]
    assert [one.index for one in everyone] == list(range(len(everyone)))
    assert len(everyone) == len(present) + len(measured) > len(present)


@pytest.mark.parametrize(
    ("extension", "said"),
    [
        ({"seeds": 1}, "seeds is 1: the sweep has 2 already"),
        ({"steps": 4}, "the budget is 64 images per trial: the sweep has 64 already"),
        ({"seeds": 2}, "nothing would change"),
        ({"lattice": {"directions": ((0, 0, 1), (0, 1, 0))}}, "nothing would be added: the sweep"),
    ],
)
def test_an_extension_only_adds(raced: Any, extension: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        extend_sweep(raced.store, 1, Extension(**extension), raced.data)


def test_a_sampler_that_would_propose_nothing_is_refused(finished_copy: Any, measured: Any) -> None:
    tpe = StrategySpec(name="tpe", trials=2, startup_trials=2)
    with pytest.raises(InputError, match="tpe makes 2 trials here, and the sweep's search has"):
        extend_sweep(finished_copy.store, 1, Extension(strategy=tpe), finished_copy.data)
    assert finished_copy.store.sweep(1).spec == finished_copy.sweep.spec
    confirming = Extension(strategy=tpe, confirmation_seeds=2)
    assert extend_sweep(finished_copy.store, 1, confirming, finished_copy.data).sweep_id == 1


def test_a_sweep_that_waits_is_not_extended(raced_copy: Any, measured: Any) -> None:
    extend_sweep(raced_copy.store, 1, Extension(seeds=3), raced_copy.data)
    with pytest.raises(ConflictError, match="only one that has ended can be extended"):
        extend_sweep(raced_copy.store, 1, Extension(seeds=4), raced_copy.data)
