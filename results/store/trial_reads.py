"""Trials, attempts, epochs and per-image results, for whoever looks at a sweep."""

from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from results.errors import NotFoundError
from results.schema import AttemptRow, CandidateRow, EpochRow, TrialRow
from results.states import TrialState
from results.store.rows import Part, columns, fetch, to_record
from results.values import Attempt, Epoch, Trial
from search_spaces.specs.sweep import FRESH


class TrialReadPart(Part):
    """Reading trials; an unknown sweep simply has none."""

    def trial(self, trial_id: int) -> Trial:
        """One trial.

        Raises:
            NotFoundError: if there is no such trial.
        """
        statement = select(*columns(TrialRow, Trial)).where(TrialRow.id == trial_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(f"trial {trial_id} does not exist")
        return to_record(Trial, row)

    def trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate_id: int | None = None,
        limit: int | None = None,
        after: int = 0,
    ) -> list[Trial]:
        """Trials of a sweep that match every filter given, by id.

        At most `limit` (None: all), continuing after the trial with the id `after`.
        """
        statement = (
            select(*columns(TrialRow, Trial))
            .where(TrialRow.sweep_id == sweep_id, TrialRow.id > after)
            .order_by(TrialRow.id)
            .limit(limit)
        )
        if states is not None:
            statement = statement.where(TrialRow.state.in_(list(states)))
        if candidate_id is not None:
            statement = statement.where(TrialRow.candidate_id == candidate_id)
        with self._database.read() as connection:
            return fetch(connection, Trial, statement)

    def search_size(self, sweep_id: int) -> int:
        """Trials of candidates that can win, without stopped ones and those that confirmed."""
        statement = (
            select(func.count())
            .select_from(TrialRow)
            .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
            .where(TrialRow.sweep_id == sweep_id, TrialRow.seed < FRESH, CandidateRow.eligible)
            .where(TrialRow.state != TrialState.STOPPED)
        )
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def attempts(self, sweep_id: int, *, trial_id: int | None = None) -> list[Attempt]:
        """Attempts of a sweep, or of one of its trials, by trial and number."""
        statement = (
            select(*columns(AttemptRow, Attempt))
            .join(TrialRow, TrialRow.id == AttemptRow.trial_id)
            .where(TrialRow.sweep_id == sweep_id)
            .order_by(AttemptRow.trial_id, AttemptRow.number)
        )
        if trial_id is not None:
            statement = statement.where(AttemptRow.trial_id == trial_id)
        with self._database.read() as connection:
            return fetch(connection, Attempt, statement)

    def epochs(
        self,
        sweep_id: int,
        *,
        trial_ids: Collection[int] | None = None,
        limit: int | None = None,
        after: int = 0,
    ) -> list[Epoch]:
        """Epochs of a sweep, or of these of its trials, of every attempt, as they came in.

        At most `limit` (None: all), continuing after the epoch with the id `after`.
        """
        statement = (
            select(
                *columns(EpochRow, Epoch, without=("trial_id", "attempt")),
                AttemptRow.trial_id,
                AttemptRow.number.label("attempt"),
            )
            .join(AttemptRow, AttemptRow.id == EpochRow.attempt_id)
            .join(TrialRow, TrialRow.id == AttemptRow.trial_id)
            .where(TrialRow.sweep_id == sweep_id, EpochRow.id > after)
            .order_by(EpochRow.id)
            .limit(limit)
        )
        if trial_ids is not None:
            statement = statement.where(TrialRow.id.in_(trial_ids))
        with self._database.read() as connection:
            return fetch(connection, Epoch, statement)

    def correct(self, sweep_id: int) -> dict[int, npt.NDArray[np.bool_]]:
        """Which validation images each finished trial got right, where that was recorded.

        Returns:
            By trial id, one bool for each image in the split's order, shape (n_validation,).
        """
        statement = (
            select(TrialRow.id, TrialRow.correct, TrialRow.n_validation)
            .where(TrialRow.sweep_id == sweep_id, TrialRow.correct.is_not(None))
            .order_by(TrialRow.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return {
            row.id: np.unpackbits(
                np.frombuffer(row.correct, dtype=np.uint8), count=row.n_validation
            ).astype(np.bool_)
            for row in rows
        }
