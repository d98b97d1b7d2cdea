"""The one process that trains a sweep: claims it, trains what is missing, concludes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from results.records import Lease
from results.states import SweepState, TrialState
from results.store import Store
from scaling_search.datasets import PreparedDataset
from scaling_search.environment import is_dead, this_process
from scaling_search.selection import Outcome
from scaling_search.sweeps.conclusion import conclude
from scaling_search.sweeps.creation import Counted
from scaling_search.sweeps.lease import LEASE_SECONDS, held
from scaling_search.sweeps.progress import Snapshot, Tracker
from scaling_search.sweeps.recorder import Recorder
from scaling_search.sweeps.watch import Watch
from scaling_search.workers.session import check_address, quieten, ray_session
from search_spaces.errors import InputError, WorkError
from search_spaces.reading import parse
from search_spaces.spec import NetworkSpec
from search_spaces.sweep_spec import SweepSpec

CALIBRATED = "calibrated"
_EARLY_EVENTS = 50
"""A sweep is calibrated before its first trial, so the event is among its first."""


class Interrupted(Exception):  # noqa: N818 - no error: somebody asked for it
    """The sweep stopped before its end, on request (ctrl-C, SIGTERM, a cancellation).

    What it trained is stored.
    """


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How fast a sweep runs, and where; never what it finds.

    `workers` trials run at once; each gets `cpus_per_trial` threads and `gpus_per_trial` of a CUDA
    device (a fraction shares it; 0 trains on the CPU). A trial that raises is tried `attempts`
    times. `ray_address` is a running cluster's host:port, None for a private Ray.
    """

    workers: int
    cpus_per_trial: int = 1
    gpus_per_trial: float = 0.0
    attempts: int = 2
    ray_address: str | None = None

    def __post_init__(self) -> None:
        for name in ("workers", "cpus_per_trial", "attempts"):
            value = getattr(self, name)
            if not 1 <= value <= 10_000:
                raise InputError(f"{name} is {value}: it must be between 1 and 10000")
        if not 0 <= self.gpus_per_trial <= 64:
            raise InputError(
                f"gpus_per_trial is {self.gpus_per_trial:g}: it must be between 0 and 64; "
                "0.25 lets four trials share a device"
            )
        if self.ray_address is not None:
            check_address(self.ray_address)


