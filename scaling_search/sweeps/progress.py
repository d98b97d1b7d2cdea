"""How far a sweep is, who leads, and when it will be over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from results.states import TrialState
from results.values import Candidate, Progress, Trial
from search_spaces.specs.sweep import FRESH

_DONE = (TrialState.FINISHED, TrialState.DIVERGED, TrialState.STOPPED)
_LEFT = (TrialState.PENDING, TrialState.RUNNING)


class Reported(Protocol):
    """An epoch of a trial."""

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

    `trials` counts them by state. `fraction` is how much of the work is done, by FLOPs; failed
    trials are not. `eta_seconds` extrapolates this run's pace, None before there is one. `leader`
    is the candidate with the best mean so far, with its mean and trial count; confirmation does not
    count. `images_per_second` adds up what the running trials last reported. `decision` is
    the last one of the strategy, in words.
    """

    trials: Progress
    fraction: float
    eta_seconds: float | None
    leader: Candidate | None
    leader_accuracy: float | None
    leader_trials: int
    images_per_second: float
    decision: str = ""


class Tracker:
    """Counts what trials report; answers with snapshots.

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
        self._states = {trial.id: trial.state for trial in trials}
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
            known = self._states.setdefault(trial.id, trial.state)
            if trial.state is TrialState.PENDING and known not in _LEFT:
                self._states[trial.id] = trial.state  # a race had stopped it, or it had failed

    def decided(self, why: str) -> None:
        """The strategy gave a reason for what it does next."""
        self._decision = why

    def weight(self, trial_id: int) -> float:
        """Expected cost of a trial, in FLOPs of one image."""
        return float(self._candidates[self._trials[trial_id].candidate_id].flops)

    def started(self, trial_id: int) -> None:
        """An attempt begins, from nothing."""
        self._epochs[trial_id] = 0
        self._states[trial_id] = TrialState.RUNNING

    def reported(self, trial_id: int, report: Reported) -> None:
        """An epoch is over."""
        self._epochs[trial_id] = report.epoch
        self._speeds[trial_id] = report.images_per_second

    def ended(self, trial_id: int, state: TrialState, accuracy: float | None = None) -> None:
        """A trial is over, for now where it failed; `accuracy` is that of a finished one."""
        self.dropped(trial_id)
        self._states[trial_id] = state
        if accuracy is not None and self._trials[trial_id].seed < FRESH:
            candidate_id = self._trials[trial_id].candidate_id
            self._accuracies.setdefault(candidate_id, []).append(accuracy)

    def dropped(self, trial_id: int) -> None:
        """An attempt failed; another will follow."""
        self._epochs.pop(trial_id, None)
        self._speeds.pop(trial_id, None)
        self._states[trial_id] = TrialState.PENDING

    def _fraction(self) -> float:
        total = done = 0.0
        for trial_id in self._trials:
            weight = self.weight(trial_id)
            total += weight
            if self._states[trial_id] in _DONE:
                done += weight
            else:
                done += weight * self._epochs.get(trial_id, 0) / self._reports
        return done / total if total else 0.0

    def _left(self) -> float:
        """How much of the work is still to be done in this run."""
        total = left = 0.0
        for trial_id in self._trials:
            weight = self.weight(trial_id)
            total += weight
            if self._states[trial_id] in _LEFT:
                left += weight * (1 - self._epochs.get(trial_id, 0) / self._reports)
        return left / total if total else 0.0

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
            trials=Progress(**Counter(state.value for state in self._states.values())),
            fraction=fraction,
            eta_seconds=elapsed * self._left() / gained if gained > 0 else None,
            leader=None if leader is None else self._candidates[leader],
            leader_accuracy=None if leader is None else means[leader],
            leader_trials=0 if leader is None else len(self._accuracies[leader]),
            images_per_second=sum(self._speeds.values()),
            decision=self._decision,
        )
