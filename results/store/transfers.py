"""Transfers and their runs."""

from typing import Any

from sqlalchemy import Select, func, insert, select, update

from results.checkpoint_files import remove_checkpoints
from results.columns import database_clock
from results.errors import NotFoundError
from results.schema import TransferRow, TransferRunRow
from results.store.rows import Section, columns, fetch, insert_unless_present, values
from results.values import NewTransfer, NewTransferRun, Transfer, TransferRun


class TransferSection(Section):
    """Storing and reading transfers."""

    def create_transfer(self, new: NewTransfer) -> int:
        """Store a transfer of which nothing is trained yet; returns its id."""
        with self._database.write() as connection:
            return connection.execute(
                insert(TransferRow)
                .values(**values(new), created_at=database_clock())
                .returning(TransferRow.id)
            ).scalar_one()

    def transfer(self, transfer_id: int) -> Transfer:
        """One transfer.

        Raises:
            NotFoundError: if there is no such transfer.
        """
        statement = _transfers().where(TransferRow.id == transfer_id)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise _missing(transfer_id)
        return _transfer(**row._mapping)

    def transfers(self, *, limit: int | None = 100) -> list[Transfer]:
        """Transfers, newest first; at most `limit` (None: all)."""
        statement = _transfers().order_by(TransferRow.id.desc()).limit(limit)
        with self._database.read() as connection:
            return fetch(connection, _transfer, statement)

    def add_transfer_run(
        self, transfer_id: int, new: NewTransferRun, *, only_checkpoint: bool = False
    ) -> None:
        """Store a run; the same one again changes nothing, and its file is deleted.

        With `only_checkpoint`, a run that comes with a file takes the place of the others of the
        same weights and data set: their files are forgotten and deleted.
        """
        with self._database.write() as connection:
            added = connection.scalar(
                insert_unless_present(connection, TransferRunRow)
                .values(**values(new), transfer_id=transfer_id, created_at=database_clock())
                .returning(TransferRunRow.id)
            )
            dropped: list[str | None] = [] if added else [new.checkpoint]
            if added and only_checkpoint and new.checkpoint is not None:
                others = (
                    TransferRunRow.transfer_id == transfer_id,
                    TransferRunRow.weights == new.weights,
                    TransferRunRow.dataset == new.dataset,
                    TransferRunRow.checkpoint.is_not(None),
                    TransferRunRow.checkpoint != new.checkpoint,
                )
                dropped += connection.scalars(select(TransferRunRow.checkpoint).where(*others))
                connection.execute(
                    update(TransferRunRow)
                    .where(*others)
                    .values(checkpoint=None, sha256=None, size_bytes=None)
                )
        remove_checkpoints(name for name in dropped if name is not None)

    def transfer_runs(self, transfer_id: int) -> list[TransferRun]:
        """The runs of a transfer, in the order in which they ended.

        Raises:
            NotFoundError: if there is no such transfer.
        """
        statement = (
            select(*columns(TransferRunRow, TransferRun))
            .where(TransferRunRow.transfer_id == transfer_id)
            .order_by(TransferRunRow.id)
        )
        self.transfer(transfer_id)
        with self._database.read() as connection:
            return fetch(connection, TransferRun, statement)

    def set_transfer_report(
        self, transfer_id: int, report: dict[str, Any], *, finished: bool
    ) -> None:
        """Store the results of a transfer so far, in place of earlier ones.

        Raises:
            NotFoundError: if there is no such transfer.
        """
        statement = (
            update(TransferRow)
            .where(TransferRow.id == transfer_id)
            .values(
                report=report,
                finished_at=func.coalesce(TransferRow.finished_at, database_clock())
                if finished
                else None,
            )
        )
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise _missing(transfer_id)


def _transfers() -> Select[Any]:
    own = (*columns(TransferRow, NewTransfer), TransferRow.id, TransferRow.report)
    return select(*own, TransferRow.created_at, TransferRow.finished_at)


def _transfer(report: dict[str, Any] | None, **row: Any) -> Transfer:
    report = report or {}
    return Transfer(
        complete=bool(report.get("complete", False)),
        runs_done=report.get("runs", 0),
        runs_of=report.get("of"),
        cells=tuple(report.get("cells", ())),
        **row,
    )


def _missing(transfer_id: int) -> NotFoundError:
    return NotFoundError(f"transfer {transfer_id} does not exist")
