"""Sweeps as a list shows them."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from results.schema import CoefficientsRow, SweepRow
from results.states import SweepState
from results.store.fencing import leased, shown_state
from results.store.pages.keyset import Key, Listing
from results.store.rows import columns
from results.values import SweepSummary

_KEYS: Final = {
    "id": Key(SweepRow.id),
    "name": Key(SweepRow.name),
    "started_at": Key(SweepRow.started_at, nullable=True),
    "finished_at": Key(SweepRow.finished_at, nullable=True),
    "accuracy": Key(CoefficientsRow.accuracy, nullable=True),
}
SWEEP_ORDERS: Final = tuple(_KEYS)

_FROM_COEFFICIENTS: Final = ("verdict", "alpha", "beta", "gamma", "accuracy")


def sweep_summaries(
    *,
    states: Iterable[SweepState] | None = None,
    baseline: str | None = None,
    dataset: str | None = None,
    protocol: str | None = None,
    name: str | None = None,
) -> Listing:
    """Sweeps that match every filter given; `name` is a part of it, letters of any case."""
    statement = select(
        *columns(SweepRow, SweepSummary, without=(*_FROM_COEFFICIENTS, "leased", "progress")),
        leased(),
        *(getattr(CoefficientsRow, column) for column in _FROM_COEFFICIENTS),
    ).outerjoin(CoefficientsRow, CoefficientsRow.sweep_id == SweepRow.id)
    if states is not None:
        statement = statement.where(shown_state().in_(list(states)))
    if baseline is not None:
        statement = statement.where(SweepRow.baseline == baseline)
    if dataset is not None:
        statement = statement.where(SweepRow.dataset == dataset)
    if protocol is not None:
        statement = statement.where(SweepRow.protocol == protocol)
    if name is not None:
        statement = statement.where(SweepRow.name.icontains(name, autoescape=True))
    return Listing(statement, _KEYS)
