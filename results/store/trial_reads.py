"""Trials, attempts, epochs and per-image results, for whoever looks at a sweep."""

from collections.abc import Collection, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, func, select

from results.errors import NotFoundError
from results.schema import AttemptRow, CandidateRow, EpochRow, TrialRow
from results.states import TrialState
from results.store.listing import Key, Listing
from results.store.rows import Section, columns, fetch, to_record
from results.values import After, Attempt, Epoch, Trial
from results.values.trials import unpack_correct
from search_spaces.specs.sweep import FRESH

_TRIAL_KEYS: Final = {
    "id": Key(TrialRow.id),
    "accuracy": Key(TrialRow.accuracy, nullable=True),
    "loss": Key(TrialRow.loss, nullable=True),
    "train_seconds": Key(TrialRow.train_seconds, nullable=True),
    "started_at": Key(TrialRow.started_at, nullable=True),
    "finished_at": Key(TrialRow.finished_at, nullable=True),
    "flops": Key(CandidateRow.flops),
}
TRIAL_ORDERS: Final = tuple(_TRIAL_KEYS)

_EPOCH_KEYS: Final = {
    "trial": Key(TrialRow.id),
    "id": Key(EpochRow.id),
    "epoch": Key(EpochRow.epoch),
    "accuracy": Key(EpochRow.accuracy, nullable=True),
    "validation_loss": Key(EpochRow.validation_loss, nullable=True),
}
EPOCH_ORDERS: Final = tuple(_EPOCH_KEYS)

_OF_CANDIDATE: Final = (
    "roles",
    "alpha",
    "beta",
    "gamma",
    "flops",
    "params",
    "activations",
    "measured_ratio",
)


class TrialReadSection(Section):
    """Reading trials; an unknown sweep simply has none."""

    def trial(self, trial_id: int) -> Trial:
        """One trial.

        Raises:
            NotFoundError: if there is no such trial.
        """
        with self._database.read() as connection:
            row = connection.execute(select_trials().where(TrialRow.id == trial_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"trial {trial_id} does not exist")
        return to_record(Trial, row)

    def trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        sort: str = "id",
        after: After | None = None,
        limit: int | None = None,
    ) -> list[Trial]:
        """Trials of a sweep that match every filter given, by id; at most `limit` (None: all).

        `candidate` is an index in the plan.

        Raises:
            InputError: if `sort` names no key of the list.
        """
        statement = select_trials().where(TrialRow.sweep_id == sweep_id)
        if states is not None:
            statement = statement.where(TrialRow.state.in_(list(states)))
        if candidate is not None:
            statement = statement.where(CandidateRow.index == candidate)
        if seed is not None:
            statement = statement.where(TrialRow.seed == seed)
        page = Listing(statement, _TRIAL_KEYS).page(sort, after, limit)
        with self._database.read() as connection:
            return fetch(connection, Trial, page)

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
        attempt: int | None = None,
        candidate: int | None = None,
        sort: str = "id",
        after: After | None = None,
        limit: int | None = None,
    ) -> list[Epoch]:
        """Epochs of a sweep that match every filter given, of every attempt, as they came in.

        At most `limit` (None: all). `attempt` is the number of the attempt, `candidate` an index
        in the plan; the order `trial` goes through each trial in turn.

        Raises:
            InputError: if `sort` names no key of the list.
        """
        statement = (
            select(
                *columns(EpochRow, Epoch, without=("trial", "candidate", "seed", "attempt")),
                TrialRow.id.label("trial"),
                TrialRow.seed,
                CandidateRow.index.label("candidate"),
                AttemptRow.number.label("attempt"),
            )
            .select_from(TrialRow)
            .join(AttemptRow, AttemptRow.trial_id == TrialRow.id)
            .join(EpochRow, EpochRow.attempt_id == AttemptRow.id)
            .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
            .where(TrialRow.sweep_id == sweep_id)
        )
        if trial_ids is not None:
            statement = statement.where(TrialRow.id.in_(trial_ids))
        if attempt is not None:
            statement = statement.where(AttemptRow.number == attempt)
        if candidate is not None:
            statement = statement.where(CandidateRow.index == candidate)
        page = Listing(statement, _EPOCH_KEYS).page(sort, after, limit)
        with self._database.read() as connection:
            return fetch(connection, Epoch, page)

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
        return {row.id: unpack_correct(row.correct, row.n_validation) for row in rows}


def select_trials() -> Select[Any]:
    """The columns of `Trial`."""
    return select(
        *columns(TrialRow, Trial, without=("candidate", *_OF_CANDIDATE)),
        CandidateRow.index.label("candidate"),
        *(getattr(CandidateRow, column) for column in _OF_CANDIDATE),
    ).join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
