"""Many trials through Ray Tune, on workers that are reused."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from ray import cloudpickle, tune
from ray.exceptions import ActorDiedError
from ray.tune.search import Searcher

from results.values.trials import EpochReport, TrialResult
from scaling_search.networks.checkpoints.keeping import Kept
from scaling_search.training.compiled import log_missing_numba
from scaling_search.tune.cluster import check_room
from scaling_search.tune.early_stopping import Race
from scaling_search.tune.execution import Execution
from scaling_search.tune.trainable import (
    BRACKET,
    EPOCH,
    KEPT,
    RESULT,
    SEED,
    SPEC,
    TRIAL,
    WORKER,
    ProxyTrainable,
    Shared,
)


@dataclass(frozen=True)
class TrialTask:
    """A trial to be trained.

    `weight` is its expected cost; in a race it runs in `bracket` (None: it is not stopped).
    """

    trial_id: int
    spec: dict[str, Any]
    seed: int
    weight: float
    bracket: int | None = None


class Source(Protocol):
    """Gives a trial whenever a worker is free."""

    def next(self) -> TrialTask | None:
        """A trial to train now; None: not yet, or none any more if `is_over`."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether there will be no further trial."""
        ...


class Listed:
    """A source of trials that are all known, longest first."""

    def __init__(self, tasks: Iterable[TrialTask]) -> None:
        self._left = deque(sorted(tasks, key=lambda task: -task.weight))

    def next(self) -> TrialTask | None:
        """The longest one left."""
        return self._left.popleft() if self._left else None

    @property
    def is_over(self) -> bool:
        """Whether none is left."""
        return not self._left


class Listener(Protocol):
    """Callbacks of the driver, called in its process and thread as things happen."""

    def started(self, trial_id: int) -> None:
        """An attempt of the trial was given a worker."""

    def reported(self, trial_id: int, report: EpochReport, worker: str) -> None:
        """An epoch of the running attempt is over."""

    def finished(self, trial_id: int, result: TrialResult, worker: str) -> None:
        """The running attempt came to its end."""

    def stopped(self, trial_id: int, epoch: int, worker: str) -> None:
        """The race stopped the running attempt after this epoch, which was reported."""

    def kept(self, trial_id: int, file: Kept) -> None:
        """The trial, which has just finished, left its weights."""

    def failed(self, trial_id: int, error: str, *, final: bool) -> None:
        """The running attempt raised; unless `final`, another one follows."""

    def should_stop(self) -> bool:
        """Whether the driver should stop now; asked a few times per second."""
        ...


def _error(trial: Any) -> str:
    """What the trial raised, in one line, without Ray's and Python's tracebacks around it."""
    with open(trial.pickled_error_file, "rb") as file:  # written by Tune in this process
        raised = cloudpickle.load(file)
    cause = getattr(raised, "cause", None)
    if cause is not None:
        return f"{type(cause).__name__}: {' '.join(str(cause).split())}"
    lines = str(raised).strip().splitlines()
    if getattr(raised, "actor_init_failed", False):  # the last lines of the worker's traceback
        return " ".join(line for line in lines[1:] if line.strip() and not line[0].isspace())
    if isinstance(raised, ActorDiedError):
        return "the worker died: it was killed, ran out of memory, or its node is gone"
    return f"the worker died: {lines[0]}"


class _WithListener:
    """Holds the listener, and leaves it out when pickled.

    Tune pickles its set-up for a restore that never happens here, and a listener with a database
    connection cannot be pickled.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def __getstate__(self) -> dict[str, Any]:
        return {}


class _Callback(_WithListener, tune.Callback):
    """Ray Tune's events, translated."""

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **_: Any) -> None:
        self._listener.started(trial.config["task"][TRIAL])

    def on_trial_result(
        self, iteration: int, trials: list[Any], trial: Any, result: dict[str, Any], **_: Any
    ) -> None:
        number, worker = trial.config["task"][TRIAL], result[WORKER]
        report: EpochReport = result[EPOCH]
        self._listener.reported(number, report, worker)
        if RESULT in result:
            self._listener.finished(number, result[RESULT], worker)
        elif result.get("done"):  # by the race: a trial's own end has a result
            self._listener.stopped(number, report.epoch, worker)
        if KEPT in result:
            self._listener.kept(number, result[KEPT])

    def on_trial_recover(self, iteration: int, trials: list[Any], trial: Any, **_: Any) -> None:
        self._listener.failed(trial.config["task"][TRIAL], _error(trial), final=False)

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **_: Any) -> None:
        self._listener.failed(trial.config["task"][TRIAL], _error(trial), final=True)


class _Stop(_WithListener, tune.Stopper):
    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        return False

    def stop_all(self) -> bool:
        return self._listener.should_stop()


class _SourceSearcher(Searcher):
    """Gives Tune the trials of a source, one by one."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    def __getstate__(self) -> dict[str, Any]:
        return {}  # as in `_WithListener`

    def set_search_properties(
        self, metric: str | None, mode: str | None, config: dict[str, Any], **_: Any
    ) -> bool:
        """There is nothing to set."""
        return True

    def suggest(self, trial_id: str) -> Any:
        """The next trial's config."""
        task = self._source.next()
        if task is not None:
            about = {TRIAL: task.trial_id, SPEC: task.spec, SEED: task.seed}
            return {"task": about | {BRACKET: task.bracket}}
        return Searcher.FINISHED if self._source.is_over else None

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Tune's callbacks call the listener."""

    def save_to_dir(self, checkpoint_dir: str, session_str: str = "default") -> None:
        """Nothing is kept here: what has been trained is in the database."""


def run_trials(
    source: Source,
    shared: Shared,
    execution: Execution,
    listener: Listener,
    race: Race | None = None,
) -> None:
    """Train what the source hands out, calling `listener`; returns when all of it is over.

    Ray must be running (`ray_session`). A trial that raises is tried `attempts` times in all, each
    time in a fresh process, while the others go on. `race` stops trials early.

    Raises:
        InputError: no node of the cluster has room for a trial.
    """
    log_missing_numba(shared.device, shared.threads)
    check_room(execution.cpus_per_trial, execution.gpus_per_trial)
    trainable = tune.with_resources(
        tune.with_parameters(ProxyTrainable, shared=shared),
        {"cpu": execution.cpus_per_trial, "gpu": execution.gpus_per_trial},
    )
    with tempfile.TemporaryDirectory(prefix="scaling-search-") as scratch:
        tune.Tuner(
            trainable,
            tune_config=tune.TuneConfig(
                num_samples=-1,
                search_alg=_SourceSearcher(source),
                scheduler=race,
                reuse_actors=True,
                max_concurrent_trials=execution.workers,
                trial_name_creator=lambda trial: f"trial-{trial.config['task'][TRIAL]}",
                trial_dirname_creator=lambda trial: f"trial-{trial.config['task'][TRIAL]}",
            ),
            run_config=tune.RunConfig(
                name="sweep",
                storage_path=scratch,
                verbose=0,
                callbacks=[_Callback(listener)],
                stop=_Stop(listener),
                failure_config=tune.FailureConfig(max_failures=execution.attempts - 1),
                checkpoint_config=tune.CheckpointConfig(
                    checkpoint_frequency=0, checkpoint_at_end=False
                ),
            ),
        ).fit()
