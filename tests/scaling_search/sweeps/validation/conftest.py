"""Validations whose trials are made up: the store is real, nothing is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from results import Store
from results.states import SweepState, TrialState
from results.values import TrialResult
from results.values.trials import pack_correct
from scaling_search.data import PreparedDataset
from scaling_search.networks.measure import Measured
from scaling_search.sweeps import creation
from scaling_search.sweeps.validation import running
from scaling_search.sweeps.validation.running import Turn, train_validation
from scaling_search.tune.execution import Execution
from search_spaces.baselines import complexity, get_baseline
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.sweep import load_sweep
from search_spaces.specs.validation import ValidationSpec

IMAGES = 300
BASELINE = 0

Truth = Callable[[int, float, int], float | None]
"""True accuracy by (images, learning rate, candidate's index); None diverges."""


@pytest.fixture(autouse=True)
def _nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(spec: NetworkSpec, mode: str = "eval") -> Measured:
        return Measured(complexity(get_baseline(spec.baseline), spec), {}, 0.1)

    monkeypatch.setattr(creation, "measure", measure)
    monkeypatch.setattr(running, "_one_ray", lambda execution: nullcontext())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/results.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def spec() -> ValidationSpec:
    return ValidationSpec(
        sweep=load_sweep("quickstart", {"seeds": 3}),
        budgets=(640, 3200),
        learning_rates=(0.05, 0.1, 0.2, 0.4),
    )


def play(store: Store, sweep_id: int, truth: Callable[[int], float | None]) -> None:
    """Every trial of a sweep that has no result, as a driver would record it; −1 fails."""
    rng = np.random.default_rng(sweep_id)
    lease = store.claim(sweep_id, "here:1:0", ttl_seconds=60)
    index = {candidate.id: candidate.index for candidate in store.candidates(sweep_id)}
    store.retry_failed(lease)
    for trial in store.trials(sweep_id, states=[TrialState.PENDING]):
        attempt = store.start_attempt(lease, trial.id)
        true = truth(index[trial.candidate_id])
        if true == -1:
            store.fail_attempt(lease, attempt.id, "the worker died", retry=False)
            continue
        correct = rng.random(IMAGES) < (0 if true is None else true)
        result = TrialResult(
            accuracy=None if true is None else float(correct.mean()),
            images=640,
            steps=20,
            train_seconds=2.0,
            correct=None if true is None else pack_correct(correct),
            n_validation=IMAGES,
            diverged=true is None,
        )
        store.finish_trial(lease, attempt.id, result)
    store.set_state(lease, SweepState.FINISHED)
    store.release(lease)


@pytest.fixture
def train(
    store: Store, spec: ValidationSpec, small_digits: PreparedDataset
) -> Callable[..., list[Turn]]:
    """Trains what a validation lacks; returns the turns that it took."""

    def run(number: int, truth: Truth, stop_after: int | None = None) -> list[Turn]:
        turns: list[Turn] = []

        def drive(turn: Turn) -> None:
            if len(turns) == stop_after:
                raise KeyboardInterrupt
            turns.append(turn)
            at = turn.variant
            play(store, turn.sweep_id, lambda k: truth(at.images, at.learning_rate, k))

        try:
            train_validation(store, number, spec, small_digits, Execution(workers=1), drive)
        except KeyboardInterrupt:
            assert stop_after is not None
        return turns

    return run
