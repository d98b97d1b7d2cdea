"""Epochs as a list shows them."""

from typing import Final

from sqlalchemy import select

from results.schema import AttemptRow, CandidateRow, EpochRow, TrialRow
from results.store.pages.keyset import Key, Listing
from results.store.rows import columns
from results.values import Epoch

_KEYS: Final = {
    "trial": Key(TrialRow.id),
    "id": Key(EpochRow.id),
    "epoch": Key(EpochRow.epoch),
    "accuracy": Key(EpochRow.accuracy, nullable=True),
    "validation_loss": Key(EpochRow.validation_loss, nullable=True),
}
EPOCH_ORDERS: Final = tuple(_KEYS)


def epoch_summaries(
    sweep_id: int,
    *,
    trial_id: int | None = None,
    attempt: int | None = None,
    candidate: int | None = None,
) -> Listing:
    """Epochs of a sweep that match every filter given; `candidate` is its index in the plan."""
    statement = (
        select(
            *columns(EpochRow, Epoch, without=("trial_id", "attempt")),
            AttemptRow.trial_id,
            AttemptRow.number.label("attempt"),
            CandidateRow.index,
            TrialRow.seed,
        )
        .select_from(TrialRow)
        .join(AttemptRow, AttemptRow.trial_id == TrialRow.id)
        .join(EpochRow, EpochRow.attempt_id == AttemptRow.id)
        .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
        .where(TrialRow.sweep_id == sweep_id)
    )
    if trial_id is not None:
        statement = statement.where(TrialRow.id == trial_id)
    if attempt is not None:
        statement = statement.where(AttemptRow.number == attempt)
    if candidate is not None:
        statement = statement.where(CandidateRow.index == candidate)
    return Listing(statement, _KEYS)
