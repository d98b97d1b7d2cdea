"""How far a sweep is, who leads, and when it will be over."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from results.records import Candidate, Trial
from results.states import TrialState
from search_spaces.sweep_spec import FRESH

_OVER = (TrialState.FINISHED, TrialState.DIVERGED, TrialState.STOPPED, TrialState.FAILED)


class Reported(Protocol):
    """What is told of an epoch."""

    @property
    def epoch(self) -> int:
        """Its number, from 1."""
        ...

    @property
    def images_per_second(self) -> float:
        """How fast it was trained."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """A sweep as it stands.

    `fraction` weighs trials by FLOPs; `eta_seconds` extrapolates this run's pace, None before there
    is one. `leader` is the candidate with the best mean so far, with its mean and trial count;
    confirmation has no part in it.
    `images_per_second` adds up what the running trials last reported. `decision` is what the
    strategy last said.
    """

    total: int
    done: int
    running: int
    lost: int
    fraction: float
    eta_seconds: float | None
    leader: Candidate | None
    leader_accuracy: float | None
    leader_trials: int
    images_per_second: float
    decision: str = ""


class Tracker:
    """Counts what the driver hears; answers with snapshots.

    Args:
        candidates: the plan.
        trials: all trials of the sweep, with their states at the start.
        reports: epochs of a trial.
    """

    def __init__(
        self, candidates: Sequence[Candidate], trials: Sequence[Trial], reports: int
    ) -> None:
        self._candidates: Mapping[int, Candidate] = {c.id: c for c in candidates}
        self._trials = {trial.id: trial for trial in trials}
        self._reports = reports
        self._accuracies: dict[int, list[float]] = {}
        self._epochs: dict[int, int] = {}
        self._speeds: dict[int, float] = {}
        self._over = {trial.id for trial in trials if trial.state in _OVER}
        self._lost = sum(t.state in (TrialState.DIVERGED, TrialState.FAILED) for t in trials)
        for trial in trials:
            searched = trial.state is TrialState.FINISHED and trial.seed < FRESH
            if searched and trial.accuracy is not None:
                self._accuracies.setdefault(trial.candidate_id, []).append(trial.accuracy)
        self._decision = ""
        self._began = time.monotonic()
        self._began_at = self._fraction()

    def add(self, trials: Iterable[Trial]) -> None:
        """Trials that were decided on since."""
        for trial in trials:
            self._trials.setdefault(trial.id, trial)
            if trial.state is TrialState.PENDING:
                self._over.discard(trial.id)  # where a race had stopped it

    def decided(self, why: str) -> None:
        """The strategy says why it goes on as it does."""
        self._decision = why

    def weight(self, trial_id: int) -> float:
        """Expected cost of a trial, in FLOPs of one image."""
        return float(self._candidates[self._trials[trial_id].candidate_id].flops)

    def started(self, trial_id: int) -> None:
        """An attempt begins, from nothing."""
        self._epochs[trial_id] = 0

    def reported(self, trial_id: int, report: Reported) -> None:
        """An epoch is over."""
        self._epochs[trial_id] = report.epoch
        self._speeds[trial_id] = report.images_per_second

    def ended(self, trial_id: int, accuracy: float | None) -> None:
        """A trial is over; `accuracy` is None where it diverged or failed."""
        self.dropped(trial_id)
        self._over.add(trial_id)
        if accuracy is None:
            self._lost += 1
        elif self._trials[trial_id].seed < FRESH:
            found = self._accuracies.setdefault(self._trials[trial_id].candidate_id, [])
            found.append(accuracy)

    def stopped(self, trial_id: int) -> None:
        """A trial was ended early."""
        self.dropped(trial_id)
        self._over.add(trial_id)

    def dropped(self, trial_id: int) -> None:
        """An attempt came to nothing; another will follow."""
        self._epochs.pop(trial_id, None)
        self._speeds.pop(trial_id, None)

    def _fraction(self) -> float:
        total = done = 0.0
        for trial_id in self._trials:
            weight = self.weight(trial_id)
            total += weight
            if trial_id in self._over:
                done += weight
            else:
                done += weight * self._epochs.get(trial_id, 0) / self._reports
        return done / total if total else 0.0

    def snapshot(self) -> Snapshot:
        """The sweep as it stands now."""
        fraction = self._fraction()
        gained = fraction - self._began_at
        elapsed = time.monotonic() - self._began
        means = {
            number: sum(values) / len(values)
            for number, values in self._accuracies.items()
            if self._candidates[number].eligible
        }
        leader = max(means, key=lambda number: means[number], default=None)
        return Snapshot(
            total=len(self._trials),
            done=len(self._over),
            running=len(self._epochs),
            lost=self._lost,
            fraction=fraction,
            eta_seconds=elapsed * (1 - fraction) / gained if gained > 0 else None,
            leader=None if leader is None else self._candidates[leader],
            leader_accuracy=None if leader is None else means[leader],
            leader_trials=0 if leader is None else len(self._accuracies[leader]),
            images_per_second=sum(self._speeds.values()),
            decision=self._decision,
        )
