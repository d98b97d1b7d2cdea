"""A sweep at one look, read in one transaction."""

from sqlalchemy import Connection, select

from results.schema import CoefficientsRow, DatasetRow, EventRow, FamilyMemberRow
from results.store.datasets import dataset_columns, to_dataset
from results.store.events import DECISION, latest_event
from results.store.rows import Part, columns, fetch
from results.store.sweeps import count_trials, one_sweep
from results.store.validations import latest_identification
from results.values import Dataset, Event, Leader, Standing, StoredMember, Sweep

_DECISIONS = 100


class StandingPart(Part):
    """Reading all that is said of a sweep at once."""

    def standing(self, sweep_id: int) -> Standing:
        """Everything of a sweep but its candidates, trials, epochs, events and log.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            sweep = one_sweep(connection, sweep_id)
            leader = _leader(connection, sweep_id)
            data = _data(connection, sweep)
            return Standing(
                sweep=sweep,
                progress=count_trials(connection, [sweep_id])[sweep_id],
                leader=leader,
                family=() if leader is None else _family(connection, leader.coefficients_id),
                data_notes=() if data is None else data.notes,
                data_detail_px=None if data is None else data.detail_px,
                last_event=latest_event(connection, sweep_id),
                decisions=_decisions(connection, sweep_id),
            )


def _leader(connection: Connection, sweep_id: int) -> Leader | None:
    statement = select(
        *columns(CoefficientsRow, Leader, without=("coefficients_id", "identification")),
        latest_identification(),
        CoefficientsRow.id.label("coefficients_id"),
    ).where(CoefficientsRow.sweep_id == sweep_id)
    return next(iter(fetch(connection, Leader, statement)), None)


def _family(connection: Connection, coefficients_id: int) -> tuple[StoredMember, ...]:
    statement = (
        select(*columns(FamilyMemberRow, StoredMember))
        .where(FamilyMemberRow.coefficients_id == coefficients_id)
        .order_by(FamilyMemberRow.id)
    )
    return tuple(fetch(connection, StoredMember, statement))


def _decisions(connection: Connection, sweep_id: int) -> tuple[Event, ...]:
    statement = (
        select(*columns(EventRow, Event))
        .where(EventRow.sweep_id == sweep_id, EventRow.kind == DECISION)
        .order_by(EventRow.seq.desc())
        .limit(_DECISIONS)
    )
    return tuple(reversed(fetch(connection, Event, statement)))


def _data(connection: Connection, sweep: Sweep) -> Dataset | None:
    statement = select(*dataset_columns()).where(
        DatasetRow.name == sweep.dataset, DatasetRow.fingerprint == sweep.dataset_fingerprint
    )
    return next(iter(fetch(connection, to_dataset, statement)), None)
