"""How a driver records its trials: attempts, epochs, and how each trial ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from results.columns import database_clock
from results.errors import ConflictError, NotFoundError
from results.schema import AttemptRow, EpochRow, TrialRow
from results.states import AttemptState, TrialState
from results.store.events import append, finite
from results.store.fencing import hold
from results.store.rows import Part, columns, fetch, in_chunks, to_record, values
from results.values import Attempt, Lease, NewEpoch, StoppedTrial, Trial, TrialResult


class TrialPart(Part):
    """The driver's side of trials; each method raises `LeaseLostError` if the lease is lost."""

    def start_attempt(self, lease: Lease, trial_id: int, *, worker: str | None = None) -> Attempt:
        """Begin the next attempt at a pending trial. Event: `trial_started`.

        Raises:
            NotFoundError: if the sweep has no such trial.
            ConflictError: if the trial is not pending.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            trial = connection.execute(
                select(
                    TrialRow.state, TrialRow.attempts, TrialRow.seed, TrialRow.candidate_id
                ).where(TrialRow.id == trial_id, TrialRow.sweep_id == lease.sweep_id)
            ).one_or_none()
            if trial is None:
                raise NotFoundError(f"sweep {lease.sweep_id} has no trial {trial_id}")
            if trial.state is not TrialState.PENDING:
                raise ConflictError(
                    f"trial {trial_id} is {trial.state}: only a pending trial can be started"
                )
            number = trial.attempts + 1
            attempt = connection.execute(
                insert(AttemptRow)
                .values(
                    trial_id=trial_id,
                    number=number,
                    state=AttemptState.RUNNING,
                    worker=worker,
                    started_at=database_clock(),
                )
                .returning(*columns(AttemptRow, Attempt))
            ).one()
            connection.execute(
                update(TrialRow)
                .where(TrialRow.id == trial_id)
                .values(
                    state=TrialState.RUNNING,
                    attempts=number,
                    worker=worker,
                    started_at=attempt.started_at,
                    error=None,
                )
            )
            append(
                connection,
                lease.sweep_id,
                "trial_started",
                {
                    "trial": trial_id,
                    "candidate": trial.candidate_id,
                    "seed": trial.seed,
                    "attempt": number,
                    "worker": worker,
                },
            )
            return to_record(Attempt, attempt)

    def record_epochs(self, lease: Lease, epochs: Sequence[NewEpoch]) -> None:
        """Store what running attempts reported, in one transaction. Event: `epochs`.

        A crash of the whole machine may take the last moment of these, but not those of a trial
        that has ended.

        Raises:
            NotFoundError: if the sweep has no such attempt.
            ConflictError: if an attempt is no longer running, or an epoch is there already.
        """
        if not epochs:
            return
        with self._database.write(wait_for_disk=False) as connection:
            hold(connection, lease)
            attempts = _running_attempts(connection, lease, {epoch.attempt_id for epoch in epochs})
            try:
                connection.execute(
                    insert(EpochRow).values(reported_at=database_clock()),
                    [values(epoch) for epoch in epochs],
                )
            except IntegrityError as error:
                named = ", ".join(
                    f"epoch {epoch.epoch} of trial {attempts[epoch.attempt_id].trial_id}"
                    for epoch in epochs
                )
                raise ConflictError(
                    f"already recorded: one of {named}; an attempt reports each epoch once"
                ) from error
            append(
                connection,
                lease.sweep_id,
                "epochs",
                {"epochs": [_epoch_data(epoch, attempts[epoch.attempt_id]) for epoch in epochs]},
            )

    def finish_trial(
        self, lease: Lease, attempt_id: int, result: TrialResult, *, worker: str | None = None
    ) -> Trial:
        """End a running attempt, and its trial for good, with a result. Event: `trial_finished`.

        The trial becomes `finished` or `diverged`; nothing changes it afterwards. `worker` is the
        host:pid that trained it, where it was not known at the start.

        Raises:
            NotFoundError: if the sweep has no such attempt.
            ConflictError: if the attempt is no longer running; the earlier result stays.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            attempt = _running_attempts(connection, lease, {attempt_id})[attempt_id]
            _end_attempt(
                connection,
                attempt_id,
                AttemptState.DIVERGED if result.diverged else AttemptState.FINISHED,
                result.error,
            )
            stored = values(result, without=("correct", "diverged"))
            stored |= _trained_by(connection, attempt_id, worker)
            if result.correct is not None:
                stored["n_validation"] = len(result.correct)
                stored["correct"] = np.packbits(result.correct).tobytes()
            trial = _update_trial(
                connection,
                attempt.trial_id,
                state=TrialState.DIVERGED if result.diverged else TrialState.FINISHED,
                finished_at=database_clock(),
                **stored,
            )
            append(
                connection,
                lease.sweep_id,
                "trial_finished",
                {
                    "trial": trial.id,
                    "candidate": trial.candidate_id,
                    "seed": trial.seed,
                    "state": trial.state,
                    "accuracy": trial.accuracy,
                    "train_seconds": trial.train_seconds,
                },
            )
            return trial

    def stop_trial(
        self, lease: Lease, attempt_id: int, stopped: StoppedTrial, *, worker: str | None = None
    ) -> Trial:
        """End a running attempt, and its trial, before its budget. Event: `trial_stopped`.

        The trial becomes `stopped`, without an accuracy.

        Raises:
            NotFoundError: if the sweep has no such attempt.
            ConflictError: if the attempt is no longer running.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            attempt = _running_attempts(connection, lease, {attempt_id})[attempt_id]
            _end_attempt(connection, attempt_id, AttemptState.STOPPED, None)
            trial = _update_trial(
                connection,
                attempt.trial_id,
                state=TrialState.STOPPED,
                finished_at=database_clock(),
                images=stopped.images,
                steps=stopped.steps,
                rung=stopped.rung,
                **_trained_by(connection, attempt_id, worker),
            )
            append(
                connection,
                lease.sweep_id,
                "trial_stopped",
                {
                    "trial": trial.id,
                    "candidate": trial.candidate_id,
                    "seed": trial.seed,
                    "rung": stopped.rung,
                    "epoch": stopped.epoch,
                    "accuracy": finite(stopped.accuracy),
                },
            )
            return trial

    def fail_attempt(self, lease: Lease, attempt_id: int, error: str, *, retry: bool) -> Trial:
        """End a running attempt with an error. Event: `trial_failed`.

        With `retry` the trial becomes pending, for another attempt; without, failed.

        Raises:
            NotFoundError: if the sweep has no such attempt.
            ConflictError: if the attempt is no longer running.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            attempt = _running_attempts(connection, lease, {attempt_id})[attempt_id]
            _end_attempt(connection, attempt_id, AttemptState.FAILED, error)
            trial = _update_trial(
                connection,
                attempt.trial_id,
                state=TrialState.PENDING if retry else TrialState.FAILED,
                finished_at=None if retry else database_clock(),
                error=error,
            )
            append(
                connection,
                lease.sweep_id,
                "trial_failed",
                {
                    "trial": trial.id,
                    "candidate": trial.candidate_id,
                    "seed": trial.seed,
                    "attempt": attempt.number,
                    "retry": retry,
                    "error": error,
                },
            )
            return trial

    def retry_failed(self, lease: Lease) -> int:
        """Make the failed trials of the sweep pending again. Event: `retried`.

        Their failed attempts stay on record, and further attempts go on counting.

        Returns:
            How many trials it were.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            count = connection.execute(
                update(TrialRow)
                .where(TrialRow.sweep_id == lease.sweep_id, TrialRow.state == TrialState.FAILED)
                .values(state=TrialState.PENDING, finished_at=None)
            ).rowcount
            if count:
                append(connection, lease.sweep_id, "retried", {"trials": count})
            return count


@dataclass(frozen=True)
class _AttemptOf:
    id: int
    trial_id: int
    number: int
    state: AttemptState


def _running_attempts(
    connection: Connection, lease: Lease, attempt_ids: set[int]
) -> dict[int, _AttemptOf]:
    found: dict[int, _AttemptOf] = {}
    for chunk in in_chunks(sorted(attempt_ids)):
        statement = (
            select(*columns(AttemptRow, _AttemptOf))
            .join(TrialRow, TrialRow.id == AttemptRow.trial_id)
            .where(AttemptRow.id.in_(chunk), TrialRow.sweep_id == lease.sweep_id)
        )
        found.update((one.id, one) for one in fetch(connection, _AttemptOf, statement))
    if missing := attempt_ids - found.keys():
        raise NotFoundError(f"sweep {lease.sweep_id} has no attempt {min(missing)}")
    for attempt in found.values():
        if attempt.state is not AttemptState.RUNNING:
            raise ConflictError(
                f"attempt {attempt.number} of trial {attempt.trial_id} is {attempt.state}: what "
                "has ended is final, only a running attempt reports"
            )
    return found


def _end_attempt(
    connection: Connection, attempt_id: int, state: AttemptState, error: str | None
) -> None:
    connection.execute(
        update(AttemptRow)
        .where(AttemptRow.id == attempt_id)
        .values(state=state, finished_at=database_clock(), error=error)
    )


def _trained_by(connection: Connection, attempt_id: int, worker: str | None) -> dict[str, Any]:
    """Keeps a worker that was not known at the start; what to store with the trial."""
    if worker is None:
        return {}
    connection.execute(update(AttemptRow).where(AttemptRow.id == attempt_id).values(worker=worker))
    return {"worker": worker}


def _update_trial(connection: Connection, trial_id: int, **changes: Any) -> Trial:
    row = connection.execute(
        update(TrialRow)
        .where(TrialRow.id == trial_id)
        .values(**changes)
        .returning(*columns(TrialRow, Trial))
    ).one()
    return to_record(Trial, row)


def _epoch_data(epoch: NewEpoch, attempt: _AttemptOf) -> dict[str, Any]:
    return {
        "trial": attempt.trial_id,
        "attempt": attempt.number,
        "epoch": epoch.epoch,
        "steps": epoch.steps,
        "images": epoch.images,
        "train_loss": finite(epoch.train_loss),
        "accuracy": finite(epoch.accuracy),
        "images_per_second": finite(epoch.images_per_second),
    }
