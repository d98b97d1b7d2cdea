"""A stored sweep as one JSON document: what `run`, `show`, `resume` and `export` give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from results.documents.candidates import CandidateItem
from results.documents.sweeps import SweepDetail, SweepItem
from results.documents.trials import TrialItem
from results.reader import Reader
from results.states import SweepState, TrialState
from results.values import (
    Candidate,
    CandidateSummary,
    CheckpointRecord,
    Standing,
    Sweep,
    SweepSummary,
    Trial,
    Validation,
)
from results.values.json import to_json
from scaling_search.environment import is_dead
from search_spaces.specs.sweep import FRESH


def is_driven(sweep: Sweep | SweepSummary) -> bool:
    """Whether a live process drives the sweep, as far as can be told from here."""
    return sweep.leased and sweep.lease_owner is not None and not is_dead(sweep.lease_owner)


def waits(sweep: Sweep) -> bool:
    """Whether the sweep is in the runners' queue."""
    return sweep.state is SweepState.QUEUED and sweep.queued_at is not None


def coefficients_document(alpha: float, beta: float, gamma: float) -> dict[str, float]:
    """{alpha, beta, gamma}."""
    return {"alpha": alpha, "beta": beta, "gamma": gamma}


def summary_document(sweep: SweepSummary) -> dict[str, Any]:
    """A sweep in a list."""
    return SweepItem.from_summary(sweep, driven=is_driven(sweep)).model_dump(mode="json")


def standing_document(standing: Standing) -> dict[str, Any]:
    """A sweep without its candidates and trials."""
    driven = is_driven(standing.sweep)
    return SweepDetail.from_standing(standing, driven=driven).model_dump(mode="json")


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

    standing: Standing
    candidates: list[CandidateSummary]
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
        standing = reader.standing(sweep_id)
        found = reader.validations(protocol=standing.sweep.protocol, limit=1)
        return cls(
            standing=standing,
            candidates=reader.candidate_summaries(sweep_id),
            trials=reader.trials(sweep_id),
            validation=next(iter(found), None),
            checkpoints=reader.checkpoints(sweep_id),
        )

    @property
    def sweep(self) -> Sweep:
        """The sweep itself."""
        return self.standing.sweep

    @property
    def leading(self) -> Leading | None:
        """The leader; before the outcome, the best so far. Ways of scaling have none."""
        if self.sweep.spec["space"].get("compare") is not None:
            return None
        leader, outcome = self.standing.leader, self.sweep.outcome
        if leader is None or outcome is None or outcome.leader is None:
            return self.best_so_far
        by_index = {candidate.index: candidate for candidate in self.candidates}
        return Leading(by_index[outcome.leader], leader.accuracy)

    @property
    def best_so_far(self) -> Leading | None:
        """The candidate that may win with the best mean accuracy over its finished trials."""
        found: dict[int, list[float]] = {}
        for trial in self.trials:
            searched = trial.state is TrialState.FINISHED and trial.seed < FRESH
            if searched and trial.accuracy is not None:
                found.setdefault(trial.candidate_id, []).append(trial.accuracy)
        means = [
            Leading(candidate, sum(found[candidate.id]) / len(found[candidate.id]))
            for candidate in self.candidates
            if candidate.eligible and candidate.id in found
        ]
        return max(means, key=lambda one: one.accuracy, default=None)

    def to_dict(self) -> dict[str, Any]:
        """The document; `verdict`, `leader` and `chosen` are null until there is an outcome."""
        best, by_id = self.best_so_far, {candidate.id: candidate for candidate in self.candidates}
        trials = [TrialItem.from_trial(trial, by_id[trial.candidate_id]) for trial in self.trials]
        candidates = [CandidateItem.from_summary(candidate) for candidate in self.candidates]
        return standing_document(self.standing) | {
            "best_so_far": best and best.to_dict(),
            "candidates": [candidate.model_dump(mode="json") for candidate in candidates],
            "trials": [trial.model_dump(mode="json") for trial in trials],
            "checkpoints": [to_json(row) for row in self.checkpoints],
        }
