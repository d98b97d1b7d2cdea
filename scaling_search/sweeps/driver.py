"""Driving a sweep: claim it, train what is missing, conclude. One process does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from results.errors import DatabaseUnavailableError
from results.owners import this_process
from results.states import SweepState
from results.store import Store
from results.values import Lease, Outcome
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.environment import hardware, versions
from scaling_search.sweeps.conclusion import conclude
from scaling_search.sweeps.creation import Counted, check_images, confirm, networks_of
from scaling_search.sweeps.images import are_readable, check_split, prepare_again, record_split
from scaling_search.sweeps.lease import LEASE_SECONDS, held
from scaling_search.sweeps.progress import Snapshot
from scaling_search.sweeps.signals import Interrupted, Watch
from scaling_search.sweeps.training import Job, train
from scaling_search.tune.execution import Execution
from search_spaces.baselines import get_baseline
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec

_MOST_ROUNDS = 4
"""How often a sweep goes on after its prepared images vanished, counting the first time."""


def _check_some_result(store: Store, sweep_id: int) -> None:
    if store.progress([sweep_id])[sweep_id].done == 0:
        errors = {trial.error for trial in store.trials(sweep_id) if trial.error}
        raise WorkError(f"sweep {sweep_id}: every trial failed: {'; '.join(sorted(errors)[:3])}")


def drive(
    store: Store,
    sweep_id: int,
    data: PreparedDataset,
    execution: Execution,
    *,
    observe: Callable[[Snapshot], None] = lambda snapshot: None,
    counted: Counted | None = None,
) -> Outcome:
    """Claim a stored sweep, train exactly what it lacks, and store what follows.

    A sweep that was interrupted, killed or failed goes on where it was: finished trials are not
    repeated, failed ones are tried again.

    Args:
        store: the record; this process alone writes to the sweep while it holds the lease.
        sweep_id: which sweep.
        data: its images, prepared as its spec says.
        execution: resources.
        observe: called after everything that is stored, with the state of affairs.
        counted: called with the progress of measuring the family.

    Raises:
        InputError: the images are not those of the sweep; the sweep is finished, or driven by
            another process, or needs a baseline that is not installed here.
        Interrupted: on ctrl-C, SIGTERM or a cancellation.
        WorkError: every trial failed, the prepared images vanished and cannot be prepared again, or
            the database cannot be written.
    """
    spec = _spec_for(store, sweep_id, data)
    lease = store.claim(sweep_id, this_process(), ttl_seconds=LEASE_SECONDS)
    watch = Watch()
    with (
        _leaving(store, lease, interrupted=SweepState.INTERRUPTED),
        held(store, lease, watch),
    ):
        return _complete(Job(store, lease, spec, execution, watch, observe), data, counted)


def drive_claimed(
    store: Store,
    lease: Lease,
    execution: Execution,
    watch: Watch,
    *,
    observe: Callable[[Snapshot], None] = lambda snapshot: None,
    counted: Counted = lambda done, total: None,
) -> Outcome:
    """Drive a sweep for a runner, which claimed it and renews the lease.

    What a local `create_sweep` does before a sweep is stored is done first: its images are prepared
    and its candidates confirmed by fvcore. A sweep that is interrupted goes back to its place in
    the queue.

    Args:
        store: the record.
        lease: the runner's.
        execution: resources.
        watch: receives the runner's requests, and stops the sweep between any two steps.
        observe: as for `drive`.
        counted: called with the progress of measuring candidates and family.

    Raises:
        InputError: the images are not there, or not those of the submission; the sweep needs a
            baseline that is not installed here.
        Interrupted: on SIGTERM or a cancellation.
        WorkError: fvcore and the closed form disagree, every trial failed, the prepared images
            vanished and cannot be prepared again, the lease is lost, or the database cannot be
            written.
    """

    def measured(done: int, total: int) -> None:
        watch.check()
        counted(done, total)

    with _leaving(store, lease, interrupted=SweepState.QUEUED):
        stored = store.sweep(lease.sweep_id)
        spec = parse(SweepSpec, stored.spec, f"sweep {stored.id}")
        data = prepare(spec.data, progress=lambda stage, done, total: watch.check())
        check_images(stored, data)
        confirm(store, networks_of(store.candidates(stored.id)), measured)
        store.record_environment(lease, dict(versions()), hardware())
        return _complete(Job(store, lease, spec, execution, watch, observe), data, measured)


def _spec_for(store: Store, sweep_id: int, data: PreparedDataset) -> SweepSpec:
    sweep = store.sweep(sweep_id)
    check_images(sweep, data)
    check_split(store, sweep_id, data)
    spec = parse(SweepSpec, sweep.spec, f"sweep {sweep_id}")
    code = getattr(get_baseline(sweep.baseline), "source", "")
    if code and spec.protocol(data.fingerprint) != sweep.protocol:
        raise InputError(
            f"the code of baseline {sweep.baseline} changed since sweep {sweep_id} was created: "
            "trials of different networks cannot be compared; restore the code, or run a new sweep"
        )
    return spec


def _complete(job: Job, data: PreparedDataset, counted: Counted | None) -> Outcome:
    """Train exactly what the sweep lacks, and store what follows.

    Images that vanish from the cache meanwhile are prepared again, and what failed is tried again.
    """
    store, lease = job.store, job.lease
    record_split(store, lease, data)
    for _ in range(_MOST_ROUNDS):
        store.retry_failed(lease)
        train(job, data)
        now = store.progress([lease.sweep_id])[lease.sweep_id]
        if now.done == now.total or are_readable(data):
            break
        data = prepare_again(job.spec.data, data, job.watch.check)
    else:
        raise WorkError(
            f"the prepared images of {data.name} vanished {_MOST_ROUNDS} times from {data.path}: "
            "keep what deletes them away from it, or set SCALING_SEARCH_CACHE_DIR to another folder"
        )
    _check_some_result(store, lease.sweep_id)
    return conclude(store, lease, job.spec, data, counted)


@contextmanager
def _leaving(store: Store, lease: Lease, *, interrupted: SweepState) -> Iterator[None]:
    """Give the sweep back when the block ends, in the state that it then has.

    It is `interrupted` as well where the database went away: nothing is wrong with the sweep.
    """
    state, reason = interrupted, None
    try:
        yield
        state = SweepState.FINISHED
    except KeyboardInterrupt:
        raise Interrupted(f"sweep {lease.sweep_id} was interrupted") from None
    except Interrupted:
        state = SweepState.CANCELLED
        raise Interrupted(f"sweep {lease.sweep_id} was cancelled") from None
    except DatabaseUnavailableError:
        raise
    except Exception as error:
        state = SweepState.FAILED
        reason = str(error) or type(error).__name__
        raise
    finally:
        _leave(store, lease, state, reason)


def _leave(store: Store, lease: Lease, state: SweepState, reason: str | None) -> None:
    try:
        store.set_state(lease, state, error=reason)
        store.release(lease)
    except (InputError, WorkError):
        # The lease is lost or the database away: whatever led here is being raised already, and a
        # running sweep without a live lease can be resumed.
        return
