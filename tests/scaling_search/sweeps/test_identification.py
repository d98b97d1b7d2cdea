"""A follow-up at φ = 2, from the sweep that has a leader to its narrowed intervals."""

import dataclasses

import numpy as np
import pytest

from results import Store
from results.states import SweepState
from results.values import TrialResult
from results.values.json import to_json
from results.values.trials import pack_correct
from scaling_search.sweeps.conclusion import conclude
from scaling_search.sweeps.creation import create_sweep
from scaling_search.sweeps.identification import create_identification, question
from search_spaces.errors import InputError
from search_spaces.planning import make_plan
from search_spaces.specs.sweep import load_sweep

IMAGES = 400
SPEC = load_sweep("quickstart", {"seeds": 3})


def play(store, sweep_id, spec, data, true):
    """Every trial of a sweep with a true accuracy by candidate, and its outcome."""
    rng = np.random.default_rng(sweep_id)
    lease = store.claim(sweep_id, "here:1:0", ttl_seconds=60)
    index = {candidate.id: candidate.index for candidate in store.candidates(sweep_id)}
    draws = rng.random(IMAGES)
    for trial in store.trials(sweep_id):
        attempt = store.start_attempt(lease, trial.id)
        correct = draws < true(index[trial.candidate_id])
        result = TrialResult(
            accuracy=float(correct.mean()),
            images=64,
            steps=2,
            correct=pack_correct(correct),
            n_validation=IMAGES,
        )
        store.finish_trial(lease, attempt.id, result)
    outcome = conclude(store, lease, spec, data)
    store.set_state(lease, SweepState.FINISHED)
    store.release(lease)
    return outcome


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        yield opened


@pytest.fixture
def searched(store, small_digits):
    plan = make_plan(SPEC.space, in_channels=1, classes=10)
    sweep_id = create_sweep(store, SPEC, small_digits, plan)
    winner = next(
        c.index for c in plan.candidates if c.eligible and abs(c.shares.width - 0.5) < 0.01
    )
    play(store, sweep_id, SPEC, small_digits, lambda k: 0.9 if k == winner else 0.4)
    return sweep_id


def test_the_winner_has_a_class_with_its_ends_at_b7(store, searched):
    (found,) = store.coefficients()
    assert found.intervals["beta"][0] <= found.coefficients.beta <= found.intervals["beta"][1]
    far = found.ends_at_b7
    assert far.name == "b7"
    assert far.params[0] <= far.params[1]
    assert found.identification is None


def test_a_follow_up_narrows_the_intervals_of_the_winner(store, searched, small_digits):
    asked = question(store, searched, networks=3, seeds=2)
    assert asked.spec.seeds == (0, 1)
    assert asked.spec.space.target.flops_ratio == 4
    number = create_identification(store, asked, small_digits)
    plan = store.candidates(number)
    best = asked.chosen[-1].spec_key
    key = {candidate.index: candidate.spec_key for candidate in plan}
    play(store, number, asked.spec, small_digits, lambda k: 0.9 if key[k] == best else 0.4)
    (found,) = store.coefficients()
    assert found.sweep == searched, "networks at φ = 2 are no result of their own"
    narrowed = found.identification
    assert (narrowed.sweep, narrowed.verdict, narrowed.trained, narrowed.left) == (
        number, "chosen", 3, 1,
    )  # fmt: skip
    assert to_json(narrowed.before) == found.intervals
    ends = (getattr(narrowed.intervals, name) for name in found.intervals)
    inside = [
        before[0] <= after[0] <= after[1] <= before[1]
        for before, after in zip(found.intervals.values(), ends, strict=True)
    ]
    assert all(inside)
    assert narrowed.intervals != narrowed.before
    assert narrowed.ends_at_b7.flops[0] > 0
    assert store.sweep(searched).identification == narrowed
    assert store.sweep(number).leader is None
    assert store.sweep(number).outcome.identified == narrowed


def test_a_follow_up_that_cannot_tell_rules_nothing_out(store, searched, small_digits):
    asked = question(store, searched, networks=3, seeds=None)
    number = create_identification(store, asked, small_digits)
    play(store, number, asked.spec, small_digits, lambda k: 0.5)
    narrowed = store.coefficients()[0].identification
    assert narrowed.verdict == "inconclusive"
    assert narrowed.left == narrowed.trained == 3
    assert narrowed.intervals == narrowed.before
    assert narrowed.coefficients is None


def test_a_follow_up_on_other_images_is_refused(store, searched, small_digits):
    asked = question(store, searched, networks=3, seeds=2)
    other = dataclasses.replace(small_digits, fingerprint="f" * 64)
    with pytest.raises(InputError, match=f"changed since sweep {searched} was created"):
        create_identification(store, asked, other)
    assert len(store.sweeps()) == 1


def test_without_a_leader_there_is_nothing_to_tell_apart(store, small_digits):
    plan = make_plan(SPEC.space, in_channels=1, classes=10)
    sweep_id = create_sweep(store, SPEC, small_digits, plan)
    with pytest.raises(InputError, match=f"sweep {sweep_id} has no leader .* let it finish"):
        question(store, sweep_id, networks=6, seeds=None)


def test_one_seed_is_refused(store, searched):
    with pytest.raises(InputError, match=r"seeds \[0\] cannot tell noise .* \(--seeds 3\)"):
        question(store, searched, networks=6, seeds=1)


def test_too_few_networks_are_refused(store, searched):
    with pytest.raises(InputError, match="1 networks asked for: give 2 to 100"):
        question(store, searched, networks=1, seeds=None)