def _channels_last(
    store: Store, lease: Lease, spec: SweepSpec, data: PreparedDataset, execution: Execution
) -> bool:
    """The memory format of all trials of the sweep: calibrated once, then read from its events.

    Formats round differently, so a sweep that is resumed must not choose again.
    """
    from scaling_search.proxy.calibration import calibrate

    for event in store.events(lease.sweep_id, limit=_EARLY_EVENTS):
        if event.kind == CALIBRATED:
            return bool(event.data["channels_last"])
    if execution.gpus_per_trial:  # what tensor cores want; the driver may not even see a device
        chosen, speeds = True, {}
    else:
        candidates = sorted(store.candidates(lease.sweep_id), key=lambda c: c.flops)
        typical = NetworkSpec.from_dict(candidates[len(candidates) // 2].spec)
        found = calibrate(typical, spec.proxy, data, threads=execution.cpus_per_trial)
        chosen, speeds = found.channels_last, found.images_per_second
    store.append_event(lease, CALIBRATED, {"channels_last": chosen, "images_per_second": speeds})
    return chosen


def _train(
    store: Store,
    lease: Lease,
    spec: SweepSpec,
    data: PreparedDataset,
    execution: Execution,
    watch: Watch,
    observe: Callable[[Snapshot], None],
) -> None:
    """Train every pending trial of the sweep."""
    # Ray takes two seconds to import, which only a sweep that trains should pay.
    quieten()
    from scaling_search.workers.execution import Resources, TrialTask, run_trials
    from scaling_search.workers.trainable import Shared

    candidates = store.candidates(lease.sweep_id)
    by_id = {candidate.id: candidate for candidate in candidates}
    trials = store.trials(lease.sweep_id)
    tracker = Tracker(candidates, trials, spec.proxy.reports)
    tasks = [
        TrialTask(trial.id, by_id[trial.candidate_id].spec, trial.seed, tracker.weight(trial.id))
        for trial in trials
        if trial.state is TrialState.PENDING
    ]
    if not tasks:
        return
    store.append_event(lease, "execution", dataclasses.asdict(execution))
    shared = Shared(
        proxy=spec.proxy.model_dump(mode="json"),
        data=data.to_dict(),
        device="cuda" if execution.gpus_per_trial else "cpu",
        threads=execution.cpus_per_trial,
        channels_last=_channels_last(store, lease, spec, data, execution),
    )
    resources = Resources(
        workers=execution.workers,
        cpus_per_trial=execution.cpus_per_trial,
        gpus_per_trial=execution.gpus_per_trial,
        attempts=execution.attempts,
    )
    observe(tracker.snapshot())
    session = ray_session(
        address=execution.ray_address,
        cpus=execution.workers * execution.cpus_per_trial,
        gpus=execution.workers * execution.gpus_per_trial,
    )
    with session, watch.heeding_signals():
        run_trials(tasks, shared, resources, Recorder(store, lease, tracker, watch, observe))
    if watch.problem is not None:
        raise watch.problem
    if watch.cancelled:
        raise Interrupted(f"sweep {lease.sweep_id} was cancelled")
    if watch.interrupted:
        raise KeyboardInterrupt


def _check_data(sweep_id: int, stored: str, data: PreparedDataset) -> None:
    if data.fingerprint != stored:
        raise InputError(
            f"the images of {data.name} changed since sweep {sweep_id} was created (fingerprint "
            f"{data.fingerprint[:12]}, then {stored[:12]}): trials on different images cannot be "
            "compared; restore the images, or run a new sweep"
        )


def _check_some_finished(store: Store, sweep_id: int) -> None:
    if store.progress([sweep_id])[sweep_id].finished == 0:
        errors = {trial.error for trial in store.trials(sweep_id) if trial.error}
        raise WorkError(
            f"sweep {sweep_id}: every trial failed or diverged: {'; '.join(sorted(errors)[:3])}"
        )


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
        counted: told of the progress of measuring the family.

    Raises:
        InputError: the images are not those of the sweep; the sweep is finished, or driven by
            another process, or needs a baseline that is not installed here.
        Interrupted: on ctrl-C, SIGTERM or a cancellation.
        WorkError: no trial finished, or the database cannot be written.
    """
    sweep = store.sweep(sweep_id)
    spec = parse(SweepSpec, sweep.spec, f"sweep {sweep_id}")
    _check_data(sweep_id, sweep.dataset_fingerprint, data)
    lease = store.claim(sweep_id, this_process(), ttl_seconds=LEASE_SECONDS, is_owner_dead=is_dead)
    state, reason = SweepState.INTERRUPTED, None
    watch = Watch()
    try:
        with held(store, lease, watch):
            store.retry_failed(lease)
            _train(store, lease, spec, data, execution, watch, observe)
            _check_some_finished(store, sweep_id)
            outcome = conclude(store, lease, spec, data, counted)
        state = SweepState.FINISHED
        return outcome
    except KeyboardInterrupt:
        raise Interrupted(f"sweep {sweep_id} was interrupted") from None
    except Interrupted:
        state = SweepState.CANCELLED
        raise
    except Exception as error:
        state = SweepState.FAILED
        reason = str(error) or type(error).__name__
        raise
    finally:
        _leave(store, lease, state, reason)


def _leave(store: Store, lease: Lease, state: SweepState, reason: str | None) -> None:
    """Give the sweep back in the state it is in, unless another driver has it by now."""
    try:
        store.set_state(lease, state, error=reason)
        store.release(lease)
    except (InputError, WorkError):
        # The lease is lost or the database away: whatever led here is being raised already, and a
        # running sweep without a live lease can be resumed.
        return
