"""What is stored of a sweep that went from its beginning to its end."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from results.errors import ConflictError
from results.states import AttemptState, SweepState, TrialState
from results.values.json import to_json
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution
from search_spaces.baselines import get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients
from search_spaces.errors import InputError
from search_spaces.networks.spec import NetworkSpec


def test_every_trial_ends_with_its_result_and_what_it_took(finished: Any) -> None:
    assert finished.sweep.state is SweepState.FINISHED
    assert finished.sweep.error is None
    assert finished.sweep.lease_owner is None
    assert finished.sweep.finished_at is not None
    correct = finished.store.correct(1)
    for trial in finished.trials:
        assert trial.state is TrialState.FINISHED
        assert trial.attempts == 1
        assert trial.error is None
        assert (trial.steps, trial.images) == (4, 64)
        assert trial.accuracy == pytest.approx(correct[trial.id].mean())
        assert len(correct[trial.id]) == trial.n_validation == 287
        assert trial.loss > 0
        assert trial.train_seconds > 0
        assert trial.images_per_second > 0
        assert trial.peak_memory_bytes > 0


def test_every_epoch_is_stored_as_it_arrives(finished: Any) -> None:
    epochs = finished.store.epochs(1)
    for trial in finished.trials:
        own = [epoch for epoch in epochs if epoch.trial == trial.id]
        assert [(epoch.epoch, epoch.attempt, epoch.steps) for epoch in own] == [
            (1, 1, 2),
            (2, 1, 4),
        ]
        assert own[-1].accuracy == trial.accuracy
        assert own[-1].validation_loss == trial.loss
        assert all(epoch.train_loss > 0 and epoch.top5_accuracy is None for epoch in own)
    assert finished.epochs_seen == sorted(finished.epochs_seen)
    assert set(finished.epochs_seen) == set(range(len(epochs) + 1))


def test_every_attempt_is_on_record(finished: Any) -> None:
    attempts = finished.store.attempts(1)
    assert [attempt.trial_id for attempt in attempts] == [trial.id for trial in finished.trials]
    assert {(attempt.number, attempt.state) for attempt in attempts} == {(1, AttemptState.FINISHED)}
    assert [a.worker for a in attempts] == [trial.worker for trial in finished.trials]
    assert all(re.fullmatch(r".+:[0-9]+", attempt.worker) for attempt in attempts)


def test_what_happened_can_be_read_from_the_events(finished: Any) -> None:
    kinds = finished.kinds()
    trials = len(finished.trials)
    assert kinds[:5] == ["created", "claimed", "images", "execution", "calibrated"]
    assert kinds[-3:] == ["outcome", "state", "released"]
    assert kinds.count("trial_started") == kinds.count("trial_finished") == trials
    assert kinds.count("epochs") == 2 * trials


def test_the_largest_networks_are_trained_first(finished: Any) -> None:
    flops = {candidate.id: candidate.flops for candidate in finished.store.candidates(1)}
    of = {trial.id: flops[trial.candidate_id] for trial in finished.trials}
    started = [of[trial] for trial in finished.started()]
    assert started == sorted(started, reverse=True)


def test_the_display_ends_with_everything_done(finished: Any) -> None:
    first, last = finished.snapshots[0], finished.snapshots[-1]
    trials = len(finished.trials)
    assert (str(first.trials), first.fraction) == (f"0 of {trials} trials done", 0)
    assert first.trials.running == 0
    assert str(last.trials) == f"{trials} of {trials} trials done"
    assert last.fraction == pytest.approx(1)
    assert last.eta_seconds == pytest.approx(0, abs=1e-6)
    reached = {row.index: row.accuracy for row in finished.outcome.comparisons}
    eligible = [found.index for found in finished.store.candidates(1) if found.eligible]
    assert reached[last.leader.index] == max(reached[index] for index in eligible)
    assert max(snapshot.trials.running for snapshot in finished.snapshots) <= 2


def test_the_outcome_is_that_of_the_stored_trials(finished: Any) -> None:
    outcome = finished.sweep.outcome
    means = {
        candidate.index: np.mean(
            [trial.accuracy for trial in finished.trials if trial.candidate_id == candidate.id]
        )
        for candidate in finished.store.candidates(1)
    }
    assert outcome.leader == finished.outcome.leader
    eligible = [found.index for found in finished.store.candidates(1) if found.eligible]
    regrets = {row.index: row.expected_regret for row in outcome.comparisons}
    assert regrets[outcome.leader] == min(regrets[index] for index in eligible)
    assert 0 <= outcome.certainty <= 1
    assert outcome.flops_ratio == pytest.approx(2, abs=0.3)
    assert {"baseline", "published"} >= set(outcome.gains)
    assert outcome.verdict == finished.outcome.verdict
    assert outcome.why == finished.outcome.why
    conclusive = outcome.verdict != "inconclusive"  # hardly ever after four steps
    assert outcome.chosen == (outcome.leading.coefficients if conclusive else None)
    assert outcome.seeds == 2
    assert outcome.chance == pytest.approx(0.1, abs=0.02)
    for row in outcome.comparisons:
        assert row.accuracy == pytest.approx(means[row.index])


def test_the_leader_is_reported_as_the_class_of_coefficients_that_it_is(finished: Any) -> None:
    outcome = finished.sweep.outcome
    leader = finished.store.candidates(1)[outcome.leader]
    leading = outcome.leading
    assert leading.coefficients == Coefficients(leader.alpha, leader.beta, leader.gamma)
    assert to_json(leading.intervals) == leader.intervals
    assert dataclasses.asdict(leading.shares) == leader.shares
    assert leading.normalised.nominal_flops_ratio == pytest.approx(2)
    assert leading.ends_at_b7.name == "b7"


def test_coefficients_and_family_are_stored(finished: Any) -> None:
    [record] = finished.store.coefficients()
    leader = finished.store.candidates(1)[finished.outcome.leader]
    assert tuple(record.coefficients) == (leader.alpha, leader.beta, leader.gamma)
    assert record.verdict == finished.outcome.verdict
    assert record.protocol == finished.sweep.protocol
    assert record.why == finished.sweep.outcome.why

    members = finished.store.family_members(record.id)
    assert [member.name for member in members] == [f"b{k}" for k in range(8)]
    assert {member.convention for member in members} == {"fitted"}
    base = Frame.of(get_baseline("efficientnet_b0"))
    assert members[0].flops == base.base_flops == 401_659_392
    assert members[0].params == 5_288_548
    for power, member in enumerate(members):
        target = 2**power * base.base_flops
        assert member.flops / target - 1 == pytest.approx(member.residual)
        assert abs(member.residual) < 0.2
        assert "dropout" in member.inherited
        assert NetworkSpec.from_dict(member.spec).resolution_px == member.resolution_px


def test_every_member_of_the_family_is_measured(finished: Any) -> None:
    [record] = finished.store.coefficients()
    keys = {
        NetworkSpec.from_dict(member.spec).key
        for member in finished.store.family_members(record.id)
    }
    measured = {row[0] for row in finished.sql("SELECT spec_key FROM measurements")}
    assert keys <= measured
    assert {candidate.spec_key for candidate in finished.store.candidates(1)} <= measured


def test_a_finished_sweep_is_not_driven_again(finished: Any) -> None:
    before = finished.kinds()
    with pytest.raises(ConflictError) as caught:
        finished.drive()
    assert str(caught.value) == (
        "sweep 1 is finished and cannot become running: nothing may follow finished; submit a new "
        "sweep instead"
    )
    assert finished.kinds() == before


def test_a_sweep_that_lacks_only_its_conclusion_is_concluded(
    finished_copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Ray, which would not find anything to train."""
    finished_copy.sql("UPDATE sweeps SET state = 'interrupted', outcome = NULL")
    finished_copy.sql("DELETE FROM family_members")
    finished_copy.sql("DELETE FROM coefficients")
    monkeypatch.setattr("ray.init", lambda **options: pytest.fail("Ray was started"))
    outcome = finished_copy.drive()
    assert finished_copy.sweep.state is SweepState.FINISHED
    assert finished_copy.sweep.outcome.leader == outcome.leader
    [record] = finished_copy.store.coefficients()
    assert len(finished_copy.store.family_members(record.id)) == 8
    assert finished_copy.kinds().count("trial_started") == len(finished_copy.trials)


