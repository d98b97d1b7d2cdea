"""Trials as a table."""

from __future__ import annotations

from typing import Final

from results.states import TrialState
from results.tables.table import Column
from results.values import Trial
from search_spaces.human import amount, percent, triple

TRIALS: Final[dict[str, Column[Trial]]] = {
    "id": Column("trial", lambda trial: str(trial.id), sort="id"),
    "candidate": Column("candidate", lambda trial: str(trial.candidate)),
    "coefficients": Column(
        "α, β, γ",
        lambda trial: triple((trial.alpha, trial.beta, trial.gamma))[1:-1],
        numeric=False,
    ),
    "seed": Column("seed", lambda trial: str(trial.seed)),
    "state": Column("state", lambda trial: str(trial.state), numeric=False),
    "accuracy": Column("accuracy", lambda trial: percent(trial.accuracy), sort="accuracy"),
    "loss": Column(
        "loss", lambda trial: "" if trial.loss is None else f"{trial.loss:.3f}", sort="loss"
    ),
    "flops": Column("FLOPs", lambda trial: amount(trial.flops), sort="flops"),
    "train_seconds": Column(
        "seconds",
        lambda trial: "" if trial.train_seconds is None else f"{trial.train_seconds:.1f}",
        sort="train_seconds",
    ),
    "images_per_second": Column(
        "images/s",
        lambda trial: "" if trial.images_per_second is None else f"{trial.images_per_second:,.0f}",
    ),
    "attempts": Column("attempts", lambda trial: str(trial.attempts)),
    "worker": Column("worker", lambda trial: trial.worker or "", numeric=False),
    "error": Column("error", lambda trial: _error(trial), numeric=False, wraps=True),
}
"""Columns of a trial, by the names of its fields."""


def _error(trial: Trial) -> str:
    """An error, unless another attempt made up for it."""
    is_lost = trial.state in (TrialState.FAILED, TrialState.DIVERGED)
    return (trial.error or "") if is_lost else ""
