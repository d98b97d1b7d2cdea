"""Everything of a sweep at once, read in one transaction."""

from typing import Any

from sqlalchemy import Connection, select

from results.schema import CoefficientsRow, DatasetRow, FamilyMemberRow, SweepRow
from results.store.datasets import dataset_columns, to_dataset
from results.store.events import decisions, latest_event
from results.store.fencing import no_such_sweep
from results.store.rows import Section, columns, fetch
from results.store.sweeps import count_trials, select_sweeps, sweep_fields
from results.store.validations import latest_identification
from results.values import Dataset, Outcome, StoredMember, SweepDetail

_FURTHER = (
    SweepRow.outcome,
    SweepRow.lease_epoch,
    SweepRow.spec,
    SweepRow.versions,
    SweepRow.hardware,
    CoefficientsRow.id.label("coefficients_id"),
    latest_identification(),
)


class DetailSection(Section):
    """Reading one sweep."""

    def sweep(self, sweep_id: int) -> SweepDetail:
        """Everything of a sweep but its candidates, trials, epochs, events and log.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            statement = select_sweeps(connection, *_FURTHER).where(SweepRow.id == sweep_id)
            row = connection.execute(statement).one_or_none()
            if row is None:
                raise no_such_sweep(sweep_id)
            found = sweep_fields(row, count_trials(connection, [sweep_id])[sweep_id])
            data = _data(connection, row.dataset, row.dataset_fingerprint)
            return SweepDetail(
                **found | _concluded(row.outcome or Outcome(verdict=None)),
                family=_family(connection, row.coefficients_id),
                notes=() if data is None else data.notes,
                detail_px=None if data is None else data.detail_px,
                last_event=latest_event(connection, sweep_id),
                decisions=decisions(connection, sweep_id),
            )


def _concluded(outcome: Outcome) -> dict[str, Any]:
    """What a sweep's detail repeats of its outcome."""
    return {
        "verdict": outcome.verdict,
        "why": outcome.why,
        "leader_candidate": outcome.leader,
        "chosen": outcome.chosen,
    }


def _family(connection: Connection, coefficients_id: int | None) -> tuple[StoredMember, ...]:
    if coefficients_id is None:
        return ()
    statement = (
        select(*columns(FamilyMemberRow, StoredMember))
        .where(FamilyMemberRow.coefficients_id == coefficients_id)
        .order_by(FamilyMemberRow.id)
    )
    return tuple(fetch(connection, StoredMember, statement))


def _data(connection: Connection, name: str, fingerprint: str) -> Dataset | None:
    statement = select(*dataset_columns()).where(
        DatasetRow.name == name, DatasetRow.fingerprint == fingerprint
    )
    return next(iter(fetch(connection, to_dataset, statement)), None)
