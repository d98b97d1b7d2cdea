"""Latency, memory and size of networks: the latest measurement of each kind."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select

from results.columns import database_clock
from results.schema import EdgeRow, SweepRow
from results.store.events import append
from results.store.rows import Section, columns, fetch, in_chunks, values
from results.values import EdgeMeasurement, NewEdgeMeasurement


class EdgeSection(Section):
    """Storing and reading edge measurements."""

    def put_edge_measurements(
        self, measurements: Sequence[NewEdgeMeasurement], *, sweep_id: int | None = None
    ) -> None:
        """Store measurements in place of earlier ones.

        A measurement replaces the one of the same network, machine, threads, batch and backend.
        With `sweep_id`, the sweep whose candidates they are, live views of the sweep are notified.
        Event: `edge_measured`.
        """
        if not measurements:
            return
        with self._database.write() as connection:
            for new in measurements:
                connection.execute(
                    delete(EdgeRow).where(
                        EdgeRow.spec_key == new.spec_key,
                        EdgeRow.machine == new.machine,
                        EdgeRow.threads == new.threads,
                        EdgeRow.batch == new.batch,
                        EdgeRow.backend == new.backend,
                    )
                )
                connection.execute(
                    insert(EdgeRow).values(**values(new), measured_at=database_clock())
                )
            if sweep_id is not None:
                locked = select(SweepRow.id).where(SweepRow.id == sweep_id).with_for_update()
                if connection.scalar(locked) is not None:
                    append(connection, sweep_id, "edge_measured", {"networks": len(measurements)})

    def edge_measurements(
        self, spec_keys: Iterable[str] | None = None, *, limit: int | None = None
    ) -> list[EdgeMeasurement]:
        """Measurements of these networks, or of all; the newest first."""
        newest = select(*columns(EdgeRow, EdgeMeasurement)).order_by(
            EdgeRow.measured_at.desc(), EdgeRow.id.desc()
        )
        with self._database.read() as connection:
            if spec_keys is None:
                return fetch(connection, EdgeMeasurement, newest.limit(limit))
            rows: list[EdgeMeasurement] = []
            for chunk in in_chunks(sorted(set(spec_keys))):
                some = newest.where(EdgeRow.spec_key.in_(chunk))
                rows += fetch(connection, EdgeMeasurement, some)
        rows.sort(key=lambda one: (one.measured_at, one.id), reverse=True)
        return rows[:limit]
