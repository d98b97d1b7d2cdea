"""Trials as a list shows them."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from results.schema import CandidateRow, TrialRow
from results.states import TrialState
from results.store.pages.keyset import Key, Listing
from results.store.rows import columns
from results.values import Trial

_KEYS: Final = {
    "id": Key(TrialRow.id),
    "accuracy": Key(TrialRow.accuracy, nullable=True),
    "loss": Key(TrialRow.loss, nullable=True),
    "train_seconds": Key(TrialRow.train_seconds, nullable=True),
    "started_at": Key(TrialRow.started_at, nullable=True),
    "finished_at": Key(TrialRow.finished_at, nullable=True),
    "flops": Key(CandidateRow.flops),
}
TRIAL_ORDERS: Final = tuple(_KEYS)

_OF_CANDIDATE: Final = (
    "index",
    "roles",
    "alpha",
    "beta",
    "gamma",
    "flops",
    "params",
    "activations",
    "measured_ratio",
)


def trial_summaries(
    sweep_id: int,
    *,
    states: Iterable[TrialState] | None = None,
    candidate: int | None = None,
    seed: int | None = None,
) -> Listing:
    """Trials of a sweep that match every filter given; `candidate` is its index in the plan."""
    statement = (
        select(
            *columns(TrialRow, Trial),
            *(getattr(CandidateRow, column) for column in _OF_CANDIDATE),
        )
        .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
        .where(TrialRow.sweep_id == sweep_id)
    )
    if states is not None:
        statement = statement.where(TrialRow.state.in_(list(states)))
    if candidate is not None:
        statement = statement.where(CandidateRow.index == candidate)
    if seed is not None:
        statement = statement.where(TrialRow.seed == seed)
    return Listing(statement, _KEYS)
