"""Who drives a sweep."""

from datetime import timedelta

from sqlalchemy import Connection, func, select, update

from results.columns import database_clock
from results.errors import LeaseHeldError, LeaseLostError, NotFoundError
from results.schema import SweepRow
from results.states import SweepState, check_transition
from results.store.events import append
from results.store.fencing import clock, hold, live_owner, lock_sweep, reset_running
from results.store.rows import Section, columns, fetch
from results.values import Lease, RecordedSweep
from search_spaces.errors import InputError


class LeaseSection(Section):
    """Claiming, renewing and releasing sweeps."""

    def claim(self, sweep_id: int, owner: str, *, ttl_seconds: float) -> Lease:
        """Become the one driver of a sweep, which is `running` from now on.

        Of several processes that claim at once exactly one succeeds. The claim raises the sweep's
        lease epoch, which fences off writes of an earlier driver; trials which that one left
        running become pending, their attempts `interrupted`. A wish to cancel that an earlier
        driver did not see is kept; claiming a sweep that had ended clears it. A sweep whose owner
        is known to be dead, since it was a process of this machine, is taken over at once. Event:
        `claimed`.

        Args:
            sweep_id: the sweep to drive.
            owner: who claims, as `host:pid:start-time`.
            ttl_seconds: the lease lapses after this time (database clock) unless renewed.

        Raises:
            NotFoundError: if there is no such sweep.
            LeaseHeldError: while another driver's lease is live.
            ConflictError: if the sweep is finished.
            InputError: if `ttl_seconds` is not greater than 0.
        """
        _check_ttl(ttl_seconds)
        with self._database.write() as connection:
            sweep = lock_sweep(connection, sweep_id)
            if (driver := live_owner(connection, sweep)) is not None:
                raise LeaseHeldError(
                    f"sweep {sweep_id} is driven by {driver}, whose lease runs until "
                    f"{sweep.lease_expires_at:%H:%M:%S} UTC unless renewed: wait for it, or stop "
                    f"it with `scaling-search cancel {sweep_id}`"
                )
            if sweep.state is not SweepState.RUNNING:
                check_transition(sweep_id, sweep.state, SweepState.RUNNING)
            return _take(connection, sweep_id, sweep, owner, ttl_seconds)

    def claim_next(self, owner: str, *, ttl_seconds: float) -> Lease | None:
        """Claim, as a runner, the sweep that has waited longest; None if none waits.

        Only sweeps that were handed to the runners wait (`create_sweep(enqueue=True)`, `requeue`):
        queued ones, and running ones whose driver's lease has lapsed or whose driver is known to be
        gone. First come, first served. Of several runners that ask at once each gets another sweep.
        Otherwise as `claim`, with the same event.

        Raises:
            InputError: if `ttl_seconds` is not greater than 0.
        """
        _check_ttl(ttl_seconds)
        handed_over = (
            select(SweepRow.id)
            .where(
                SweepRow.queued_at.is_not(None),
                SweepRow.state.in_((SweepState.QUEUED, SweepState.RUNNING)),
            )
            .order_by(SweepRow.queued_at, SweepRow.id)
        )
        with self._database.read() as connection:
            waiting = connection.scalars(handed_over).all()
        for sweep_id in waiting:
            with self._database.write() as connection:
                try:
                    sweep = lock_sweep(connection, sweep_id)
                except NotFoundError:  # deleted since it was listed
                    continue
                if sweep.state is SweepState.RUNNING:
                    if live_owner(connection, sweep) is not None:
                        continue
                elif sweep.state is not SweepState.QUEUED:
                    continue
                return _take(connection, sweep_id, sweep, owner, ttl_seconds)
        return None

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Lease:
        """Let the lease run for `ttl_seconds` from now; also tells whether to cancel.

        Raises:
            LeaseLostError: if the sweep has another driver now.
            InputError: if `ttl_seconds` is not greater than 0.
        """
        _check_ttl(ttl_seconds)
        with self._database.write() as connection:
            sweep = hold(connection, lease)
            renewed = Lease(
                sweep_id=lease.sweep_id,
                owner=lease.owner,
                epoch=lease.epoch,
                expires_at=clock(connection) + timedelta(seconds=ttl_seconds),
                cancel_requested=sweep.cancel_requested,
            )
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == lease.sweep_id)
                .values(lease_expires_at=renewed.expires_at)
            )
            return renewed

    def leased_sweep(self, lease: Lease) -> RecordedSweep | None:
        """The sweep of a lease as it is recorded; None if another claimed it, or it is deleted."""
        statement = select(*columns(SweepRow, RecordedSweep)).where(
            SweepRow.id == lease.sweep_id, SweepRow.lease_epoch == lease.epoch
        )
        with self._database.read() as connection:
            return next(iter(fetch(connection, RecordedSweep, statement)), None)

    def release(self, lease: Lease) -> None:
        """Give the lease back, so that another driver may claim at once; the state stays.

        Does nothing if the lease was lost: whoever has the sweep now keeps it.
        """
        with self._database.write() as connection:
            try:
                hold(connection, lease)
            except LeaseLostError:
                return
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == lease.sweep_id)
                .values(lease_owner=None, lease_expires_at=None)
            )
            append(connection, lease.sweep_id, "released", {"owner": lease.owner})


def _take(
    connection: Connection, sweep_id: int, sweep: RecordedSweep, owner: str, ttl_seconds: float
) -> Lease:
    """Make `owner` the driver of a sweep that is locked and free."""
    lease = Lease(
        sweep_id=sweep_id,
        owner=owner,
        epoch=sweep.lease_epoch + 1,
        expires_at=clock(connection) + timedelta(seconds=ttl_seconds),
        cancel_requested=sweep.cancel_requested and sweep.state is SweepState.RUNNING,
    )
    connection.execute(
        update(SweepRow)
        .where(SweepRow.id == sweep_id)
        .values(
            state=SweepState.RUNNING,
            lease_owner=owner,
            lease_epoch=lease.epoch,
            lease_expires_at=lease.expires_at,
            cancel_requested=lease.cancel_requested,
            started_at=func.coalesce(SweepRow.started_at, database_clock()),
            finished_at=None,
            error=None,
        )
    )
    data = {
        "owner": owner,
        "epoch": lease.epoch,
        "before": sweep.state,
        "interrupted_trials": reset_running(connection, sweep_id),
    }
    append(connection, sweep_id, "claimed", data)
    return lease


def _check_ttl(ttl_seconds: float) -> None:
    if not ttl_seconds > 0:
        raise InputError(
            f"ttl_seconds is {ttl_seconds:g}: a lease must last longer than 0 seconds; "
            "use for example 30"
        )
