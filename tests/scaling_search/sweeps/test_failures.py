"""Trials that fail or diverge: recorded, left out, tried again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from results.states import AttemptState, SweepState, TrialState
from scaling_search.sweeps.progress import Snapshot
from search_spaces.errors import WorkError
from search_spaces.proxy_spec import ProxySpec

HOPELESS = ProxySpec(steps=4, batch_size=16, reports=2, norm_images=0, learning_rate=1e9)


def test_a_candidate_that_fails_is_recorded_and_left_out_while_others_finish(
    make_scene: Any, shared_ray: None
) -> None:
    scene = make_scene(seeds=(0,))  # each failure costs a worker, whose start takes seconds
    candidates = scene.store.candidates(1)
    bad = max((found for found in candidates if found.eligible), key=lambda found: found.flops)
    broken = bad.spec | {"baseline": "efficientnet_b0x"}
    scene.sql("UPDATE candidates SET spec = ? WHERE id = ?", json.dumps(broken), bad.id)
    outcome = scene.drive()
    assert scene.sweep.state is SweepState.FINISHED
    for trial in scene.trials:
        if trial.candidate_id == bad.id:
            assert trial.state is TrialState.FAILED
            assert trial.error.startswith("InputError: ")
            assert "efficientnet_b0x" in trial.error
            assert trial.accuracy is None
        else:
            assert trial.state is TrialState.FINISHED
    assert outcome.leader != bad.index
    standings = {row["index"]: row["standing"] for row in scene.sweep.outcome["comparisons"]}
    assert standings[bad.index] == "incomplete"
    assert list(standings.values()).count("incomplete") == 1


def test_a_sweep_whose_trials_all_fail_says_why_and_can_be_resumed(
    make_scene: Any, shared_ray: None, tmp_path: Path
) -> None:
    """The images vanish once the sweep has begun, and come back."""
    scene = make_scene(candidates=1, seeds=(0,))
    here, images = tmp_path / "images", scene.data.path
    here.symlink_to(images)
    scene.data = dataclasses.replace(scene.data, path=str(here))

    def remove(snapshot: Snapshot) -> None:
        here.unlink(missing_ok=True)

    with pytest.raises(WorkError) as caught:
        scene.drive(remove)
    assert str(caught.value).startswith("sweep 1: every trial failed or diverged: ")
    assert str(here) in str(caught.value)
    assert scene.sweep.state is SweepState.FAILED
    assert scene.sweep.error == str(caught.value)
    assert scene.sweep.lease_owner is None
    [trial] = scene.trials
    assert (trial.state, trial.attempts) == (TrialState.FAILED, 1)
    assert str(here) in trial.error
    assert [(attempt.number, attempt.state) for attempt in scene.store.attempts(1)] == [
        (1, AttemptState.FAILED)
    ]

    here.symlink_to(images)
    outcome = scene.drive()
    assert scene.sweep.state is SweepState.FINISHED
    assert scene.sweep.error is None
    [trial] = scene.trials
    assert (trial.state, trial.attempts) == (TrialState.FINISHED, 2)
    assert "retried" in scene.kinds()
    assert outcome.leader is None  # the one candidate is the baseline
    assert scene.sweep.outcome["verdict"] == "inconclusive"
    assert scene.sweep.outcome["chosen"] is None
    assert scene.store.coefficients() == []


def test_trials_that_diverge_are_results_of_their_own(make_scene: Any, shared_ray: None) -> None:
    scene = make_scene(HOPELESS, candidates=2, seeds=(0,))
    snapshots: list[Snapshot] = []
    with pytest.raises(WorkError) as caught:
        scene.drive(snapshots.append)
    assert str(caught.value) == ("sweep 1: every trial failed or diverged: diverged at step 2")
    assert snapshots[-1].lost == 2
    assert scene.sweep.state is SweepState.FAILED
    for trial in scene.trials:
        assert trial.state is TrialState.DIVERGED
        assert trial.error == "diverged at step 2"
        assert trial.attempts == 1
    assert {attempt.state for attempt in scene.store.attempts(1)} == {AttemptState.DIVERGED}

    begun = len(scene.started())
    with pytest.raises(WorkError, match="every trial failed or diverged"):
        scene.drive()
    assert len(scene.started()) == begun
