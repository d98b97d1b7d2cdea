"""The one process that trains a sweep: claims it, trains what is missing, concludes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from results.checkpoint_files import checkpoint_folder
from results.errors import DatabaseUnavailableError
from results.states import SweepState
from results.store import Store
from results.values import Lease, Outcome
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.environment import hardware, is_dead, this_process, versions
from scaling_search.sweeps.conclusion import chance_of, conclude
from scaling_search.sweeps.creation import Counted, check_images, confirm, networks_of
from scaling_search.sweeps.images import are_there, check_split, note_split, prepare_again
from scaling_search.sweeps.lease import LEASE_SECONDS, held
from scaling_search.sweeps.progress import Snapshot, Tracker
from scaling_search.sweeps.recorder import Recorder
from scaling_search.sweeps.signals import Interrupted, Watch
from scaling_search.sweeps.strategies import confirming, searching
from scaling_search.tune.execution import Execution
from scaling_search.tune.session import quieten, ray_session
from search_spaces.baselines import allowed_references, get_baseline
from search_spaces.errors import InputError, WorkError
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.checkpoints import most_kept
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec

CALIBRATED = "calibrated"
_EARLY_EVENTS = 50
"""A sweep is calibrated before its first trial, so the event is among its first."""

_MOST_ROUNDS = 4
"""How often a sweep goes on after its prepared images vanished, counting the first time."""


def _channels_last(
    store: Store, lease: Lease, spec: SweepSpec, data: PreparedDataset, execution: Execution
) -> bool:
    """The memory format of all trials of the sweep: calibrated once, then read from its events.

    Formats round differently, so a sweep that is resumed must not choose again.
    """
    from scaling_search.training.calibration import calibrate

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
    """Train what waits and what the strategy decides on; ends early if the images are gone."""
    # Ray takes two seconds to import, which only a sweep that trains should pay.
    quieten()
    from scaling_search.networks.checkpoints.keeping import Keeping
    from scaling_search.sweeps.dispatch import Dispatcher
    from scaling_search.sweeps.ledgers import race_rules, ran_before
    from scaling_search.tune.early_stopping import Race
    from scaling_search.tune.running import Resources, run_trials
    from scaling_search.tune.trainable import Shared

    candidates = store.candidates(lease.sweep_id)
    by_id = {candidate.id: candidate for candidate in candidates}
    tracker = Tracker(candidates, store.trials(lease.sweep_id), spec.proxy.reports)
    rules = race_rules(spec.strategy, spec.proxy.reports) if spec.strategy.races else None
    eligible = sum(candidate.eligible for candidate in candidates)
    phases = [searching(spec, len(candidates), eligible), confirming(spec, chance_of(data))]
    dispatcher = Dispatcher(
        store,
        lease,
        spec,
        candidates,
        phases,
        tracker,
        watch,
        rules,
        may_hand_out=lambda: are_there(data),
    )
    keep = most_kept(spec.keep_checkpoints)
    mark = None if keep == 0 else store.begin_keeping(lease)
    if not dispatcher.look_ahead():
        return
    store.append_event(lease, "execution", dataclasses.asdict(execution))
    folder, protocol = str(checkpoint_folder()), spec.protocol(data.fingerprint)
    shared = Shared(
        proxy=spec.proxy.model_dump(mode="json"),
        data=data.to_dict(),
        device="cuda" if execution.gpus_per_trial else "cpu",
        threads=execution.cpus_per_trial,
        channels_last=_channels_last(store, lease, spec, data, execution),
        references=allowed_references(),
        keeping=None if mark is None else Keeping(folder, lease.sweep_id, protocol, mark),
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

    def rung_of(trial_id: int, epoch: int) -> int:
        index = by_id[store.trial(trial_id).candidate_id].index
        return rules.rung_of(rules.bracket_of(index), epoch) if rules else 1

    recorder = Recorder(
        store,
        lease,
        tracker,
        watch,
        observe,
        changed=dispatcher.changed,
        rung_of=rung_of,
        keep_at_most=keep,
    )
    race = Race(rules, ran_before(store, lease.sweep_id, rules, by_id)) if rules else None
    with session, watch.heeding_signals():
        run_trials(dispatcher, shared, resources, recorder, race)
    watch.heed()


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
        counted: told of the progress of measuring the family.

    Raises:
        InputError: the images are not those of the sweep; the sweep is finished, or driven by
            another process, or needs a baseline that is not installed here.
        Interrupted: on ctrl-C, SIGTERM or a cancellation.
        WorkError: every trial failed, the prepared images vanished and cannot be prepared again, or
            the database cannot be written.
    """
    spec = _spec_for(store, sweep_id, data)
    lease = store.claim(sweep_id, this_process(), ttl_seconds=LEASE_SECONDS, is_owner_dead=is_dead)
    watch = Watch()
    with (
        _leaving(store, lease, interrupted=SweepState.INTERRUPTED),
        held(store, lease, watch),
    ):
        return _carry_out(store, lease, spec, data, execution, watch, observe, counted)


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
        watch: hears of the runner's wishes, and stops the sweep between any two steps.
        observe: as for `drive`.
        counted: told of the progress of measuring candidates and family.

    Raises:
        InputError: the images are not there, or not those of the submission; the sweep needs a
            baseline that is not installed here.
        Interrupted: on SIGTERM or a cancellation.
        WorkError: fvcore and the closed form disagree, every trial failed, the prepared images
            vanished and cannot be prepared again, the lease is lost, or the database cannot be
            written.
    """

    def measured(done: int, total: int) -> None:
        watch.heed()
        counted(done, total)

    with _leaving(store, lease, interrupted=SweepState.QUEUED):
        stored = store.sweep(lease.sweep_id)
        spec = parse(SweepSpec, stored.spec, f"sweep {stored.id}")
        data = prepare(spec.data, progress=lambda stage, done, total: watch.heed())
        check_images(stored, data)
        confirm(store, networks_of(store.candidates(stored.id)), measured)
        store.record_environment(lease, dict(versions()), hardware())
        return _carry_out(store, lease, spec, data, execution, watch, observe, measured)


def _spec_for(store: Store, sweep_id: int, data: PreparedDataset) -> SweepSpec:
    sweep = store.sweep(sweep_id)
    check_images(sweep, data)
    check_split(store, sweep_id, data)
    spec = parse(SweepSpec, sweep.spec, f"sweep {sweep_id}")
    own = getattr(get_baseline(sweep.baseline), "source", "")
    if own and spec.protocol(data.fingerprint) != sweep.protocol:
        raise InputError(
            f"the code of baseline {sweep.baseline} changed since sweep {sweep_id} was created: "
            "trials of different networks cannot be compared; restore the code, or run a new sweep"
        )
    return spec


def _carry_out(
    store: Store,
    lease: Lease,
    spec: SweepSpec,
    data: PreparedDataset,
    execution: Execution,
    watch: Watch,
    observe: Callable[[Snapshot], None],
    counted: Counted | None,
) -> Outcome:
    """Train exactly what the sweep lacks, and store what follows.

    Images that vanish from the cache meanwhile are prepared again, and what failed is tried again.
    """
    note_split(store, lease, data)
    for _ in range(_MOST_ROUNDS):
        store.retry_failed(lease)
        _train(store, lease, spec, data, execution, watch, observe)
        now = store.progress([lease.sweep_id])[lease.sweep_id]
        if now.done == now.total or are_there(data):
            break
        data = prepare_again(spec.data, data, watch.heed)
    else:
        raise WorkError(
            f"the prepared images of {data.name} vanished {_MOST_ROUNDS} times from {data.path}: "
            "keep what deletes them away from it, or set SCALING_SEARCH_CACHE_DIR to another folder"
        )
    _check_some_result(store, lease.sweep_id)
    return conclude(store, lease, spec, data, counted)


@contextmanager
def _leaving(store: Store, lease: Lease, *, interrupted: SweepState) -> Iterator[None]:
    """Give the sweep back when the block ends, in the state that it is in by then.

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
