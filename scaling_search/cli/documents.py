"""A stored sweep as one JSON document: what `run`, `show`, `resume` and `export` give."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from results.records import (
    Candidate,
    CoefficientsRecord,
    Dataset,
    FamilyMember,
    Progress,
    Sweep,
    Trial,
)
from results.states import SweepState, TrialState
from results.store import Store
from scaling_search.environment import is_dead


def is_driven(sweep: Sweep) -> bool:
    """Whether a live process drives the sweep, as far as can be told from here."""
    if sweep.state is not SweepState.RUNNING or sweep.lease_owner is None:
        return False
    lapsed = sweep.lease_expires_at is None or sweep.lease_expires_at <= datetime.now(UTC)
    return not lapsed and not is_dead(sweep.lease_owner)


def progress_document(progress: Progress) -> dict[str, int]:
    """Trials by state."""
    return dataclasses.asdict(progress) | {"total": progress.total, "done": progress.done}


def coefficients_document(alpha: float, beta: float, gamma: float) -> dict[str, float]:
    """{alpha, beta, gamma}."""
    return {"alpha": alpha, "beta": beta, "gamma": gamma}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def leading_row(outcome: dict[str, Any]) -> dict[str, Any] | None:
    """The leader's row of an outcome's comparisons."""
    rows: list[dict[str, Any]] = outcome.get("comparisons", [])
    return next((row for row in rows if row["index"] == outcome.get("leader")), None)


def summary_document(sweep: Sweep, progress: Progress) -> dict[str, Any]:
    """A sweep in a list; `verdict`, `leader` and `chosen` are null until there is an outcome."""
    outcome = sweep.outcome or {}
    leading = leading_row(outcome)
    return {
        "id": sweep.id,
        "name": sweep.name,
        "state": str(sweep.state),
        "driven": is_driven(sweep),
        "error": sweep.error,
        "baseline": sweep.baseline,
        "dataset": sweep.dataset,
        "dataset_fingerprint": sweep.dataset_fingerprint,
        "target_ratio": sweep.target_ratio,
        "protocol": sweep.protocol,
        "seeds": list(sweep.seeds),
        "created_at": _time(sweep.created_at),
        "started_at": _time(sweep.started_at),
        "finished_at": _time(sweep.finished_at),
        "progress": progress_document(progress),
        "verdict": outcome.get("verdict"),
        "why": outcome.get("why", []),
        "leader": outcome.get("coefficients"),
        "leader_candidate": outcome.get("leader"),
        "leader_accuracy": leading and leading["accuracy"],
        "chosen": outcome.get("chosen"),
    }


def candidate_document(candidate: Candidate) -> dict[str, Any]:
    """A candidate with the keys that `plan` gives it."""
    return {
        "index": candidate.index,
        "roles": list(candidate.roles),
        "representative": [candidate.alpha, candidate.beta, candidate.gamma],
        "coefficients": [list(triple) for triple in candidate.coefficients],
        "intervals": candidate.intervals,
        "shares": candidate.shares,
        "spec": candidate.spec,
        "spec_key": candidate.spec_key,
        "flops": candidate.flops,
        "params": candidate.params,
        "activations": candidate.activations,
        "complexity_source": "fvcore",
        "nominal_ratio": candidate.nominal_ratio,
        "measured_ratio": candidate.measured_ratio,
        "residual": candidate.residual,
        "eligible": candidate.eligible,
        "notes": list(candidate.notes),
    }


def trial_document(trial: Trial, index: int) -> dict[str, Any]:
    """A trial; `candidate` is the index in the plan."""
    values = dataclasses.asdict(trial)
    for key in ("sweep_id", "candidate_id"):
        del values[key]
    times = {key: _time(values[key]) for key in ("started_at", "finished_at")}
    return values | times | {"candidate": index, "state": str(trial.state)}


def member_document(member: FamilyMember) -> dict[str, Any]:
    """A stored family member."""
    values = dataclasses.asdict(member)
    for key in ("id", "coefficients_id"):
        del values[key]
    return values | {"complexity_source": "fvcore"}


def best_so_far(candidates: list[Candidate], trials: list[Trial]) -> tuple[Candidate, float] | None:
    """The eligible candidate with the best mean accuracy, before there is a verdict."""
    found: dict[int, list[float]] = {}
    for trial in trials:
        if trial.state is TrialState.FINISHED and trial.accuracy is not None:
            found.setdefault(trial.candidate_id, []).append(trial.accuracy)
    means = [
        (candidate, sum(found[candidate.id]) / len(found[candidate.id]))
        for candidate in candidates
        if candidate.eligible and candidate.id in found
    ]
    return max(means, key=lambda pair: pair[1], default=None)


@dataclasses.dataclass(frozen=True)
class SweepRecord:
    """A sweep with everything that is stored of it.

    `coefficients` and `family` are None and empty before the outcome.
    """

    sweep: Sweep
    progress: Progress
    candidates: list[Candidate]
    trials: list[Trial]
    data: Dataset
    coefficients: CoefficientsRecord | None
    family: list[FamilyMember]

    @classmethod
    def read(cls, store: Store, sweep_id: int) -> SweepRecord:
        """Everything of a sweep.

        Raises:
            NotFoundError: there is no such sweep.
        """
        sweep = store.sweep(sweep_id)
        found = store.coefficients(sweep_id=sweep_id)
        return cls(
            sweep=sweep,
            progress=store.progress([sweep_id])[sweep_id],
            candidates=store.candidates(sweep_id),
            trials=store.trials(sweep_id),
            data=store.dataset(sweep.dataset, fingerprint=sweep.dataset_fingerprint),
            coefficients=found[0] if found else None,
            family=store.family_members(found[0].id) if found else [],
        )

    @property
    def leader(self) -> tuple[Candidate, float] | None:
        """The leader and its mean accuracy; before the outcome, the best so far."""
        if self.coefficients is None:
            return best_so_far(self.candidates, self.trials)
        by_id = {candidate.id: candidate for candidate in self.candidates}
        return by_id[self.coefficients.candidate_id], self.coefficients.accuracy

    def to_dict(self) -> dict[str, Any]:
        """The document; `verdict` and `chosen` are null until there is one."""
        sweep = self.sweep
        index = {candidate.id: candidate.index for candidate in self.candidates}
        document = summary_document(sweep, self.progress)
        if sweep.outcome is None and (leading := self.leader) is not None:
            candidate, accuracy = leading
            document |= {
                "leader": coefficients_document(candidate.alpha, candidate.beta, candidate.gamma),
                "leader_candidate": candidate.index,
                "leader_accuracy": accuracy,
            }
        return document | {
            "outcome": sweep.outcome,
            "candidates": [candidate_document(candidate) for candidate in self.candidates],
            "trials": [trial_document(trial, index[trial.candidate_id]) for trial in self.trials],
            "family": [member_document(member) for member in self.family],
            "notes": list(self.data.details["notes"]),
            "spec": sweep.spec,
            "versions": sweep.versions,
            "hardware": sweep.hardware,
        }
