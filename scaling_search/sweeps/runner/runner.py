"""The loop of a runner: claim sweeps, look after their drivers, record how those end."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from results.errors import ConflictError, DatabaseUnavailableError, LeaseLostError, NotFoundError
from results.owners import this_process
from results.states import SweepState
from results.store import Store
from results.values import Lease, RecordedSweep
from scaling_search.sweeps.runner.child import TRY_AGAIN, Driver
from scaling_search.sweeps.runner.clusters import Cluster
from scaling_search.tune.execution import Execution
from search_spaces.errors import InputError, WorkError

_GRACE_SECONDS = 60.0
"""A driver that was asked to end, or has given its sweep back, is killed after this time."""

Start = Callable[[Lease, str], Driver]
"""Starts a driver under a lease, on the Ray at an address."""


@dataclass(frozen=True, kw_only=True)
class RunnerOptions:
    """How a runner works.

    `slots` sweeps are driven at once, each with the resources of `execution`. A sweep of a runner
    that does not renew its lease is free for others after `lease_seconds`.
    """

    execution: Execution
    slots: int = 1
    lease_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not 1 <= self.slots <= 1000:
            raise InputError(f"slots is {self.slots}: it must be between 1 and 1000")
        if not 1 <= self.lease_seconds <= 86400:
            raise InputError(
                f"lease_seconds is {self.lease_seconds:g}: it must be between 1 and 86400; "
                "use for example 60"
            )

    @property
    def pause_seconds(self) -> float:
        """Between two looks at the queue and the sweeps."""
        return min(1.0, self.lease_seconds / 10)

    @property
    def renew_seconds(self) -> float:
        """Between two renewals of a lease."""
        return self.lease_seconds / 4


class Runner:
    """Takes sweeps from the queue and looks after their drivers.

    Args:
        store: the record.
        options: see `RunnerOptions`.
        cluster: the Ray of all drivers.
        start: starts a driver.
        say: called with what happens, in a few words, and the sweep it happens to.
    """

    def __init__(
        self,
        store: Store,
        options: RunnerOptions,
        cluster: Cluster,
        start: Start,
        say: Callable[[str, int | None], None] = lambda text, sweep_id: None,
    ) -> None:
        self._store, self._options, self._cluster = store, options, cluster
        self._start, self._say = start, say
        self._owner = this_process()
        self._drivers: dict[int, Driver] = {}
        self._renewed: dict[int, float] = {}
        self._trouble: str | None = None

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until `stopping` says so; then sweeps go back to their places in the queue."""
        try:
            while not stopping():
                self._step(self._look_after_all, self._admit)
                time.sleep(self._options.pause_seconds)
            self._stop()
        finally:
            for driver in self._drivers.values():
                driver.kill()
            self._cluster.close()

    def _step(self, *actions: Callable[[], None]) -> None:
        """Do these; report once what cannot be reached, and try again in the next step."""
        try:
            for action in actions:
                action()
            self._trouble = None
        except WorkError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                self._say(f"waiting: {error}", None)

    def _admit(self) -> None:
        """Fill free slots, first come first served."""
        while len(self._drivers) < self._options.slots:
            address = self._cluster.address()
            lease = self._store.claim_next(self._owner, ttl_seconds=self._options.lease_seconds)
            if lease is None:
                return
            if (frozen := self._drivers.pop(lease.sweep_id, None)) is not None:
                frozen.kill()
            self._tell(lease.sweep_id, f"claimed by {self._owner}")
            self._renewed[lease.sweep_id] = time.monotonic()
            try:
                self._drivers[lease.sweep_id] = self._start(lease, address)
            except OSError as error:
                self._store.set_state(lease, SweepState.QUEUED)
                self._store.release(lease)
                raise WorkError(f"no driver can be started: {error.strerror or error}") from error

    def _look_after_all(self) -> None:
        for driver in list(self._drivers.values()):
            self._look_after(driver)

    def _look_after(self, driver: Driver) -> None:
        if driver.exit_status is not None:
            self._settle(driver)
            return
        self._keep_log(driver)
        sweep = self._store.leased_sweep(driver.lease)
        if sweep is None:
            self._tell(driver.lease.sweep_id, "taken over by another runner")
            driver.kill()
        elif sweep.state is not SweepState.RUNNING or sweep.lease_owner is None:
            driver.end_within(_GRACE_SECONDS)  # it gave the sweep back, and is about to end
        else:
            if sweep.cancel_requested:
                driver.cancel(_GRACE_SECONDS)
            self._renew(driver)
        if driver.overdue:
            driver.kill()

    def _renew(self, driver: Driver) -> None:
        """Renew the lease of a driver that lives; one that is frozen loses it and is killed."""
        now, sweep_id = time.monotonic(), driver.lease.sweep_id
        waited = now - self._renewed[sweep_id]
        if driver.responsive:
            if waited >= self._options.renew_seconds:
                try:
                    self._store.renew(driver.lease, ttl_seconds=self._options.lease_seconds)
                except LeaseLostError:
                    return  # given back or taken over since; the next look tells which
                self._renewed[sweep_id] = now
        elif waited >= self._options.lease_seconds and driver.exit_status is None:
            self._tell(sweep_id, "the driver is frozen and is killed")
            driver.put_back = True
            driver.kill()

    def _keep_log(self, driver: Driver) -> None:
        lines = driver.take_lines()
        try:
            self._store.append_driver_log(driver.lease.sweep_id, lines)
        except NotFoundError:
            return
        except DatabaseUnavailableError:
            driver.put_lines_back(lines)
            raise

    def _settle(self, driver: Driver) -> None:
        """Free the slot of a driver that has ended, and record the state that it could not."""
        driver.close()
        self._keep_log(driver)
        sweep_id = driver.lease.sweep_id
        sweep = self._store.leased_sweep(driver.lease)
        if sweep is not None and sweep.state is SweepState.RUNNING and sweep.lease_owner:
            state, reason = _verdict(driver, sweep)
            with contextlib.suppress(LeaseLostError, ConflictError):  # taken over just now
                self._store.set_state(driver.lease, state, error=reason)
                self._store.release(driver.lease)
            sweep = self._store.leased_sweep(driver.lease)
        del self._drivers[sweep_id], self._renewed[sweep_id]
        self._tell(sweep_id, "left to another runner" if sweep is None else _ending(sweep))

    def _tell(self, sweep_id: int, text: str) -> None:
        """Report it, and add it to the sweep's log."""
        self._say(text, sweep_id)
        with contextlib.suppress(NotFoundError):
            self._store.append_driver_log(sweep_id, [f"runner: {text}"])

    def _stop(self) -> None:
        """Give every sweep back to the queue."""
        for driver in self._drivers.values():
            driver.stop(_GRACE_SECONDS)
        until = time.monotonic() + _GRACE_SECONDS + 2
        while self._drivers and time.monotonic() < until:
            self._step(self._look_after_all)
            time.sleep(min(0.2, self._options.pause_seconds))


def _ending(sweep: RecordedSweep) -> str:
    return f"{sweep.state}: {sweep.error}" if sweep.error else str(sweep.state)


def _verdict(driver: Driver, sweep: RecordedSweep) -> tuple[SweepState, str | None]:
    """The state of a sweep whose driver ended without recording one, and why."""
    status = driver.exit_status
    if sweep.cancel_requested:
        return SweepState.CANCELLED, None
    if driver.put_back or status == TRY_AGAIN:
        return SweepState.QUEUED, None
    assert status is not None
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"
    hint = "; the machine may have run out of memory" if status == -signal.SIGKILL else ""
    return SweepState.FAILED, f"the driver {how}{hint}: resume the sweep to go on where it was"
