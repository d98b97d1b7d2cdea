"""How a driver records its trials: attempts, epochs, and how each trial ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from results.columns import database_clock
from results.errors import ConflictError, NotFoundError
from results.schema import AttemptRow, EpochRow, TrialRow
from results.states import AttemptState, TrialState
from results.store.events import append, finite
from results.store.fencing import hold
from results.store.rows import Section, columns, fetch, in_chunks, to_record, values
from results.store.trial_reads import select_trials
from results.values import Attempt, EpochReport, Lease, StoppedTrial, Trial, TrialResult


class TrialSection(Section):
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

    def record_epochs(self, lease: Lease, reports: Sequence[tuple[int, EpochReport]]) -> None:
        """Store what running attempts reported: pairs of an attempt's id and a report.

        In one transaction. Event: `epochs`.

        A crash of the whole machine may take the last moment of these, but not those of a trial
        that has ended.

        Raises:
            NotFoundError: if the sweep has no such attempt.
            ConflictError: if an attempt is no longer running, or an epoch is there already.
        """
        if not reports:
            return
        with self._database.write(wait_for_disk=False) as connection:
            hold(connection, lease)
            attempts = _running_attempts(connection, lease, {one for one, _ in reports})
            try:
                connection.execute(
                    insert(EpochRow).values(reported_at=database_clock()),
                    [
                        {"attempt_id": attempt_id, **values(report, without=_NOT_STORED)}
                        for attempt_id, report in reports
                    ],
                )
            except IntegrityError as error:
                named = ", ".join(
                    f"epoch {report.epoch} of trial {attempts[attempt_id].trial_id}"
                    for attempt_id, report in reports
                )
                raise ConflictError(
                    f"already recorded: one of {named}; an attempt reports each epoch once"
                ) from error
            data = [_epoch_data(report, attempts[one]) for one, report in reports]
            append(connection, lease.sweep_id, "epochs", {"epochs": data})

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
        stored = values(result, without=("diverged", "seconds")) | {"error": result.error}
        with self._database.write() as connection:
            hold(connection, lease)
            trial = _end(
                connection,
                _running_attempt(connection, lease, attempt_id),
                AttemptState.DIVERGED if result.diverged else AttemptState.FINISHED,
                TrialState.DIVERGED if result.diverged else TrialState.FINISHED,
                worker=worker,
                **stored,
            )
            more = {
                "state": trial.state,
                "accuracy": trial.accuracy,
                "train_seconds": trial.train_seconds,
            }
            append(connection, lease.sweep_id, "trial_finished", _about(trial) | more)
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
            trial = _end(
                connection,
                _running_attempt(connection, lease, attempt_id),
                AttemptState.STOPPED,
                TrialState.STOPPED,
                worker=worker,
                images=stopped.images,
                steps=stopped.steps,
                rung=stopped.rung,
            )
            more = {
                "rung": stopped.rung,
                "epoch": stopped.epoch,
                "accuracy": finite(stopped.accuracy),
            }
            append(connection, lease.sweep_id, "trial_stopped", _about(trial) | more)
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
            attempt = _running_attempt(connection, lease, attempt_id)
            trial = _end(
                connection,
                attempt,
                AttemptState.FAILED,
                TrialState.PENDING if retry else TrialState.FAILED,
                error=error,
            )
            more = {"attempt": attempt.number, "retry": retry, "error": error}
            append(connection, lease.sweep_id, "trial_failed", _about(trial) | more)
            return trial


@dataclass(frozen=True)
class _AttemptOf:
    id: int
    trial_id: int
    number: int
    state: AttemptState


def _running_attempt(connection: Connection, lease: Lease, attempt_id: int) -> _AttemptOf:
    return _running_attempts(connection, lease, {attempt_id})[attempt_id]


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


def _end(
    connection: Connection,
    attempt: _AttemptOf,
    ended: AttemptState,
    state: TrialState,
    *,
    worker: str | None = None,
    error: str | None = None,
    **figures: Any,
) -> Trial:
    """End an attempt, and its trial with it; a trial that is pending goes on."""
    known = {} if worker is None else {"worker": worker}
    connection.execute(
        update(AttemptRow)
        .where(AttemptRow.id == attempt.id)
        .values(state=ended, finished_at=database_clock(), error=error, **known)
    )
    connection.execute(
        update(TrialRow)
        .where(TrialRow.id == attempt.trial_id)
        .values(
            state=state,
            finished_at=None if state is TrialState.PENDING else database_clock(),
            error=error,
            **known,
            **figures,
        )
    )
    trial = select_trials().where(TrialRow.id == attempt.trial_id)
    return to_record(Trial, connection.execute(trial).one())


def _about(trial: Trial) -> dict[str, Any]:
    return {"trial": trial.id, "candidate": trial.candidate_id, "seed": trial.seed}


_NOT_STORED = ("learning_rate", "diverged")


def _epoch_data(report: EpochReport, attempt: _AttemptOf) -> dict[str, Any]:
    return {
        "trial": attempt.trial_id,
        "attempt": attempt.number,
        "epoch": report.epoch,
        "steps": report.steps,
        "images": report.images,
        "train_loss": finite(report.train_loss),
        "accuracy": finite(report.accuracy),
        "images_per_second": finite(report.images_per_second),
    }
