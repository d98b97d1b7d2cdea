"""A transfer from its specification to its report: what is missing is trained, stored as it ends.

What is missing is found from the database, so that a transfer which was stopped anywhere goes on
where it was.
"""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from results.checkpoint_files import checkpoint_path
from results.store import Store
from results.values import NewTransfer, NewTransferRun, Transfer
from scaling_search.data import PreparedDataset, Split
from scaling_search.environment import hardware, versions
from scaling_search.evidence.transfer import chosen_rate, findings
from scaling_search.networks.checkpoints import About, save
from scaling_search.networks.checkpoints.files import SUFFIX
from scaling_search.sweeps.registration import as_record
from scaling_search.training.compiled import log_missing_numba
from scaling_search.uses.transfer.sources import Source
from scaling_search.uses.transfer.targets import Prepared, as_wanted, described, measured_on
from scaling_search.uses.transfer.training import Cell, Task
from search_spaces.baselines import get_baseline
from search_spaces.baselines.protocol import complexity
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.transfer import TransferSpec

_SPLITS: Final = {
    "fingerprint": "the images",
    "split_key": "the split into training and validation images",
    "test_fingerprint": "the test images",
}
"""What a prepared data set says of the images of its splits, and what that is called."""


@dataclass(frozen=True)
class Snapshot:
    """How far a transfer is: runs done, the run going on, and the share of it that is done."""

    done: int
    total: int
    task: Task
    within: float
    problem: str | None = None


def create_transfer(
    store: Store, spec: TransferSpec, sources: Sequence[Source], targets: Prepared
) -> int:
    """Store a transfer of which nothing is trained yet; returns its id.

    Raises:
        InputError: the resolution is too low for a network.
    """
    for source in sources:
        source.adapted(source.network.classes, spec.resolution_px)
    channels = sources[0].network.in_channels
    for data in spec.data:
        store.put_dataset(as_record(targets[data.name, channels], name=data.name, source=data.name))
    return store.create_transfer(
        NewTransfer(
            name=spec.name,
            spec=spec.model_dump(mode="json"),
            weights=tuple(_described(source) for source in sources),
            datasets=tuple(described(targets[one.name, channels], one) for one in spec.data),
            versions=dict(versions()),
            hardware=hardware(),
        )
    )


def _described(source: Source) -> dict[str, Any]:
    network = source.network
    cost = complexity(get_baseline(network.baseline), network)
    return {
        "name": source.spec.name,
        "source": source.spec.source,
        "sha256": source.spec.sha256,
        "baseline": network.baseline,
        "spec_key": network.key,
        "resolution_px": network.resolution_px,
        "params": cost.params,
        "flops": cost.flops,
        **source.about,
    }


def check_unchanged(stored: Transfer, targets: Prepared) -> None:
    """That the images of every split are those with which a transfer began.

    Raises:
        InputError: they are others; says of which split.
    """
    before = {one["name"]: one for one in stored.datasets}
    for (name, _), data in targets.items():
        for key, which in _SPLITS.items():
            now, then = getattr(data, key), before[name].get(key)
            if then is not None and now != then:  # None: not used, or stored before it was recorded
                raise InputError(
                    f"{which} of {name} changed since transfer {stored.id} began (fingerprint "
                    f"{(now or 'none')[:12]}, then {then[:12]}): runs on different images cannot "
                    "be compared; restore the images, or begin a new transfer"
                )


