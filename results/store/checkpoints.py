"""Which trials left their weights, and in which files."""

import uuid
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from results.checkpoint_files import remove_checkpoints, remove_marked
from results.columns import database_clock
from results.schema import CandidateRow, CheckpointRow, EventRow, TrialRow
from results.store.events import append
from results.store.fencing import check_sweep, hold
from results.store.rows import Section, columns, fetch, in_chunks, values
from results.values import CheckpointRecord, Lease, NewCheckpoint


class CheckpointSection(Section):
    """Recording and listing files of weights."""

    def add_checkpoint(
        self, lease: Lease, new: NewCheckpoint, *, at_most: int | None = None
    ) -> None:
        """Record the file that a finished trial left. Event: `checkpoint`.

        With `at_most`, the files of all but so many trials of the sweep, the most accurate ones,
        are forgotten and deleted; of equal ones the earlier trial's stays. So is another file that
        the trial left before.

        Raises:
            LeaseLostError: if the sweep has another driver now.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            of_trial = CheckpointRow.trial_id == new.trial
            before = select(CheckpointRow.name).where(of_trial)
            replaced = set(connection.scalars(before)) - {new.name}
            connection.execute(delete(CheckpointRow).where(of_trial))
            connection.execute(
                insert(CheckpointRow).values(
                    sweep_id=lease.sweep_id,
                    trial_id=new.trial,
                    created_at=database_clock(),
                    **values(new, without=("trial",)),
                )
            )
            dropped = []
            if at_most is not None:
                ranked = (
                    select(CheckpointRow.id, CheckpointRow.name)
                    .join(TrialRow, TrialRow.id == CheckpointRow.trial_id)
                    .where(CheckpointRow.sweep_id == lease.sweep_id)
                    .order_by(TrialRow.accuracy.desc(), TrialRow.id)
                    .offset(at_most)
                )
                dropped = list(connection.execute(ranked))
                for chunk in in_chunks([row.id for row in dropped]):
                    connection.execute(delete(CheckpointRow).where(CheckpointRow.id.in_(chunk)))
            names = [row.name for row in dropped]
            about = {"trial": new.trial, "size_bytes": new.size_bytes, "dropped": len(names)}
            append(connection, lease.sweep_id, "checkpoint", about)
        remove_checkpoints([*names, *replaced])

    def begin_keeping(self, lease: Lease) -> str:
        """A mark that the files of this driver's trials bear in their names. Event: `keeping`.

        What drivers before it left and did not live to record is deleted: they lost their lease, so
        that nobody can record it any more. Files of other sweeps and databases bear other marks,
        except where one database file is a copy of the other: copies share what was there before.

        Raises:
            LeaseLostError: if the sweep has another driver now.
        """
        mark = uuid.uuid4().hex[:12]
        with self._database.write() as connection:
            hold(connection, lease)
            before = marks_of(connection, lease.sweep_id)
            named = select(CheckpointRow.name).where(CheckpointRow.sweep_id == lease.sweep_id)
            recorded = set(connection.scalars(named))
            append(connection, lease.sweep_id, _KEEPING, {"mark": mark})
        remove_marked(lease.sweep_id, before, recorded)
        return mark

    def checkpoints(self, sweep_id: int) -> list[CheckpointRecord]:
        """The files that trials of a sweep left, by accuracy, best first.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        statement = (
            select(
                *columns(CheckpointRow, NewCheckpoint, without=("trial",)),
                CheckpointRow.created_at,
                CheckpointRow.trial_id.label("trial"),
                TrialRow.seed,
                TrialRow.accuracy,
                CandidateRow.index.label("candidate"),
                CandidateRow.spec_key,
            )
            .join(TrialRow, TrialRow.id == CheckpointRow.trial_id)
            .join(CandidateRow, CandidateRow.id == TrialRow.candidate_id)
            .where(CheckpointRow.sweep_id == sweep_id)
            .order_by(TrialRow.accuracy.desc(), TrialRow.id)
        )
        with self._database.read() as connection:
            check_sweep(connection, sweep_id)
            return fetch(connection, CheckpointRecord, statement)


def marks_of(connection: Connection, sweep_id: int) -> list[str]:
    """The marks of all drivers that kept weights of a sweep."""
    ours = select(EventRow.data).where(EventRow.sweep_id == sweep_id, EventRow.kind == _KEEPING)
    return [data["mark"] for data in connection.scalars(ours)]


_KEEPING: Final = "keeping"
