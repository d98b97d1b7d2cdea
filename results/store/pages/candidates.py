"""Candidates as a list shows them: with what their trials reached."""

import math
from typing import Any, Final

from sqlalchemy import Subquery, case, exists, func, select

from results.schema import CandidateRow, MeasurementRow, TrialRow
from results.states import TrialState
from results.store.pages.keyset import Key, Listing
from results.store.rows import columns
from results.values import Candidate, CandidateSummary
from search_spaces.specs.sweep import FRESH

_KEYS: Final = {
    "id": Key(CandidateRow.id),
    "flops": Key(CandidateRow.flops),
    "params": Key(CandidateRow.params),
    "measured_ratio": Key(CandidateRow.measured_ratio),
}
CANDIDATE_ORDERS: Final = (*_KEYS, "accuracy")

_COUNTS: Final = ("finished", "diverged", "stopped", "failed")


def candidate_summaries(
    sweep_id: int,
    *,
    index: int | None = None,
    eligible: bool | None = None,
    min_flops: int | None = None,
    max_flops: int | None = None,
) -> Listing:
    """Candidates of a sweep that match every filter given."""
    reached = _reached(sweep_id)
    confirmed = exists().where(
        MeasurementRow.spec_key == CandidateRow.spec_key,
        MeasurementRow.mode == "eval",
        MeasurementRow.flops == CandidateRow.flops,
    )
    statement = (
        select(
            *columns(CandidateRow, Candidate),
            confirmed.label("confirmed"),
            *(
                func.coalesce(column, 0).label(column.name) if column.name in _COUNTS else column
                for column in reached.c
                if column.name != "candidate_id"
            ),
        )
        .outerjoin(reached, reached.c.candidate_id == CandidateRow.id)
        .where(CandidateRow.sweep_id == sweep_id)
    )
    if index is not None:
        statement = statement.where(CandidateRow.index == index)
    if eligible is not None:
        statement = statement.where(CandidateRow.eligible == eligible)
    if min_flops is not None:
        statement = statement.where(CandidateRow.flops >= min_flops)
    if max_flops is not None:
        statement = statement.where(CandidateRow.flops <= max_flops)
    return Listing(statement, _KEYS | {"accuracy": Key(reached.c.accuracy_mean, nullable=True)})


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


def to_summary(*, square_mean: float | None, **known: Any) -> CandidateSummary:
    """A row as a record; `square_mean` is the mean of the squared accuracies."""
    finished, mean, std = known["finished"], known["accuracy_mean"], None
    if finished > 1 and mean is not None and square_mean is not None:
        spread = max(0.0, square_mean - mean**2)
        std = math.sqrt(spread * finished / (finished - 1))
    return CandidateSummary(**known, accuracy_std=std)