class Running:
    """Trains what is missing of a stored transfer.

    Args:
        store: the record.
        transfer_id: which.
        spec, sources, targets: as they were stored.
        device: `cpu`, `cuda` or `cuda:N`.
        threads: CPU threads.
        observe: called with the progress.
    """

    def __init__(
        self,
        store: Store,
        transfer_id: int,
        spec: TransferSpec,
        sources: Sequence[Source],
        targets: Prepared,
        *,
        device: str = "cpu",
        threads: int = 1,
        observe: Callable[[Snapshot], None] = lambda now: None,
    ) -> None:
        self._store, self._id, self._spec = store, transfer_id, spec
        self._sources, self._targets = sources, targets
        self._device, self._threads, self._observe = device, threads, observe
        self._runs: dict[Task, NewTransferRun] = {
            _task(run): run for run in store.transfer_runs(transfer_id)
        }

    def run(self) -> None:
        """Train everything that is missing, and conclude.

        Raises:
            InputError: a classifier cannot be probed.
            WorkError: the database cannot be written.
        """
        log_missing_numba(self._device, self._threads)
        for wanted, source in itertools.product(self._spec.data, self._sources):
            data = as_wanted(self._targets[wanted.name, source.network.in_channels], source)
            network = source.adapted(len(data.class_names), self._spec.resolution_px)
            cell = Cell(
                source,
                data,
                network,
                self._spec.recipe_at,
                thaw=self._spec.thaw,
                device=self._device,
                threads=self._threads,
            )
            for task in self._tasks(source.spec.name, wanted.name):
                if task not in self._runs:
                    self._train(cell, task, source, data, measured_on(wanted))
        self._conclude()

    def _tasks(self, weights: str, dataset: str) -> Iterator[Task]:
        """The runs of a cell; those of a method's results once its learning rate is chosen."""
        spec = self._spec
        for method in spec.methods:
            common: dict[str, Any] = {"weights": weights, "dataset": dataset, "method": method}
            lowest, *others = rates = spec.rates(method)
            chosen: float | None = None
            if others:
                tried = [
                    Task(**common, seed=spec.rate_seed, learning_rate=rate, role="rate")
                    for rate in rates
                ]
                yield from tried
                chosen = chosen_rate(self._runs[task] for task in tried)
            for seed in spec.seeds:
                # Where every rate diverged, the lowest one is shown to.
                at = lowest if chosen is None else chosen
                yield Task(**common, seed=seed, learning_rate=at, role="result")

    def _train(
        self, cell: Cell, task: Task, source: Source, data: PreparedDataset, split: Split
    ) -> None:
        def tell(within: float, problem: str | None = None) -> None:
            now = Snapshot(len(self._runs), self._spec.runs, task, within, problem)
            self._observe(now)

        tell(0.0)
        last = self._spec.recipe.total_steps
        new, network = cell.train(
            task,
            split if task.role == "result" else None,
            lambda report: tell(report.steps / last),
        )
        if self._is_kept(new):
            about = About.of(
                cell.network,
                data,
                seed=task.seed,
                accuracy=new.validation_accuracy,
                padding=source.start.padding,
                norm_eps=source.start.norm_eps,
            )
            name = f"transfer-{self._id}-{task.method}-seed-{task.seed}-{uuid.uuid4().hex[:12]}"
            path = checkpoint_path(f"{name}{SUFFIX}")
            try:
                written = save(path, network, about)
                new = dataclasses.replace(
                    new,
                    checkpoint=path.name,
                    sha256=written.sha256,
                    size_bytes=written.size_bytes,
                )
            except (InputError, WorkError) as error:  # the run itself went well
                tell(1.0, f"the network was not kept: {error}")
        best = self._spec.keep == "best"
        self._store.add_transfer_run(self._id, new, only_checkpoint=best)
        self._runs[task] = new
        self._conclude()

    def _is_kept(self, new: NewTransferRun) -> bool:
        """Whether the specification asks for its network; `best`: the best one so far."""
        if new.role != "result" or new.validation_accuracy is None or self._spec.keep == "none":
            return False
        others = [
            run.validation_accuracy
            for run in self._runs.values()
            if (run.weights, run.dataset, run.role) == (new.weights, new.dataset, new.role)
            and run.validation_accuracy is not None
        ]
        return self._spec.keep == "all" or new.validation_accuracy > max(others, default=-1.0)

    def _conclude(self) -> None:
        """Store what is known so far, so that a transfer that is stopped has said something."""
        # Read again: a run that took the place of another one's checkpoint changed that one.
        report = findings(self._spec, self._store.transfer_runs(self._id))
        self._store.set_transfer_report(self._id, report, finished=report["complete"])


def _task(run: NewTransferRun) -> Task:
    names = (field.name for field in dataclasses.fields(Task))
    return Task(**{name: getattr(run, name) for name in names})
