"""Gives the trials that the strategies decide on to workers that become free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from results.states import TrialState
from results.store.events import DECISION
from results.values import Candidate, Trial
from scaling_search.sweeps.forecasting import forecast_decision, forecast_key
from scaling_search.sweeps.progress import Tracker
from scaling_search.sweeps.stored_ledger import read_ledger
from scaling_search.sweeps.strategies import Decision, Ledger, Strategy
from scaling_search.sweeps.strategies.pilot import pilot
from scaling_search.sweeps.training import Job
from scaling_search.tune.early_stopping import RaceRules
from scaling_search.tune.trials import TrialTask
from search_spaces.specs.sweep import FRESH


class Dispatcher:
    """The source of a sweep's trials.

    First what waits in the database, then what each phase decides, from the database as it is by
    then. Trials that are decided on together start longest first. Each decision is stored as an
    event, once, however often the sweep is resumed; so is a forecast, as soon as trials show their
    noise. A grid begins with the trials that show it.

    Args:
        job: the sweep.
        candidates: its plan, by id.
        phases: strategies, one after the other; the first one searches.
        tracker: gets new trials.
        race: the rules of early stopping, if the strategy has any.
        may_hand_out: called before each trial; once it returns False, no trial is handed out any
            more, and those that wait stay in the database.
    """

    def __init__(
        self,
        job: Job,
        candidates: Mapping[int, Candidate],
        phases: Sequence[Strategy],
        tracker: Tracker,
        race: RaceRules | None,
        *,
        may_hand_out: Callable[[], bool] = lambda: True,
    ) -> None:
        self._store, self._lease, self._spec = job.store, job.lease, job.spec
        self._watch = job.watch  # keeps a problem, which must not be raised into Ray
        self._tracker, self._race = tracker, race
        self._may_hand_out = may_hand_out
        self._candidates = candidates
        self._ids = {candidate.index: candidate.id for candidate in candidates.values()}
        self._phases, self._search = deque(phases), phases[0]
        self._queue: deque[TrialTask] = deque()
        self._handed: set[int] = set()
        self._stale = True
        self._pilot = self._open_pilot()
        events = self._store.events(self._lease.sweep_id)
        self._decided = {event.data["key"] for event in events if event.kind == DECISION}
        self._enqueue(self._store.trials(self._lease.sweep_id, states=[TrialState.PENDING]))

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to hand out, now or later."""
        return not self._queue and not self._phases

    def changed(self) -> None:
        """Something happened to a trial, so that another decision may follow."""
        self._stale = True

    def next(self) -> TrialTask | None:
        """A trial to train now."""
        try:
            if self._watch.should_stop():
                self._phases.clear()
                self._queue.clear()
            if self._pilot:
                self._check_pilot()
            if self.look_ahead() and not self._may_hand_out():
                self._phases.clear()
                self._queue.clear()
        except KeyboardInterrupt:
            self._watch.interrupted = True
        except Exception as error:
            self._watch.problem = error
        return self._queue.popleft() if self._queue else None

    def look_ahead(self) -> bool:
        """Decide what comes next, if nothing waits; returns whether something does now."""
        while self._phases and not self._queue and self._stale:
            ledger = read_ledger(self._store, self._lease.sweep_id, self._spec)
            step = self._phases[0].step(ledger)
            if step.trials and self._phases[0] is self._search:
                self._forecast(ledger)
            if step.decision is not None:
                self._record(step.decision)
            if step.over:
                self._phases.popleft()
            elif step.trials:
                picks = [(self._ids[index], seed) for index, seed in step.trials]
                trials = self._store.add_trials(self._lease, picks)
                self._tracker.add(trials)
                self._enqueue(trials)
            else:
                self._stale = False
        return bool(self._queue)

    def _open_pilot(self) -> set[int]:
        """Trials of a grid that show its noise, those that are over included."""
        if self._spec.strategy.name != "grid" or self._spec.space.compare is not None:
            return set()
        able = sorted(c.index for c in self._candidates.values() if c.eligible)
        picks = pilot(able, self._spec.seeds, len(self._candidates) * len(self._spec.seeds))
        return {
            trial.id
            for trial in self._store.trials(self._lease.sweep_id)
            if (self._candidates[trial.candidate_id].index, trial.seed) in picks
        }

    def _check_pilot(self) -> None:
        """Once the pilot is over, record its forecast before more trials are handed out."""
        unfinished = [TrialState.PENDING, TrialState.RUNNING]
        waiting = self._store.trials(self._lease.sweep_id, states=unfinished)
        if not self._pilot.intersection(trial.id for trial in waiting):
            self._pilot = set()
            if waiting:
                self._forecast(read_ledger(self._store, self._lease.sweep_id, self._spec))

    def _forecast(self, ledger: Ledger) -> None:
        if forecast_key(self._spec) in self._decided or self._spec.space.compare is not None:
            return
        decision = forecast_decision(ledger, self._spec)
        if decision is not None:
            self._record(decision)

    def _record(self, decision: Decision) -> None:
        self._tracker.decided(decision.why)
        if decision.key not in self._decided:
            self._store.append_event(self._lease, DECISION, decision.to_dict())
            self._decided.add(decision.key)

    def _enqueue(self, trials: Iterable[Trial]) -> None:
        waiting = [
            trial
            for trial in trials
            if trial.state is TrialState.PENDING and trial.id not in self._handed
        ]
        for trial in sorted(
            waiting,
            key=lambda trial: (trial.id not in self._pilot, -self._tracker.weight(trial.id)),
        ):
            self._handed.add(trial.id)
            candidate = self._candidates[trial.candidate_id]
            races = self._race is not None and candidate.eligible and trial.seed < FRESH
            self._queue.append(
                TrialTask(
                    trial.id,
                    candidate.spec,
                    trial.seed,
                    self._tracker.weight(trial.id),
                    self._race.bracket_of(candidate.index) if self._race and races else None,
                )
            )
