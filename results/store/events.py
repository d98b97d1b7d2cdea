"""What happened to a sweep, in order: the append-only log that live views follow."""

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select

from results.columns import database_clock
from results.schema import EventRow
from results.store.fencing import hold, no_such_sweep
from results.store.rows import Section, columns, fetch, in_chunks
from results.values import Event, Lease

EVENT = (EventRow.sweep_id.label("sweep"), *columns(EventRow, Event, without=("sweep",)))

DECISION = "decision"
"""Kind of the event in which a strategy says why it trains what it does."""

_DECISIONS = 100
"""Decisions that a sweep's detail holds."""


class EventSection(Section):
    """Appending and reading events."""

    def append_event(self, lease: Lease, kind: str, data: dict[str, Any]) -> int:
        """Append something that the store does not log by itself (see `Store`).

        Returns:
            The event's `seq`.

        Raises:
            LeaseLostError: if the sweep has another driver now.
        """
        with self._database.write() as connection:
            hold(connection, lease)
            return append(connection, lease.sweep_id, kind, data)

    def events(self, sweep_id: int, *, after: int = 0, limit: int | None = None) -> list[Event]:
        """Events of a sweep with `seq` greater than `after`, oldest first.

        A reader that asks again with the last `seq` it saw misses nothing and sees nothing twice.
        """
        statement = (
            select(*EVENT)
            .where(EventRow.sweep_id == sweep_id, EventRow.seq > after)
            .order_by(EventRow.seq)
            .limit(limit)
        )
        with self._database.read() as connection:
            return fetch(connection, Event, statement)

    def last_event(self, sweep_id: int) -> int:
        """The `seq` of a sweep's latest event.

        Raises:
            NotFoundError: if there is no such sweep.
        """
        with self._database.read() as connection:
            return latest_event(connection, sweep_id)

    def events_since(self, positions: Mapping[int, int], *, limit: int) -> list[Event]:
        """Events of several sweeps, each after the `seq` that `positions` gives for it.

        At most `limit`, by sweep and `seq`: asking again with the last of each misses nothing.
        """
        found: list[Event] = []
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(positions.items())):
                later = or_(
                    *(
                        and_(EventRow.sweep_id == sweep_id, EventRow.seq > seq)
                        for sweep_id, seq in chunk
                    )
                )
                statement = (
                    select(*EVENT)
                    .where(later)
                    .order_by(EventRow.sweep_id, EventRow.seq)
                    .limit(limit - len(found))
                )
                found += fetch(connection, Event, statement)
                if len(found) == limit:
                    break
        return found


def decisions(connection: Connection, sweep_id: int) -> tuple[Event, ...]:
    """Why the sweep's strategy trained what it did: the latest of them, in their order."""
    statement = (
        select(*EVENT)
        .where(EventRow.sweep_id == sweep_id, EventRow.kind == DECISION)
        .order_by(EventRow.seq.desc())
        .limit(_DECISIONS)
    )
    return tuple(reversed(fetch(connection, Event, statement)))


def latest_event(connection: Connection, sweep_id: int) -> int:
    """The `seq` of a sweep's latest event, or `NotFoundError`."""
    seq = connection.scalar(select(func.max(EventRow.seq)).where(EventRow.sweep_id == sweep_id))
    if seq is None:
        raise no_such_sweep(sweep_id)  # a stored sweep has been created
    return seq


def append(connection: Connection, sweep_id: int, kind: str, data: dict[str, Any]) -> int:
    """Append an event; the sweep's row must be locked, so that `seq` has neither gap nor tie."""
    following = (
        select(func.coalesce(func.max(EventRow.seq), 0) + 1)
        .where(EventRow.sweep_id == sweep_id)
        .scalar_subquery()
    )
    return connection.execute(
        insert(EventRow)
        .values(sweep_id=sweep_id, seq=following, kind=kind, data=data, at=database_clock())
        .returning(EventRow.seq)
    ).scalar_one()


def finite(figure: float | None) -> float | None:
    """A figure as event data; JSON has no NaN."""
    return figure if figure is not None and math.isfinite(figure) else None
