"""Contract: lists are read page by page in any order, each row once, whatever is missing."""

from operator import attrgetter

import pytest

from results.states import Verdict
from results.store.candidates import CANDIDATE_ORDERS
from results.store.coefficients import COEFFICIENTS_ORDERS
from results.store.sweeps import SWEEP_ORDERS
from results.store.trial_reads import EPOCH_ORDERS, TRIAL_ORDERS
from results.values import After, Measurement, MeasurementKey, Outcome
from search_spaces.errors import InputError


@pytest.fixture
def lease(store, scene, examples):
    """Four candidates, two seeds: some finished (two equally accurate), some diverged, some not."""
    lease = scene.claimed(candidates=4)
    for place, accuracy in [(0, 0.5), (1, 0.25), (2, 0.5)]:
        attempt = scene.start(lease, place)
        store.record_epochs(
            lease, [examples.epoch(attempt, number, accuracy=accuracy) for number in (1, 2, 3)]
        )
        store.finish_trial(lease, attempt.id, examples.result(accuracy))
    scene.finish(lease, None, 4, diverged=True)
    scene.finish(lease, 0.3, 5)
    return lease


def _walk(page, sort, value, size):
    """All rows, read in pages of `size`."""
    found, after = [], None
    while rows := page(sort=sort, after=after, limit=size):
        assert len(rows) <= size
        found += rows
        after = After(value=value(rows[-1]), id=rows[-1].id)
    return found


def _check_order(page, key, value):
    everything = page(limit=1000)
    assert len(everything) > 3
    for descending in (False, True):
        walked = _walk(page, f"-{key}" if descending else key, value, 2)
        assert sorted(row.id for row in walked) == sorted(row.id for row in everything)
        with_value = [row for row in walked if value(row) is not None]
        assert walked[: len(with_value)] == with_value
        keys = [(value(row), row.id) for row in with_value]
        assert keys == sorted(keys, reverse=descending)


@pytest.mark.parametrize("key", TRIAL_ORDERS)
def test_trials_in_any_order(store, lease, key):
    _check_order(
        lambda **given: store.trials(lease.sweep_id, **given),
        key,
        lambda row: getattr(row, key),
    )


@pytest.mark.parametrize("key", EPOCH_ORDERS)
def test_epochs_in_any_order(store, lease, key):
    _check_order(
        lambda **given: store.epochs(lease.sweep_id, **given),
        key,
        lambda row: getattr(row, key),
    )


@pytest.mark.parametrize("key", CANDIDATE_ORDERS)
def test_candidates_in_any_order(store, lease, key):
    name = "accuracy_mean" if key == "accuracy" else key
    _check_order(
        lambda **given: store.candidates(lease.sweep_id, **given),
        key,
        lambda row: getattr(row, name),
    )


@pytest.fixture
def concluded(store, scene, examples):
    """Five sweeps, of which four concluded, two of those with the same accuracy."""
    for number, accuracy in enumerate([0.5, None, 0.7, 0.5, 0.6]):
        lease = scene.claimed(name=f"Sweep_{number % 2}", dataset="digits" if number else "photos")
        if accuracy is not None:
            candidate = store.candidates(lease.sweep_id)[0]
            verdict = Verdict.CHOSEN if accuracy > 0.5 else Verdict.INCONCLUSIVE
            store.set_outcome(
                lease,
                Outcome(verdict=verdict),
                coefficients=examples.coefficients(
                    candidate.id, accuracy=accuracy, verdict=verdict, alpha=1 + accuracy
                ),
            )


@pytest.mark.parametrize("key", SWEEP_ORDERS)
def test_sweeps_in_any_order(store, concluded, key):
    name = "leader_accuracy" if key == "accuracy" else key
    _check_order(store.sweeps, key, lambda row: getattr(row, name))


@pytest.mark.parametrize("key", COEFFICIENTS_ORDERS)
def test_coefficients_in_any_order(store, concluded, key):
    of_triple = key in ("alpha", "beta", "gamma")
    value = attrgetter(f"coefficients.{key}" if of_triple else key)
    _check_order(store.coefficients, key, value)


