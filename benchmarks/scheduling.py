"""What a trial costs beyond its own training, once the workers are warm.

Trials of a few steps on the digits, through our reused workers with every epoch and result written
to a database, and through a Ray Tune function trainable, which starts a process for each. A trial's
overhead is the time from the moment its worker was free until its result was known, less the
seconds that building, training and evaluating took inside. The first trial of each worker is left
out: of ours it pays for the process, once a sweep.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ray import tune

from benchmarks.report import Figure
from results.owners import this_process
from results.store import Store
from results.values import TrialResult
from scaling_search.data import PreparedDataset
from scaling_search.data.prepare import prepare
from scaling_search.sweeps import create_sweep
from scaling_search.sweeps.lease import LEASE_SECONDS, held
from scaling_search.sweeps.progress import Tracker
from scaling_search.sweeps.recorder import Recorder
from scaling_search.sweeps.signals import Watch
from scaling_search.tune.execution import Execution
from scaling_search.tune.session import ray_session
from scaling_search.tune.trainable import Shared
from scaling_search.tune.trials import Listed, TrialTask, run_trials
from search_spaces.planning import make_plan
from search_spaces.specs.sweep import SweepSpec, load_sweep


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes."""
    parser.add_argument("--trials", type=int, default=40, help="on reused workers")
    parser.add_argument("--plain-trials", type=int, default=8, help="with a process each")
    parser.add_argument("--steps", type=int, default=4, help="of each trial")
    parser.add_argument("--workers", type=int, default=2, help="trials at a time")


class Clock:
    """When slots were free and trials over; trials start in the order in which slots are freed.

    `cold` and `warm` are the overheads of the first trial of each slot and of the others.
    """

    def __init__(self, slots: int) -> None:
        self._free = deque([time.perf_counter()] * slots)
        self._began: dict[Any, tuple[float, bool]] = {}
        self._starts, self._slots = 0, slots
        self.warm: list[float] = []
        self.cold: list[float] = []

    def started(self, trial: Any) -> None:
        """A free slot was given to the trial."""
        self._began[trial] = (self._free.popleft(), self._starts < self._slots)
        self._starts += 1

    def finished(self, trial: Any, seconds: float) -> None:
        """The trial's result is known; `seconds` went by inside it. Told again, it is ignored."""
        if trial not in self._began:
            return
        now = time.perf_counter()
        freed, first = self._began.pop(trial)
        (self.cold if first else self.warm).append(now - freed - seconds)
        self._free.append(now)


class TimedRecorder(Recorder):
    """Records as a sweep's driver does, and keeps the clock."""

    clock: Clock

    def started(self, trial_id: int) -> None:
        """The next attempt begins."""
        self.clock.started(trial_id)
        super().started(trial_id)

    def finished(self, trial_id: int, result: TrialResult, worker: str) -> None:
        """The trial has its result, and it is stored."""
        super().finished(trial_id, result, worker)
        self.clock.finished(trial_id, result.seconds)


def run(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Reused workers, then a process for every trial."""
    if arguments.tiny:
        arguments.trials, arguments.plain_trials, arguments.steps = 6, 3, 2
    changes: dict[str, Any] = {
        "seeds": -(-arguments.trials // 5),
        "proxy": {"steps": arguments.steps, "reports": 1, "norm_images": 64},
    }
    sweep = load_sweep("quickstart", changes)
    data = prepare(sweep.data)
    with (
        tempfile.TemporaryDirectory(prefix="scaling-search-bench-") as scratch,
        Store.open(f"sqlite:///{scratch}/results.db") as store,
        ray_session(address=None, cpus=arguments.workers, gpus=0),
    ):
        plain = _processes(arguments, Path(scratch), sweep, data)
        clock = Clock(arguments.workers)
        _reused(arguments, store, sweep, data, clock)
    ours = statistics.median(clock.warm)
    print(
        f"{arguments.steps} steps a trial, {arguments.workers} workers; {len(clock.warm)} trials "
        f"on warm workers: median {ours:.3f} s, most {max(clock.warm):.3f} s; first trial of a "
        f"worker {statistics.mean(clock.cold):.1f} s; {len(plain)} processes: median "
        f"{statistics.median(plain):.2f} s",
        flush=True,
    )
    yield Figure("a trial on a warm worker, beyond its training", ours, "s", below=0.3)
    yield Figure("a trial in a process of its own", statistics.median(plain), "s")
    yield Figure("process : warm worker", statistics.median(plain) / ours, "×")


def _reused(
    arguments: argparse.Namespace,
    store: Store,
    sweep: SweepSpec,
    data: PreparedDataset,
    clock: Clock,
) -> None:
    plan = make_plan(sweep.space, in_channels=data.channels, classes=len(data.class_names))
    number = create_sweep(store, sweep, data, plan)
    lease = store.claim(number, this_process(), ttl_seconds=LEASE_SECONDS)
    candidates, trials = store.candidates(number), store.trials(number)
    specs = {candidate.id: candidate.spec for candidate in candidates}
    tracker, watch = Tracker(candidates, trials, sweep.proxy.reports), Watch()
    recorder = TimedRecorder(store, lease, tracker, watch, lambda snapshot: None)
    recorder.clock = clock
    tasks = [
        TrialTask(trial.id, specs[trial.candidate_id], trial.seed, tracker.weight(trial.id))
        for trial in trials[: arguments.trials]
    ]
    shared = Shared(sweep.proxy, data, "cpu", 1, True)
    with held(store, lease, watch):
        run_trials(Listed(tasks), shared, Execution(workers=arguments.workers), recorder)
    if watch.problem is not None:
        raise watch.problem


def _processes(
    arguments: argparse.Namespace, scratch: Path, sweep: SweepSpec, data: PreparedDataset
) -> list[float]:
    """Overheads of the same trials in a function trainable, as a user's script has it."""
    # Our session switches Tune's log files off; their absence is no news.
    logging.getLogger("ray.tune").setLevel(logging.ERROR)
    plan = make_plan(sweep.space, in_channels=data.channels, classes=len(data.class_names))
    proxy = sweep.proxy

    def trainable(config: dict[str, Any]) -> None:
        from scaling_search.training import Training
        from search_spaces.networks.spec import NetworkSpec

        training = Training(NetworkSpec.from_dict(config["spec"]), proxy, data, 0)
        for report in training.epochs():
            accuracy = report.accuracy
        assert training.result is not None
        tune.report({"accuracy": accuracy, "seconds": training.result.seconds})

    class Watching(tune.Callback):
        def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **_: Any) -> None:
            clock.started(trial.trial_id)

        def on_trial_result(
            self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **_: Any
        ) -> None:
            if "seconds" in result:
                clock.finished(trial.trial_id, result["seconds"])

    count = len(plan.candidates)
    specs = [plan.candidates[k % count].spec.to_dict() for k in range(arguments.plain_trials)]
    clock = Clock(arguments.workers)
    tune.Tuner(
        tune.with_resources(trainable, {"cpu": 1}),
        param_space={"spec": tune.grid_search(specs)},
        tune_config=tune.TuneConfig(max_concurrent_trials=arguments.workers),
        run_config=tune.RunConfig(storage_path=str(scratch), verbose=0, callbacks=[Watching()]),
    ).fit()
    return clock.warm
