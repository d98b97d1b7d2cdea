"""Candidates of sweeps, with what their trials reached."""

import math
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, Subquery, case, exists, func, select

from results.errors import NotFoundError
from results.schema import CandidateRow, MeasurementRow, TrialRow
from results.states import TrialState
from results.store.fencing import check_sweep
from results.store.listing import Key, Listing
from results.store.rows import Section, columns, fetch, values
from results.values import After, Candidate, NewCandidate
from search_spaces.specs.sweep import FRESH

_KEYS: Final = {
    "id": Key(CandidateRow.id),
    "flops": Key(CandidateRow.flops),
    "params": Key(CandidateRow.params),
    "measured_ratio": Key(CandidateRow.measured_ratio),
}
CANDIDATE_ORDERS: Final = (*_KEYS, "accuracy")

_COMPUTED: Final = ("representative", "complexity_source")
_COUNTS: Final = ("finished", "diverged", "stopped", "failed")


class CandidateSection(Section):
    """Reading candidates."""

    def candidates(
        self,
        sweep_id: int,
        *,
        index: int | None = None,
        eligible: bool | None = None,
        min_flops: int | None = None,
        max_flops: int | None = None,
        sort: str = "id",
        after: After | None = None,
        limit: int | None = None,
    ) -> list[Candidate]:
        """Candidates of a sweep that match every filter given, in the plan's order.

        At most `limit` (None: all), with what their trials reached.

        Raises:
            NotFoundError: if there is no such sweep.
            InputError: if `sort` names no key of the list.
        """
        reached = _reached(sweep_id)
        statement = _select(reached).where(CandidateRow.sweep_id == sweep_id)
        if index is not None:
            statement = statement.where(CandidateRow.index == index)
        if eligible is not None:
            statement = statement.where(CandidateRow.eligible == eligible)
        if min_flops is not None:
            statement = statement.where(CandidateRow.flops >= min_flops)
        if max_flops is not None:
            statement = statement.where(CandidateRow.flops <= max_flops)
        keys = _KEYS | {"accuracy": Key(reached.c.accuracy_mean, nullable=True)}
        page = Listing(statement, keys).page(sort, after, limit)
        with self._database.read() as connection:
            found = fetch(connection, _candidate, page)
            if not found:
                check_sweep(connection, sweep_id)
        return found

    def sweep_of_candidate(self, candidate_id: int) -> int:
        """The id of the sweep that a candidate belongs to.

        Raises:
            NotFoundError: if there is no such candidate.
        """
        statement = select(CandidateRow.sweep_id).where(CandidateRow.id == candidate_id)
        with self._database.read() as connection:
            found = connection.scalar(statement)
        if found is None:
            raise NotFoundError(f"candidate {candidate_id} does not exist")
        return found


def candidate_values(sweep_id: int, candidates: Sequence[NewCandidate]) -> list[dict[str, Any]]:
    """Candidates as column values."""
    return [
        {
            "sweep_id": sweep_id,
            "alpha": one.alpha,
            "beta": one.beta,
            "gamma": one.gamma,
            **values(one, kind=NewCandidate, without=_COMPUTED),
        }
        for one in candidates
    ]


def _select(reached: Subquery) -> Select[Any]:
    confirmed = exists().where(
        MeasurementRow.spec_key == CandidateRow.spec_key,
        MeasurementRow.mode == "eval",
        MeasurementRow.flops == CandidateRow.flops,
    )
    return select(
        *columns(CandidateRow, NewCandidate, without=_COMPUTED),
        CandidateRow.id,
        CandidateRow.alpha,
        CandidateRow.beta,
        CandidateRow.gamma,
        case((confirmed, "fvcore"), else_="closed_form").label("complexity_source"),
        *(
            func.coalesce(column, 0).label(column.name) if column.name in _COUNTS else column
            for column in reached.c
            if column.name != "candidate_id"
        ),
    ).outerjoin(reached, reached.c.candidate_id == CandidateRow.id)


def _reached(sweep_id: int) -> Subquery:
    """What the trials of each candidate came to, but for confirmation, which selects nothing."""
    accuracy = case((TrialRow.state == TrialState.FINISHED, TrialRow.accuracy))
    return (
        select(
            TrialRow.candidate_id,
            func.count(accuracy).label("finished"),
            func.count(case((TrialRow.state == TrialState.DIVERGED, 1))).label("diverged"),
            func.count(case((TrialRow.state == TrialState.STOPPED, 1))).label("stopped"),
            func.count(case((TrialRow.state == TrialState.FAILED, 1))).label("failed"),
            func.avg(accuracy).label("accuracy_mean"),
            func.avg(accuracy * accuracy).label("square_mean"),
        )
        .where(TrialRow.sweep_id == sweep_id, TrialRow.seed < FRESH)
        .group_by(TrialRow.candidate_id)
        .subquery()
    )


def _candidate(
    *, alpha: float, beta: float, gamma: float, square_mean: float | None, **known: Any
) -> Candidate:
    """A row as a value; `square_mean` is the mean of the squared accuracies."""
    finished, mean, std = known["finished"], known["accuracy_mean"], None
    if finished > 1 and mean is not None and square_mean is not None:
        spread = max(0.0, square_mean - mean**2)
        std = math.sqrt(spread * finished / (finished - 1))
    return Candidate(representative=(alpha, beta, gamma), accuracy_std=std, **known)
