"""Training what a sweep lacks: from the database, through Ray, into the database."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from results.checkpoint_files import checkpoint_folder
from results.store import Store
from results.values import Candidate, Lease
from scaling_search.data import PreparedDataset
from scaling_search.sweeps.conclusion import chance_of
from scaling_search.sweeps.images import are_readable
from scaling_search.sweeps.progress import Snapshot, Tracker
from scaling_search.sweeps.recorder import Recorder
from scaling_search.sweeps.signals import Watch
from scaling_search.sweeps.strategies import confirmation_strategy, search_strategy
from scaling_search.tune.execution import Execution
from scaling_search.tune.session import quieten, ray_session
from search_spaces.baselines import allowed_references
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.checkpoints import most_kept
from search_spaces.specs.sweep import SweepSpec

if TYPE_CHECKING:
    from scaling_search.tune.trainable import Shared

CALIBRATED = "calibrated"
_EARLY_EVENTS = 50
"""A sweep is calibrated before its first trial, so the event is among its first."""


@dataclass(frozen=True)
class Job:
    """A sweep that this process drives.

    Attributes:
        store, lease: where it is stored, and the right to write to it.
        spec: its specification.
        execution: resources of its trials.
        watch: reasons to stop.
        observe: called after everything that is stored, with the state of affairs.
    """

    store: Store
    lease: Lease
    spec: SweepSpec
    execution: Execution
    watch: Watch
    observe: Callable[[Snapshot], None] = lambda snapshot: None


def train(job: Job, data: PreparedDataset) -> None:
    """Train what waits and what the strategies decide on; ends early if the images are gone."""
    # Ray takes two seconds to import, which only a sweep that trains should pay.
    quieten()
    from scaling_search.sweeps.dispatch import Dispatcher
    from scaling_search.sweeps.stored_ledger import race_rules, ran_before
    from scaling_search.tune.early_stopping import Race
    from scaling_search.tune.trials import run_trials

    store, lease, spec, execution = job.store, job.lease, job.spec, job.execution
    candidates = {candidate.id: candidate for candidate in store.candidates(lease.sweep_id)}
    tracker = Tracker(list(candidates.values()), store.trials(lease.sweep_id), spec.proxy.reports)
    rules = race_rules(spec.strategy, spec.proxy.reports) if spec.strategy.races else None
    eligible = sum(candidate.eligible for candidate in candidates.values())
    dispatcher = Dispatcher(
        job,
        candidates,
        [
            search_strategy(spec, len(candidates), eligible),
            confirmation_strategy(spec, chance_of(data)),
        ],
        tracker,
        rules,
        may_hand_out=lambda: are_readable(data),
    )
    keep = most_kept(spec.keep_checkpoints)
    mark = None if keep == 0 else store.begin_keeping(lease)
    if not dispatcher.look_ahead():
        return
    store.append_event(lease, "execution", dataclasses.asdict(execution))
    shared = _shared(job, data, candidates, mark)
    job.observe(tracker.snapshot())

    def rung_of(trial_id: int, epoch: int) -> int:
        index = candidates[store.trial(trial_id).candidate_id].index
        return rules.rung_of(rules.bracket_of(index), epoch) if rules else 1

    recorder = Recorder(
        store,
        lease,
        tracker,
        job.watch,
        job.observe,
        changed=dispatcher.changed,
        rung_of=rung_of,
        keep_at_most=keep,
    )
    race = Race(rules, ran_before(store, lease.sweep_id, rules, candidates)) if rules else None
    session = ray_session(
        address=execution.ray_address,
        cpus=execution.workers * execution.cpus_per_trial,
        gpus=execution.workers * execution.gpus_per_trial,
    )
    with session, job.watch.catching_signals():
        run_trials(dispatcher, shared, execution, recorder, race)
    job.watch.check()


def _shared(
    job: Job, data: PreparedDataset, candidates: Mapping[int, Candidate], mark: str | None
) -> Shared:
    """What all trials have in common; `mark` is of the files that they leave, None for none."""
    from scaling_search.networks.checkpoints.keeping import Keeping
    from scaling_search.tune.trainable import Shared

    keeping = None
    if mark is not None:
        protocol = job.spec.protocol(data.fingerprint)
        keeping = Keeping(str(checkpoint_folder()), job.lease.sweep_id, protocol, mark)
    return Shared(
        proxy=job.spec.proxy,
        data=data,
        device="cuda" if job.execution.gpus_per_trial else "cpu",
        threads=job.execution.cpus_per_trial,
        channels_last=_channels_last(job, data, candidates),
        references=allowed_references(),
        keeping=keeping,
    )


def _channels_last(job: Job, data: PreparedDataset, candidates: Mapping[int, Candidate]) -> bool:
    """The memory format of all trials of the sweep: calibrated once, then read from its events.

    Formats round differently, so a sweep that is resumed must not choose again.
    """
    from scaling_search.training.calibration import Calibration, calibrate

    for event in job.store.events(job.lease.sweep_id, limit=_EARLY_EVENTS):
        if event.kind == CALIBRATED:
            return bool(event.data["channels_last"])
    if job.execution.gpus_per_trial:  # what tensor cores want; the driver may not see a device
        chosen = Calibration(channels_last=True, images_per_second={})
    else:
        by_cost = sorted(candidates.values(), key=lambda candidate: candidate.flops)
        typical = NetworkSpec.from_dict(by_cost[len(by_cost) // 2].spec)
        threads = job.execution.cpus_per_trial
        chosen = calibrate(typical, job.spec.proxy, data, threads=threads)
    job.store.append_event(job.lease, CALIBRATED, dataclasses.asdict(chosen))
    return chosen.channels_last
