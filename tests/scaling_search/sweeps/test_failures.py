"""Trials that fail or diverge: recorded, left out, tried again; images that vanish."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from results.errors import ConflictError
from results.states import AttemptState, SweepState, TrialState
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import driver, images
from scaling_search.sweeps.progress import Snapshot
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.proxy import ProxySpec

HOPELESS = ProxySpec(steps=4, batch_size=16, reports=2, norm_images=0, learning_rate=1e9)


def broken(scene: Any, candidate: Any) -> None:
    """No worker can build the candidate's network any more."""
    spec = candidate.spec | {"baseline": "efficientnet_b0x"}
    scene.sql("UPDATE candidates SET spec = ? WHERE id = ?", json.dumps(spec), candidate.id)


def mended(scene: Any, candidate: Any) -> None:
    """As it was."""
    spec = json.dumps(candidate.spec)
    scene.sql("UPDATE candidates SET spec = ? WHERE id = ?", spec, candidate.id)


def test_a_sweep_that_lost_trials_is_incomplete_until_they_are_tried_again(
    make_scene: Any, shared_ray: None
) -> None:
    scene = make_scene()
    candidates = scene.store.candidates(1)
    bad = max((found for found in candidates if found.eligible), key=lambda found: found.flops)
    broken(scene, bad)
    snapshots: list[Snapshot] = []
    outcome = scene.drive(snapshots.append)
    assert scene.sweep.state is SweepState.INCOMPLETE
    assert str(scene.store.progress([1])[1]) == "8 of 10 trials done, 2 failed"
    assert str(snapshots[-1].trials) == "8 of 10 trials done, 2 failed"
    for trial in scene.trials:
        if trial.candidate_id == bad.id:
            assert trial.state is TrialState.FAILED
            assert trial.error.startswith("InputError: ")
            assert "efficientnet_b0x" in trial.error
            assert trial.accuracy is None
        else:
            assert trial.state is TrialState.FINISHED
    assert outcome.leader != bad.index
    statuses = {row.index: row.standing for row in scene.sweep.outcome.comparisons}
    assert statuses[bad.index] == "incomplete"
    assert list(statuses.values()).count("incomplete") == 1
    assert scene.sweep.outcome.why[-1] == (
        "left out, as they lost trials: 1 candidate that could win; of their trials 2 failed "
        "(resume, which tries failed trials again)"
    )

    before = {trial.id: trial for trial in scene.trials}
    begun = len(scene.started())
    mended(scene, bad)
    scene.drive()
    assert scene.sweep.state is SweepState.FINISHED
    assert len(scene.started()) == begun + 2
    for trial in scene.trials:
        assert trial.state is TrialState.FINISHED
        if trial.candidate_id == bad.id:
            assert (trial.attempts, trial.error) == (2, None)
        else:
            assert trial == before[trial.id]
    statuses = {row.index: row.standing for row in scene.sweep.outcome.comparisons}
    assert "incomplete" not in statuses.values()
    assert "lost trials" not in " ".join(scene.sweep.outcome.why)
    with pytest.raises(ConflictError, match="sweep 1 is finished and cannot become running"):
        scene.drive()


def test_a_sweep_whose_trials_all_fail_says_why_and_can_be_resumed(
    make_scene: Any, shared_ray: None
) -> None:
    scene = make_scene(candidates=1, seeds=(0,))
    [candidate] = scene.store.candidates(1)
    broken(scene, candidate)
    with pytest.raises(WorkError) as caught:
        scene.drive(attempts=1)
    assert str(caught.value).startswith("sweep 1: every trial failed: InputError: ")
    assert scene.sweep.state is SweepState.FAILED
    assert scene.sweep.error == str(caught.value)
    assert scene.sweep.lease_owner is None
    [trial] = scene.trials
    assert (trial.state, trial.attempts) == (TrialState.FAILED, 1)
    assert [(attempt.number, attempt.state) for attempt in scene.store.attempts(1)] == [
        (1, AttemptState.FAILED)
    ]

    mended(scene, candidate)
    outcome = scene.drive()
    assert scene.sweep.state is SweepState.FINISHED
    assert scene.sweep.error is None
    [trial] = scene.trials
    assert (trial.state, trial.attempts) == (TrialState.FINISHED, 2)
    assert "retried" in scene.kinds()
    assert outcome.leader is None  # the one candidate is the baseline
    assert scene.sweep.outcome.verdict == "inconclusive"
    assert scene.sweep.outcome.chosen is None
    assert scene.store.coefficients() == []


def test_trials_that_diverge_are_results_of_their_own(make_scene: Any, shared_ray: None) -> None:
    scene = make_scene(HOPELESS, candidates=2, seeds=(0,))
    snapshots: list[Snapshot] = []
    outcome = scene.drive(snapshots.append)
    assert str(snapshots[-1].trials) == "2 of 2 trials done, 2 diverged"
    assert (scene.sweep.state, scene.sweep.error) == (SweepState.FINISHED, None)
    for trial in scene.trials:
        assert trial.state is TrialState.DIVERGED
        assert trial.error == "diverged at step 2"
        assert trial.attempts == 1
    assert {attempt.state for attempt in scene.store.attempts(1)} == {AttemptState.DIVERGED}
    assert (outcome.verdict, outcome.leader) == ("inconclusive", None)
    assert scene.sweep.outcome.why == (
        "all 2 trials diverged: a learning rate of 1e+09 is too high for this recipe; run anew "
        "with a lower one, for example `--set proxy.learning_rate=0.05`",
    )


