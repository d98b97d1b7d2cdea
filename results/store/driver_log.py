"""The last lines of each driver's log, where every process can read them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, insert, select

from results.columns import database_clock
from results.schema import DriverLogRow
from results.store.fencing import check_sweep
from results.store.rows import Section, columns, fetch
from results.values import DriverLogLine

KEPT_LINES: Final = 2000
_LONGEST_LINE: Final = 4000


class DriverLogSection(Section):
    """Keeping and reading the ends of drivers' logs."""

    def append_driver_log(self, sweep_id: int, lines: Sequence[str]) -> None:
        """Keep lines that the driver wrote; the oldest go once there are more than `KEPT_LINES`.

        No lease is asked for: a driver that lost its own may still say why it stops.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        kept = [line[:_LONGEST_LINE] for line in lines[-KEPT_LINES:]]
        if not kept:
            return
        with self._database.write(wait_for_disk=False) as connection:
            check_sweep(connection, sweep_id)
            connection.execute(
                insert(DriverLogRow).values(sweep_id=sweep_id, at=database_clock()),
                [{"text": line} for line in kept],
            )
            oldest_kept = (
                select(DriverLogRow.id)
                .where(DriverLogRow.sweep_id == sweep_id)
                .order_by(DriverLogRow.id.desc())
                .offset(KEPT_LINES - 1)
                .limit(1)
                .scalar_subquery()
            )
            connection.execute(
                delete(DriverLogRow).where(
                    DriverLogRow.sweep_id == sweep_id, DriverLogRow.id < oldest_kept
                )
            )

    def driver_log(
        self, sweep_id: int, *, limit: int = 100, after: int | None = None
    ) -> list[DriverLogLine]:
        """Lines of the log in order: the last `limit`, or the next `limit` after the id `after`.

        An unknown sweep simply has none.
        """
        statement = select(*columns(DriverLogRow, DriverLogLine)).where(
            DriverLogRow.sweep_id == sweep_id
        )
        with self._database.read() as connection:
            if after is not None:
                following = statement.where(DriverLogRow.id > after).order_by(DriverLogRow.id)
                return fetch(connection, DriverLogLine, following.limit(limit))
            last = statement.order_by(DriverLogRow.id.desc()).limit(limit)
            return fetch(connection, DriverLogLine, last)[::-1]