def test_a_conclusion_that_is_interrupted_is_taken_up_later(
    finished_copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaling_search.sweeps import Interrupted, creation

    finished_copy.sql("UPDATE sweeps SET state = 'interrupted', outcome = NULL")
    finished_copy.sql("DELETE FROM measurements")

    def interrupted(spec: NetworkSpec) -> None:
        raise KeyboardInterrupt

    measure = creation.measure
    monkeypatch.setattr(creation, "measure", interrupted)
    with pytest.raises(Interrupted, match=r"^sweep 1 was interrupted$"):
        finished_copy.drive()
    assert finished_copy.sweep.state is SweepState.INTERRUPTED
    assert finished_copy.sweep.lease_owner is None
    monkeypatch.setattr(creation, "measure", measure)
    finished_copy.drive()
    assert finished_copy.sweep.state is SweepState.FINISHED


def test_other_images_than_the_sweeps_are_refused(
    finished_copy: Any, small_digits: PreparedDataset
) -> None:
    finished_copy.sql("UPDATE sweeps SET state = 'interrupted'")
    finished_copy.data = dataclasses.replace(small_digits, fingerprint="0123456789abcdef")
    before = finished_copy.kinds()
    with pytest.raises(InputError) as caught:
        finished_copy.drive()
    assert str(caught.value) == (
        "the images of digits changed since sweep 1 was created (fingerprint 0123456789ab, then "
        f"{small_digits.fingerprint[:12]}): trials on different images cannot be compared; restore "
        "the images, or run a new sweep"
    )
    assert finished_copy.kinds() == before


def test_a_sweep_of_a_baseline_that_is_not_installed_is_refused(finished_copy: Any) -> None:
    finished_copy.sql(
        "UPDATE sweeps SET state = 'interrupted', "
        "spec = json_set(spec, '$.space.baseline', 'mobilenet_v9')"
    )
    with pytest.raises(InputError) as caught:
        finished_copy.drive()
    assert str(caught.value).startswith("sweep 1: space.baseline: ")
    assert "mobilenet_v9" in str(caught.value)
    assert finished_copy.sweep.state is SweepState.INTERRUPTED


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers is 0: it must be between 1 and 10000"),
        (
            {"workers": 1, "cpus_per_trial": 0},
            "cpus_per_trial is 0: it must be between 1 and 10000",
        ),
        ({"workers": 1, "attempts": 0}, "attempts is 0: it must be between 1 and 10000"),
        (
            {"workers": 1, "gpus_per_trial": -0.5},
            "gpus_per_trial is -0.5: it must be between 0 and 64; 0.25 lets four trials share a "
            "device",
        ),
        (
            {"workers": 1, "ray_address": "here"},
            "ray address 'here' must be host:port, for example 10.0.0.1:6379",
        ),
    ],
)
def test_an_execution_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Execution(**options)
    assert str(caught.value) == message
