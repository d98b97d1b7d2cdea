"""pandas views: the figures of the record, and the Pareto front."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results import NotFoundError, Store, Verdict, frames
from results.values import Outcome


@pytest.fixture
def sweep_id(tmp_path, examples):
    """Four candidates of rising FLOPs, seeds 0 and 1: 0 and 2 learn, 1 is worse, 3 diverges."""
    store = Store.open(f"sqlite:///{tmp_path}/results.db")
    plan = [examples.candidate(index, flops=100 * (index + 1)) for index in range(4)]
    sweep_id = store.create_sweep(examples.sweep(), plan)
    lease = store.claim(sweep_id, "me", ttl_seconds=60)
    accuracies = {0: [0.5, 0.6], 1: [0.4, 0.5], 2: [0.7], 3: []}
    for candidate in store.candidates(sweep_id):
        trials = store.trials(sweep_id, candidate=candidate.index)
        for trial, accuracy in zip(trials, accuracies[candidate.index], strict=False):
            attempt = store.start_attempt(lease, trial.id)
            store.record_epochs(lease, [examples.epoch(attempt, 2), examples.epoch(attempt, 1)])
            store.finish_trial(lease, attempt.id, examples.result(accuracy))
        if candidate.index == 3:
            attempt = store.start_attempt(lease, trials[0].id)
            store.finish_trial(lease, attempt.id, examples.result(None, diverged=True))
            attempt = store.start_attempt(lease, trials[1].id)
            store.fail_attempt(lease, attempt.id, "x", retry=False)
    store.close()
    return sweep_id


@pytest.fixture
def store(tmp_path, sweep_id):
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        yield opened


def test_trials_come_with_their_candidate(store, sweep_id):
    frame = frames.trials(store, sweep_id)
    assert len(frame) == 8
    row = frame[(frame["index"] == 2) & (frame["seed"] == 0)].iloc[0]
    assert (row["accuracy"], row["flops"], row["alpha"], row["state"]) == (
        0.7,
        300,
        1.2,
        "finished",
    )
    assert frame["accuracy"].dtype == np.float64
    assert frame["started_at"].dt.tz is not None
    assert frame["accuracy"].notna().sum() == 5


def test_epochs_are_in_order(store, sweep_id):
    frame = frames.epochs(store, sweep_id)
    assert len(frame) == 10
    assert frame["epoch"].tolist() == [1, 2] * 5
    assert frame["seed"].tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert frame.groupby("trial_id")["index"].nunique().eq(1).all()


def test_candidates_tell_what_they_reached(store, sweep_id):
    frame = frames.candidates(store, sweep_id)
    assert frame["seeds"].tolist() == [2, 2, 1, 0]
    assert frame["diverged"].tolist() == [0, 0, 0, 1]
    assert frame["failed"].tolist() == [0, 0, 0, 1]
    np.testing.assert_allclose(frame["accuracy_mean"], [0.55, 0.45, 0.7, np.nan])
    np.testing.assert_allclose(frame["accuracy_std"], [0.005**0.5, 0.005**0.5, np.nan, np.nan])
    np.testing.assert_allclose(frame["train_seconds"], [3.5, 3.5, 3.5, np.nan])


def test_a_family_has_a_row_a_member(store, scene, examples):
    lease = scene.claimed()
    coefficients = examples.coefficients(store.candidates(lease.sweep_id)[0].id)
    members = [examples.member("b0"), examples.member("b1")]
    stored = store.set_outcome(
        lease, Outcome(verdict=Verdict.CHOSEN), coefficients=coefficients, family=members
    )
    frame = frames.family(store.family_members(stored))
    assert frame["name"].tolist() == ["b0", "b1"]
    assert frame["depth"].dtype == np.float64
    assert frames.family([]).empty


def test_the_front_holds_what_nothing_beats(store, sweep_id):
    assert frames.pareto_front(store, sweep_id)["index"].tolist() == [0, 2]


def test_a_sweep_without_results_has_empty_views(store, examples):
    sweep_id = store.create_sweep(examples.sweep(), examples.plan())
    assert frames.epochs(store, sweep_id).empty
    assert frames.pareto_front(store, sweep_id).empty
    assert frames.candidates(store, sweep_id)["accuracy_mean"].isna().all()
    assert frames.trials(store, sweep_id)["accuracy"].isna().all()


@pytest.mark.parametrize("view", [frames.trials, frames.candidates, frames.pareto_front])
def test_an_unknown_sweep_is_an_error(store, view):
    with pytest.raises(NotFoundError, match="sweep 99 does not exist"):
        view(store, 99)


points = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40)


@given(points)
def test_the_front_equals_its_definition(points):
    cost = np.array([cost for cost, _ in points], dtype=float)
    gain = np.array([gain for _, gain in points], dtype=float)
    beaten = [
        any(
            other_cost <= one_cost
            and other_gain >= one_gain
            and (other_cost, other_gain) != (one_cost, one_gain)
            for other_cost, other_gain in points
        )
        for one_cost, one_gain in points
    ]
    assert frames.pareto_mask(cost, gain).tolist() == [not one for one in beaten]


def test_frames_survive_parquet(store, sweep_id, tmp_path):
    frame = frames.trials(store, sweep_id)
    frame.to_parquet(tmp_path / "trials.parquet")
    assert pd.read_parquet(tmp_path / "trials.parquet")["accuracy"].equals(frame["accuracy"])