def test_sweeps_are_filtered(store, concluded):
    def ids(**filters):
        return [sweep.id for sweep in store.sweeps(sort="id", **filters)]

    assert ids(dataset="photos") == [1]
    assert ids(states=["running"]) == [1, 2, 3, 4, 5]
    assert ids(states=[]) == []
    assert ids(name="p_1") == [2, 4]
    assert ids(name="%") == []
    assert ids(baseline="efficientnet_b0", protocol="p1", dataset="digits") == [2, 3, 4, 5]


def test_a_summary_names_the_leader(store, concluded):
    rows = {sweep.id: sweep for sweep in store.sweeps()}
    chosen, none = rows[3], rows[2]
    assert (chosen.verdict, chosen.leader.alpha, chosen.leader_accuracy) == ("chosen", 1.7, 0.7)
    assert (none.verdict, none.leader, none.leader_accuracy) == (None, None, None)


def test_trials_are_filtered_and_say_what_they_train(store, lease):
    def places(**filters):
        return [(trial.candidate, trial.seed) for trial in store.trials(lease.sweep_id, **filters)]

    assert places(candidate=1) == [(1, 0), (1, 1)]
    assert places(seed=1, states=["pending"]) == [(2, 1), (3, 1)]
    assert places(candidate=9) == []
    (trial,) = store.trials(lease.sweep_id, candidate=1, seed=0)
    candidate = store.candidates(lease.sweep_id)[1]
    about = ("roles", "alpha", "beta", "gamma", "flops", "params", "activations", "measured_ratio")
    assert [getattr(trial, name) for name in about] == [getattr(candidate, n) for n in about]


def test_candidates_say_what_their_trials_reached(store, lease):
    first, second, *_, last = store.candidates(lease.sweep_id)
    assert (first.finished, first.diverged, first.failed) == (1, 1, 0)
    assert (first.accuracy_mean, first.accuracy_std) == (0.5, None)
    assert second.accuracy_mean == pytest.approx(0.275)
    assert second.accuracy_std == pytest.approx(0.05 / 2**0.5)
    assert (last.finished, last.accuracy_mean, last.accuracy_std) == (0, None, None)


def test_a_candidate_is_confirmed_once_it_is_measured(store, lease):
    assert {row.complexity_source for row in store.candidates(lease.sweep_id)} == {"closed_form"}
    candidate = store.candidates(lease.sweep_id)[1]
    key = MeasurementKey(
        spec_key=candidate.spec_key, classes=10, in_channels=3, mode="eval", versions="v"
    )
    measured = Measurement(
        key=key, flops=candidate.flops, params=1, activations=1, uncounted={}, seconds=0.1
    )
    store.put_measurements([measured])
    sources = [row.complexity_source for row in store.candidates(lease.sweep_id)]
    assert sources == ["closed_form", "fvcore", "closed_form", "closed_form"]


def test_candidates_are_filtered(store, lease):
    def indexes(**filters):
        return [row.index for row in store.candidates(lease.sweep_id, **filters)]

    assert indexes(index=2) == [2]
    assert indexes(eligible=False) == []
    assert indexes(min_flops=8_000_000_001, max_flops=8_000_000_002) == [1, 2]


def test_epochs_are_filtered(store, lease):
    def epochs(**filters):
        return [(row.trial, row.epoch) for row in store.epochs(lease.sweep_id, **filters)]

    assert epochs(trial_ids=[2]) == epochs(candidate=1) == [(2, 1), (2, 2), (2, 3)]
    assert epochs(attempt=2) == []


def test_an_unknown_order_suggests_a_near_one(store):
    with pytest.raises(InputError) as caught:
        store.trials(1, sort="acuracy")
    assert str(caught.value) == "order 'acuracy' is unknown: did you mean accuracy?"


def test_coefficients_by_id_and_what_was_searched(store, concluded):
    assert store.one_coefficients(2).accuracy == 0.7
    with pytest.raises(InputError, match="coefficients 9 do not exist"):
        store.one_coefficients(9)
    assert [(row.dataset, row.sweeps, row.conclusive) for row in store.searched()] == [
        ("digits", 3, 2),
        ("photos", 1, 0),
    ]
    assert store.best().accuracy == 0.7
    assert store.best(dataset="photos") is None
