"""Who may write to a sweep. Every write of a driver passes `hold` in its own transaction.

`hold` locks the sweep's row until the transaction ends (on SQLite the whole database is locked
anyway). A takeover locks the same row, so it comes either before the check, which then fails, or
after the commit: a driver that lost its lease cannot slip a write in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Label, and_, case, not_, select, update

from results.columns import database_clock
from results.errors import LeaseLostError, NotFoundError
from results.schema import AttemptRow, SweepRow, TrialRow
from results.states import AttemptState, SweepState, TrialState
from results.store.rows import columns, to_record
from results.values import Lease


def no_such_sweep(sweep_id: int) -> NotFoundError:
    """The error for a sweep that the database does not hold."""
    return NotFoundError(
        f"sweep {sweep_id} does not exist: `scaling-search sweeps` lists those that do"
    )


@dataclass(frozen=True, kw_only=True)
class LockedSweep:
    """State and lease of a sweep whose row is locked."""

    state: SweepState
    lease_owner: str | None
    lease_epoch: int
    lease_expires_at: datetime | None
    cancel_requested: bool

    def driver(self, now: datetime, is_owner_dead: Callable[[str], bool] | None) -> str | None:
        """Who holds a live lease, or None; `is_owner_dead` may know that the process is gone."""
        owner = self.lease_owner
        if owner is None or self.lease_expires_at is None or self.lease_expires_at <= now:
            return None
        return None if is_owner_dead is not None and is_owner_dead(owner) else owner


def lock_sweep(connection: Connection, sweep_id: int) -> LockedSweep:
    """Lock a sweep until the transaction ends; returns its state and lease.

    Raises:
        NotFoundError: if there is no such sweep.
    """
    row = connection.execute(
        select(*columns(SweepRow, LockedSweep))
        .where(SweepRow.id == sweep_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise no_such_sweep(sweep_id)
    return to_record(LockedSweep, row)


def hold(connection: Connection, lease: Lease) -> LockedSweep:
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


def leased() -> Label[bool]:
    """Whether a sweep that is read has a driver whose lease runs: a column of its record."""
    return and_(
        SweepRow.state == SweepState.RUNNING,
        SweepRow.lease_expires_at.is_not(None),
        SweepRow.lease_expires_at > database_clock(),
    ).label("leased")


def shown_state() -> ColumnElement[SweepState]:
    """What lists, filters and counts call a sweep's state: see `results.states.shown`."""
    abandoned = and_(SweepRow.state == SweepState.RUNNING, not_(leased().element))
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
