"""A stored sweep as one JSON document: what `run`, `show`, `resume` and `export` give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from results.reader import Reader
from results.states import TrialState
from results.values import Candidate, CheckpointRecord, SweepDetail, Trial, Validation
from results.values.json import to_json
from search_spaces.specs.sweep import FRESH


def coefficients_document(alpha: float, beta: float, gamma: float) -> dict[str, float]:
    """{alpha, beta, gamma}."""
    return {"alpha": alpha, "beta": beta, "gamma": gamma}


@dataclass(frozen=True)
class Leading:
    """A candidate that leads, with its mean accuracy over seeds."""

    candidate: Candidate
    accuracy: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        one = self.candidate
        return {
            "candidate": one.index,
            "coefficients": coefficients_document(one.alpha, one.beta, one.gamma),
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True)
class SweepRecord:
    """A sweep with its candidates, its trials and the weights that these left."""

    sweep: SweepDetail
    candidates: list[Candidate]
    trials: list[Trial]
    validation: Validation | None
    """The latest validation of its protocol."""
    checkpoints: list[CheckpointRecord]

    @classmethod
    def read(cls, reader: Reader, sweep_id: int) -> SweepRecord:
        """Everything of a sweep.

        Raises:
            NotFoundError: there is no such sweep.
        """
        sweep = reader.sweep(sweep_id)
        found = reader.validations(protocol=sweep.protocol, limit=1)
        return cls(
            sweep=sweep,
            candidates=reader.candidates(sweep_id),
            trials=reader.trials(sweep_id),
            validation=next(iter(found), None),
            checkpoints=reader.checkpoints(sweep_id),
        )

    @property
    def leading(self) -> Leading | None:
        """The leader; before the outcome, the best so far. Ways of scaling have none."""
        if self.sweep.spec["space"].get("compare") is not None:
            return None
        leader, accuracy = self.sweep.leader_candidate, self.sweep.leader_accuracy
        if leader is None or accuracy is None:
            return self.best_so_far
        return Leading(next(one for one in self.candidates if one.index == leader), accuracy)

    @property
    def best_so_far(self) -> Leading | None:
        """The candidate that may win with the best mean accuracy over its finished trials."""
        reached: dict[int, list[float]] = {}
        for trial in self.trials:
            searched = trial.state is TrialState.FINISHED and trial.seed < FRESH
            if searched and trial.accuracy is not None:
                reached.setdefault(trial.candidate_id, []).append(trial.accuracy)
        means = [
            Leading(candidate, sum(reached[candidate.id]) / len(reached[candidate.id]))
            for candidate in self.candidates
            if candidate.eligible and candidate.id in reached
        ]
        return max(means, key=lambda one: one.accuracy, default=None)

    def to_dict(self) -> dict[str, Any]:
        """The document; `verdict`, `leader` and `chosen` are null until there is an outcome."""
        best = self.best_so_far
        document: dict[str, Any] = to_json(self.sweep)
        return document | {
            "best_so_far": best and best.to_dict(),
            "candidates": [to_json(candidate) for candidate in self.candidates],
            "trials": [to_json(trial) for trial in self.trials],
            "checkpoints": [to_json(row) for row in self.checkpoints],
        }
