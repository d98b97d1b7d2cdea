"""Who may write to a sweep. Every write of a driver passes `hold` in its own transaction.

`hold` locks the sweep's row until the transaction ends (on SQLite the whole database is locked
anyway). A takeover locks the same row, so it comes either before the check, which then fails, or
after the commit: a driver that lost its lease cannot slip a write in.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, not_, select, update

from results.columns import database_clock
from results.errors import LeaseLostError, NotFoundError
from results.owners import is_dead
from results.schema import AttemptRow, SweepRow, TrialRow
from results.states import AttemptState, SweepState, TrialState
from results.store.rows import columns, to_record
from results.values import Lease, RecordedSweep


def no_such_sweep(sweep_id: int) -> NotFoundError:
    """The error for a sweep that the database does not hold."""
    return NotFoundError(
        f"sweep {sweep_id} does not exist: `scaling-search sweeps` lists those that do"
    )


WAITING: Final[dict[str, Any]] = {
    "state": SweepState.QUEUED,
    "cancel_requested": False,
    "lease_owner": None,
    "lease_expires_at": None,
    "finished_at": None,
    "error": None,
}
"""State and lease of a sweep that waits for a driver."""


def live_owner(connection: Connection, sweep: RecordedSweep) -> str | None:
    """Who holds a live lease; None also where it is known that this process is gone."""
    owner = sweep.lease_owner
    if (
        owner is None
        or sweep.lease_expires_at is None
        or sweep.lease_expires_at <= clock(connection)
    ):
        return None
    return None if is_dead(owner) else owner


def lock_sweep(connection: Connection, sweep_id: int) -> RecordedSweep:
    """Lock a sweep until the transaction ends; returns its state and lease.

    Raises:
        NotFoundError: if there is no such sweep.
    """
    row = connection.execute(
        select(*columns(SweepRow, RecordedSweep))
        .where(SweepRow.id == sweep_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise no_such_sweep(sweep_id)
    return to_record(RecordedSweep, row)


def hold(connection: Connection, lease: Lease) -> RecordedSweep:
    """Lock the leased sweep until the transaction ends; returns its state and lease.

    Raises:
        LeaseLostError: if another process has claimed the sweep, or the lease was released.
    """
    try:
        sweep = lock_sweep(connection, lease.sweep_id)
    except NotFoundError as error:
        raise LeaseLostError(
            f"sweep {lease.sweep_id} has been deleted: its driver must stop"
        ) from error
    if (sweep.lease_owner, sweep.lease_epoch) != (lease.owner, lease.epoch):
        now = f"is driven by {sweep.lease_owner}" if sweep.lease_owner else "is driven by nobody"
        raise LeaseLostError(
            f"sweep {lease.sweep_id} {now} (claim {sweep.lease_epoch}); {lease.owner} held claim "
            f"{lease.epoch} and can no longer write: it must stop"
        )
    return sweep


def check_sweep(connection: Connection, sweep_id: int) -> None:
    """Raise `NotFoundError` unless there is such a sweep."""
    if connection.scalar(select(SweepRow.id).where(SweepRow.id == sweep_id)) is None:
        raise no_such_sweep(sweep_id)


def driven(connection: Connection) -> ColumnElement[bool]:
    """Whether a sweep has a driver whose lease runs and which is not known to be dead."""
    leased = and_(
        SweepRow.state == SweepState.RUNNING,
        SweepRow.lease_expires_at.is_not(None),
        SweepRow.lease_expires_at > database_clock(),
    )
    owners = connection.scalars(select(SweepRow.lease_owner).where(leased).distinct())
    dead = [owner for owner in owners if owner is not None and is_dead(owner)]
    return and_(leased, SweepRow.lease_owner.not_in(dead)) if dead else leased


def shown_state(is_driven: ColumnElement[bool]) -> ColumnElement[SweepState]:
    """The state that values carry: a running sweep that nobody drives is interrupted."""
    abandoned = and_(SweepRow.state == SweepState.RUNNING, not_(is_driven))
    return case((abandoned, SweepState.INTERRUPTED), else_=SweepRow.state)


def clock(connection: Connection) -> datetime:
    """The database's time now."""
    now: datetime = connection.execute(select(database_clock())).scalar_one()
    return now


def reset_running(connection: Connection, sweep_id: int) -> int:
    """Make the running trials pending again and mark their attempts interrupted.

    Returns:
        How many trials it were.
    """
    running = select(TrialRow.id).where(
        TrialRow.sweep_id == sweep_id, TrialRow.state == TrialState.RUNNING
    )
    connection.execute(
        update(AttemptRow)
        .where(AttemptRow.trial_id.in_(running), AttemptRow.state == AttemptState.RUNNING)
        .values(state=AttemptState.INTERRUPTED, finished_at=database_clock())
    )
    return connection.execute(
        update(TrialRow)
        .where(TrialRow.sweep_id == sweep_id, TrialRow.state == TrialState.RUNNING)
        .values(state=TrialState.PENDING, worker=None)
    ).rowcount
