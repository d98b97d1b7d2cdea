"""Follow a sweep that is trained elsewhere, by its events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import typer

from results.states import CONCLUDED, ENDED, SweepState, TrialState
from results.store import Store
from results.values import Candidate, Event, Sweep, Trial
from scaling_search.cli.documents import SweepRecord
from scaling_search.cli.failures import INTERRUPTED, complain
from scaling_search.cli.views.progress import Display
from scaling_search.cli.views.running import running_table
from scaling_search.cli.views.sweep import state_of
from scaling_search.sweeps.progress import Snapshot, Tracker
from search_spaces.errors import WorkError

if TYPE_CHECKING:
    from scaling_search.cli.records import Records

_POLL_SECONDS: Final = 0.5
_BATCH: Final = 1000


@dataclass(frozen=True)
class Running:
    """A trial that is being trained, with its latest epoch."""

    trial: Trial
    candidate: Candidate
    worker: str | None
    epoch: int = 0
    accuracy: float | None = None
    images_per_second: float | None = None


@dataclass(frozen=True)
class _Report:
    epoch: int
    images_per_second: float


def events(records: Records, sweep_id: int, after: int) -> Iterator[Event | None]:
    """Events after a `seq`, then new ones without end; None after each pause without any."""
    if not isinstance(records, Store):
        yield from records.follow(sweep_id, after=after)
        return
    while True:
        found = records.events(sweep_id, after=after, limit=_BATCH)
        yield from found
        if found:
            after = found[-1].seq
        else:
            yield None
            time.sleep(_POLL_SECONDS)


class Following:
    """The state of a sweep; `follow` updates it, event by event."""

    def __init__(self, records: Records, sweep_id: int) -> None:
        self._records = records
        self._sweep_id = sweep_id
        self.read()

    def read(self) -> None:
        """Read everything again."""
        record = SweepRecord.read(self._records, self._sweep_id)
        self.record = record
        self.epochs: int = record.sweep.spec["proxy"]["reports"]
        self._tracker = Tracker(record.candidates, record.trials, self.epochs)
        for event in record.sweep.decisions[-1:]:
            self._tracker.decided(event.data["why"])
        self._trials = {trial.id: trial for trial in record.trials}
        self._candidates = {candidate.id: candidate for candidate in record.candidates}
        self._running: dict[int, Running] = {}
        for trial in record.trials:
            if trial.state is TrialState.RUNNING:
                self._start(trial.id, trial.worker)
        self._over = {
            trial.id
            for trial in record.trials
            if trial.state not in (TrialState.PENDING, TrialState.RUNNING)
        }

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.record.sweep.state in ENDED

    @property
    def is_alone(self) -> bool:
        """Whether it has not ended, no process drives it, and no runner will."""
        sweep = self.record.sweep
        stays = sweep.state is SweepState.INTERRUPTED and not sweep.abandoned
        return not (self.has_ended or sweep.driven or (sweep.queued_at and not stays))

    @property
    def is_waiting(self) -> bool:
        """Whether it is in the runners' queue."""
        return self.record.sweep.waits

    @property
    def running(self) -> list[Running]:
        """The trials that are being trained, in the order in which they began."""
        return list(self._running.values())

    def snapshot(self) -> Snapshot:
        """How far it is."""
        return self._tracker.snapshot()

    def follow(self) -> Iterator[None]:
        """Yield at every change, until the sweep has ended or nobody drives it any more.

        Raises:
            NotFoundError: the sweep has been deleted.
        """
        yield
        if self.has_ended or self.is_alone:
            return
        for event in events(self._records, self._sweep_id, self.record.sweep.last_event):
            if event is None:
                if not self._has_lost_its_driver():
                    continue
                self.read()
            elif event.seq <= self.record.sweep.last_event:
                continue  # read since
            else:
                self._take(event)
            yield
            if self.has_ended or self.is_alone:
                return

    def _has_lost_its_driver(self) -> bool:
        """Whether its driver was killed, which no event reports."""
        sweep = self._records.sweep(self._sweep_id)
        return sweep.abandoned and not sweep.queued_at

    def _take(self, event: Event) -> None:
        data = event.data
        if event.kind == "epochs":
            for epoch in data["epochs"]:
                self._report(epoch)
        elif event.kind == "trial_started":
            self._start(data["trial"], data["worker"])
        elif event.kind in ("trial_finished", "trial_stopped", "trial_failed"):
            self._end(data)
        elif event.kind == "decision":
            self._tracker.decided(data["why"])
        else:
            self.read()  # it changed hands or state, has more trials, or some are tried again

    def _start(self, trial_id: int, worker: str | None) -> None:
        trial = self._trials[trial_id]
        candidate = self._candidates[trial.candidate_id]
        self._running[trial_id] = Running(trial, candidate, worker)
        self._tracker.started(trial_id)

    def _report(self, epoch: Mapping[str, Any]) -> None:
        running = self._running.get(epoch["trial"])
        if running is None:
            return  # it has ended since it was read
        speed = epoch.get("images_per_second")
        self._running[epoch["trial"]] = replace(
            running, epoch=epoch["epoch"], accuracy=epoch["accuracy"], images_per_second=speed
        )
        self._tracker.reported(epoch["trial"], _Report(epoch["epoch"], speed or 0.0))

    def _end(self, data: Mapping[str, Any]) -> None:
        trial_id = data["trial"]
        self._running.pop(trial_id, None)
        if data.get("retry"):
            self._tracker.dropped(trial_id)  # another attempt follows
        elif trial_id not in self._over:
            self._over.add(trial_id)
            if "rung" in data:
                self._tracker.ended(trial_id, TrialState.STOPPED)
            elif "retry" in data:
                self._tracker.ended(trial_id, TrialState.FAILED)
            else:
                self._tracker.ended(trial_id, TrialState(data["state"]), data["accuracy"])


def observe(following: Following, display: Display) -> None:
    """Show the progress of the sweep until it ends.

    Raises:
        typer.Exit: ctrl-C (130); stderr says that the sweep goes on.
    """
    sweep_id = following.record.sweep.id
    try:
        with display.training() as view:
            for _ in following.follow():
                if following.is_waiting:
                    view.waiting()
                else:
                    running = following.running
                    rows = running_table(running, following.epochs) if running else None
                    view.observe(following.snapshot(), rows)
    except KeyboardInterrupt:
        complain(
            f"sweep {sweep_id} goes on; `scaling-search watch {sweep_id}` looks again, "
            f"`scaling-search cancel {sweep_id}` stops it",
            label="No longer watching",
        )
        raise typer.Exit(INTERRUPTED) from None


def check_end(sweep: Sweep) -> None:
    """Return if the sweep came to its outcome.

    Raises:
        WorkError: it did not; the message says why.
    """
    if sweep.state in CONCLUDED:
        return
    goes_on = f"what was trained is kept, `scaling-search resume {sweep.id}` goes on"
    if sweep.state is SweepState.FAILED:
        raise WorkError(f"sweep {sweep.id} failed: {sweep.error}; {goes_on}")
    if sweep.state is SweepState.CANCELLED:
        raise WorkError(f"sweep {sweep.id} is cancelled; {goes_on}")
    raise WorkError(f"sweep {sweep.id} is {state_of(sweep)} and nobody drives it; {goes_on}")
