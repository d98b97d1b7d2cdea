"""Sweeps that keep the weights of their trials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from results.checkpoint_files import CHECKPOINT_VARIABLE
from results.states import TrialState
from scaling_search.networks.checkpoints import load
from search_spaces.networks.spec import NetworkSpec


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CHECKPOINT_VARIABLE, str(tmp_path / "weights"))
    return tmp_path / "weights"


def keeping(scene: Any, rule: str) -> Any:
    scene.sql("UPDATE sweeps SET spec = json_set(spec, '$.keep_checkpoints', ?)", rule)
    return scene


def test_the_best_trials_leave_weights_that_go_with_the_sweep(
    shared_ray: None, make_scene: Any, folder: Path
) -> None:
    scene = keeping(make_scene(candidates=3), "best:2")
    scene.drive()
    kept = scene.store.checkpoints(1)
    ranked = sorted(
        (trial for trial in scene.trials if trial.state is TrialState.FINISHED),
        key=lambda trial: (-trial.accuracy, trial.id),
    )
    assert [row.trial for row in kept] == [trial.id for trial in ranked[:2]]
    assert sorted(path.name for path in folder.iterdir()) == sorted(row.name for row in kept)
    candidates = {one.index: one for one in scene.store.candidates(1)}
    for row in kept:
        expected = NetworkSpec.from_dict(candidates[row.candidate].spec)
        found = load(folder / row.name, expected=expected, sha256=row.sha256)
        assert found.about.accuracy == row.accuracy
        assert found.about.seed == row.seed
        assert found.about.protocol == scene.sweep.protocol
        assert (folder / row.name).stat().st_size == row.size_bytes
    scene.store.delete_sweep(1)
    assert list(folder.iterdir()) == []


def test_a_folder_that_refuses_costs_the_weights_and_not_the_trial(
    shared_ray: None, make_scene: Any, folder: Path
) -> None:
    folder.write_text("a file where the folder should be")
    scene = keeping(make_scene(candidates=1, seeds=(0,)), "all")
    scene.drive()
    assert [trial.state for trial in scene.trials] == [TrialState.FINISHED]
    assert scene.store.checkpoints(1) == []
    (lost,) = (event for event in scene.store.events(1) if event.kind == "checkpoint_lost")
    assert "cannot be written" in lost.data["problem"]


def test_nothing_is_kept_unless_it_is_asked_for(finished: Any) -> None:
    assert finished.store.checkpoints(1) == []
    assert "checkpoint" not in finished.kinds()
