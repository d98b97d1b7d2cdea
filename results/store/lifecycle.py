"""How a sweep moves from state to state."""

from sqlalchemy import Connection, delete, select, update

from results.checkpoint_files import remove_checkpoints, remove_marked
from results.columns import database_clock
from results.errors import ConflictError, LeaseHeldError
from results.schema import CheckpointRow, SweepRow
from results.states import ENDED, SweepState, check_transition
from results.store.checkpoints import marks_of
from results.store.events import append
from results.store.fencing import WAITING, hold, live_owner, lock_sweep, reset_running
from results.store.rows import Section
from results.store.sweeps import count_trials
from results.values import Lease


class LifecycleSection(Section):
    """Changing the state of sweeps, cancelling, requeuing and deleting them."""

    def set_state(self, lease: Lease, state: SweepState, *, error: str | None = None) -> SweepState:
        """Move the sweep on. Trials still running become pending. Event: `state`.

        A sweep is never `finished` with trials that failed: it becomes `incomplete` instead.

        Returns:
            The state that the sweep is in now.

        Raises:
            LeaseLostError: if the sweep has another driver now.
            ConflictError: if `state` may not follow the present one.
        """
        with self._database.write() as connection:
            sweep = hold(connection, lease)
            trials = count_trials(connection, [lease.sweep_id])[lease.sweep_id]
            if state is SweepState.FINISHED and trials.failed:
                state = SweepState.INCOMPLETE
            check_transition(lease.sweep_id, sweep.state, state)
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == lease.sweep_id)
                .values(
                    state=state,
                    error=error,
                    finished_at=database_clock() if state in ENDED else None,
                )
            )
            _log_change(connection, lease.sweep_id, sweep.state, state, error)
            return state

    def request_cancel(self, sweep_id: int) -> SweepState:
        """Ask for a sweep to be cancelled; asking again changes nothing.

        A sweep that nobody drives is cancelled at once, and a driver that comes back later can no
        longer write to it. A live driver learns of it when it renews its lease. Events:
        `cancel_requested`, or `state`.

        Returns:
            The sweep's state: `cancelled`, or still `running` until its driver has stopped.

        Raises:
            NotFoundError: if there is no such sweep.
            ConflictError: if it has finished or failed already.
        """
        with self._database.write() as connection:
            sweep = lock_sweep(connection, sweep_id)
            state = sweep.state
            if state is SweepState.CANCELLED:
                return state
            if state in ENDED:
                raise ConflictError(f"sweep {sweep_id} is {state}: there is nothing to cancel")
            driven = state is SweepState.RUNNING and live_owner(connection, sweep) is not None
            if driven and sweep.cancel_requested:
                return state
            change = update(SweepRow).where(SweepRow.id == sweep_id).values(cancel_requested=True)
            if driven:
                connection.execute(change)
                append(connection, sweep_id, "cancel_requested", {})
                return state
            check_transition(sweep_id, state, SweepState.CANCELLED)
            connection.execute(
                change.values(
                    state=SweepState.CANCELLED,
                    finished_at=database_clock(),
                    lease_owner=None,
                    lease_expires_at=None,
                )
            )
            _log_change(connection, sweep_id, state, SweepState.CANCELLED, None)
            return SweepState.CANCELLED

    def requeue(self, sweep_id: int) -> SweepState:
        """Hand a sweep that stopped, lost trials, or that nobody ever drove, to the runners.

        It waits at the end of the queue and will train exactly what it lacks. One that waits
        already keeps its place. Event: `state`.

        Returns:
            The sweep's state, `queued`.

        Raises:
            NotFoundError: if there is no such sweep.
            LeaseHeldError: while its driver lives.
            ConflictError: if it is finished.
        """
        with self._database.write() as connection:
            sweep = lock_sweep(connection, sweep_id)
            if sweep.state is SweepState.RUNNING:
                driver = live_owner(connection, sweep)
                if driver is not None:
                    raise LeaseHeldError(
                        f"sweep {sweep_id} is running, driven by {driver}: there is nothing to "
                        "resume"
                    )
            elif sweep.state is SweepState.QUEUED:
                placed = SweepRow.queued_at.is_(None)
                connection.execute(
                    update(SweepRow)
                    .where(SweepRow.id == sweep_id, placed)
                    .values(queued_at=database_clock())
                )
                return sweep.state
            check_transition(sweep_id, sweep.state, SweepState.QUEUED)
            connection.execute(
                update(SweepRow)
                .where(SweepRow.id == sweep_id)
                .values(queued_at=database_clock(), **WAITING)
            )
            _log_change(connection, sweep_id, sweep.state, SweepState.QUEUED, None)
            return SweepState.QUEUED

    def delete_sweep(self, sweep_id: int) -> None:
        """Delete a sweep that has ended, with everything that it holds, files of weights included.

        Raises:
            NotFoundError: if there is no such sweep.
            ConflictError: if it is queued, running or interrupted, and so may still go on.
        """
        with self._database.write() as connection:
            sweep = lock_sweep(connection, sweep_id)
            if sweep.state not in ENDED:
                raise ConflictError(
                    f"sweep {sweep_id} is {sweep.state}: only one that has ended can be deleted; "
                    "cancel it first"
                )
            kept = select(CheckpointRow.name).where(CheckpointRow.sweep_id == sweep_id)
            names, marks = list(connection.scalars(kept)), marks_of(connection, sweep_id)
            connection.execute(delete(SweepRow).where(SweepRow.id == sweep_id))
        remove_checkpoints(names)
        remove_marked(sweep_id, marks)


def _log_change(
    connection: Connection,
    sweep_id: int,
    before: SweepState,
    after: SweepState,
    error: str | None,
) -> None:
    """Trials left running become pending; the change becomes an event."""
    data = {
        "before": before,
        "after": after,
        "error": error,
        "interrupted_trials": reset_running(connection, sweep_id),
    }
    append(connection, sweep_id, "state", data)
