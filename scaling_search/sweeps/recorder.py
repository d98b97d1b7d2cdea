"""What the workers report, into the database and the progress display, as it comes."""

from __future__ import annotations

from collections.abc import Callable

from results.states import TrialState
from results.store import Store
from results.values import EpochReport, Lease, NewCheckpoint, StoppedTrial, TrialResult
from scaling_search.networks.checkpoints.keeping import Kept
from scaling_search.sweeps.progress import Snapshot, Tracker
from scaling_search.sweeps.signals import Watch


class Recorder:
    """Hears of every trial from the Ray driver loop, in its thread.

    A problem while storing (lease lost, disk full) must not be raised into Tune, which would reword
    it: it is kept in the watch, nothing more is written, and the run is asked to stop. So is a
    KeyboardInterrupt, after which Tune would not stop its workers.
    """

    def __init__(
        self,
        store: Store,
        lease: Lease,
        tracker: Tracker,
        watch: Watch,
        observe: Callable[[Snapshot], None],
        *,
        changed: Callable[[], None] = lambda: None,
        rung_of: Callable[[int, int], int] = lambda trial_id, epoch: 1,
        keep_at_most: int | None = None,
    ) -> None:
        self._store, self._lease = store, lease
        self._tracker, self._watch, self._observe = tracker, watch, observe
        self._changed, self._rung_of = changed, rung_of
        self._keep_at_most = keep_at_most
        self._attempts: dict[int, int] = {}
        self._last: dict[int, EpochReport] = {}

    def _write(self, action: Callable[[], object]) -> None:
        if self._watch.problem is not None:
            return
        try:
            action()
            self._observe(self._tracker.snapshot())
        except KeyboardInterrupt:
            self._watch.interrupted = True
        except Exception as error:
            self._watch.problem = error

    def started(self, trial_id: int) -> None:
        """The next attempt begins."""

        def store() -> None:
            self._attempts[trial_id] = self._store.start_attempt(self._lease, trial_id).id
            self._tracker.started(trial_id)

        self._write(store)

    def reported(self, trial_id: int, report: EpochReport, worker: str) -> None:
        """An epoch is over."""

        def store() -> None:
            self._store.record_epochs(self._lease, [(self._attempts[trial_id], report)])
            self._last[trial_id] = report
            self._tracker.reported(trial_id, report)

        self._write(store)

    def finished(self, trial_id: int, result: TrialResult, worker: str) -> None:
        """The trial has its result."""

        def store() -> None:
            attempt = self._attempts.pop(trial_id)
            self._store.finish_trial(self._lease, attempt, result, worker=worker)
            if result.diverged:
                self._tracker.ended(trial_id, TrialState.DIVERGED)
            else:
                self._tracker.ended(trial_id, TrialState.FINISHED, result.accuracy)
            self._over(trial_id)

        self._write(store)

    def stopped(self, trial_id: int, epoch: int, worker: str) -> None:
        """The strategy ended the trial early."""

        def store() -> None:
            last = self._last[trial_id]
            stopped = StoppedTrial(
                rung=self._rung_of(trial_id, epoch),
                epoch=epoch,
                images=last.images,
                steps=last.steps,
                accuracy=last.accuracy,
            )
            attempt = self._attempts.pop(trial_id)
            self._store.stop_trial(self._lease, attempt, stopped, worker=worker)
            self._tracker.ended(trial_id, TrialState.STOPPED)
            self._over(trial_id)

        self._write(store)

    def _over(self, trial_id: int) -> None:
        self._last.pop(trial_id, None)
        self._changed()

    def kept(self, trial_id: int, file: Kept) -> None:
        """The trial left its weights, or could not."""

        def store() -> None:
            if file.problem is not None:
                lost = {"trial": trial_id, "problem": file.problem}
                self._store.append_event(self._lease, "checkpoint_lost", lost)
                return
            new = NewCheckpoint(
                trial=trial_id, name=file.name, sha256=file.sha256, size_bytes=file.size_bytes
            )
            self._store.add_checkpoint(self._lease, new, at_most=self._keep_at_most)

        self._write(store)

    def failed(self, trial_id: int, error: str, *, final: bool) -> None:
        """The attempt raised, or its worker died, maybe before it could begin."""

        def store() -> None:
            attempt = self._attempts.pop(trial_id, None)
            if attempt is None:
                attempt = self._store.start_attempt(self._lease, trial_id).id
            self._store.fail_attempt(self._lease, attempt, error, retry=not final)
            if final:
                self._tracker.ended(trial_id, TrialState.FAILED)
                self._over(trial_id)
            else:
                self._tracker.dropped(trial_id)

        self._write(store)

    def should_stop(self) -> bool:
        """Whether anything says that the run should end now."""
        return self._watch.should_stop()