@pytest.fixture
def vanishing(tmp_path: Path, small_digits: PreparedDataset) -> PreparedDataset:
    """Prepared images that a test may delete."""
    here = tmp_path / "prepared"
    shutil.copytree(small_digits.path, here)
    return dataclasses.replace(small_digits, path=str(here))


def deleted_after_a_trial(data: PreparedDataset) -> Callable[[Snapshot], None]:
    def observe(now: Snapshot) -> None:
        if now.trials.done:
            shutil.rmtree(data.path, ignore_errors=True)

    return observe


def test_images_that_vanish_meanwhile_are_prepared_again(
    make_scene: Any,
    shared_ray: None,
    vanishing: PreparedDataset,
    small_digits: PreparedDataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = make_scene(candidates=2)
    scene.data = vanishing
    prepared: list[Any] = []

    def prepare(spec: Any, **_: Any) -> PreparedDataset:
        prepared.append(spec)
        return small_digits

    monkeypatch.setattr(images, "prepare", prepare)
    scene.drive(deleted_after_a_trial(vanishing))
    assert len(prepared) == 1
    assert scene.sweep.state is SweepState.FINISHED
    assert {trial.state for trial in scene.trials} == {TrialState.FINISHED}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fingerprint": "f"}, "images changed"),
        ({"split_key": "s"}, "split changed"),
        ({"fingerprint": "f", "split_key": "s"}, "images and split changed"),
    ],
)
def test_other_images_are_not_taken_for_those_that_vanished(
    vanishing: PreparedDataset, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], told: str
) -> None:
    other = dataclasses.replace(vanishing, **change)
    monkeypatch.setattr(images, "prepare", lambda spec, **_: other)
    assert images.are_readable(vanishing)
    shutil.rmtree(vanishing.path)
    assert not images.are_readable(vanishing)
    with pytest.raises(InputError) as caught:
        images.prepare_again(None, vanishing, lambda: None)  # type: ignore[arg-type]
    assert str(caught.value) == (
        f"the prepared images of digits are gone from {vanishing.path}, and prepared again they "
        f"are not the same ({told}): trials on different images cannot be compared; restore them, "
        "or run a new sweep"
    )


def test_images_that_cannot_be_prepared_again_fail_the_sweep(
    make_scene: Any,
    shared_ray: None,
    vanishing: PreparedDataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def prepare(spec: Any, **_: Any) -> PreparedDataset:
        raise InputError("the folder photos does not exist")

    monkeypatch.setattr(images, "prepare", prepare)
    scene = make_scene(candidates=2)
    scene.data = vanishing
    with pytest.raises(WorkError) as caught:
        scene.drive(deleted_after_a_trial(vanishing))
    assert str(caught.value) == (
        f"the prepared images of digits are gone from {vanishing.path}, and cannot be prepared "
        "again: the folder photos does not exist"
    )
    assert scene.sweep.state is SweepState.FAILED
    progress = scene.store.progress([1])[1]
    assert progress.finished >= 1
    assert progress.finished < progress.total


def test_a_sweep_does_not_prepare_images_for_ever(
    make_scene: Any, vanishing: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(candidates=1)
    shutil.rmtree(vanishing.path)
    scene.data = vanishing
    monkeypatch.setattr(driver, "train", lambda *_: None)
    monkeypatch.setattr(images, "prepare", lambda spec, **_: vanishing)
    with pytest.raises(WorkError) as caught:
        scene.drive()
    assert str(caught.value) == (
        f"the prepared images of digits vanished 4 times from {vanishing.path}: keep what deletes "
        "them away from it, or set SCALING_SEARCH_CACHE_DIR to another folder"
    )


def test_another_split_is_refused_before_anything_is_changed(
    make_scene: Any, small_digits: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(candidates=1)
    lease = scene.store.claim(1, "here:1:1", ttl_seconds=60)
    images.record_split(scene.store, lease, small_digits)
    images.record_split(scene.store, lease, small_digits)
    assert scene.kinds().count("images") == 1
    scene.store.set_state(lease, SweepState.INTERRUPTED)
    scene.store.release(lease)
    counts = (small_digits.train_counts[0] + 1, *small_digits.train_counts[1:])
    scene.data = dataclasses.replace(small_digits, split_key="other", train_counts=counts)
    with pytest.raises(InputError) as caught:
        scene.drive()
    assert str(caught.value) == (
        "the images of digits are split otherwise than when sweep 1 began: 161 to train on and 287 "
        "to validate, then 160 and 287; trials on different images cannot be compared; restore "
        "them, or run a new sweep"
    )
    assert scene.sweep.state is SweepState.INTERRUPTED
