"""Trials of a second, and a listener that remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from results.values.trials import EpochReport, TrialResult
from scaling_search.data import PreparedDataset
from scaling_search.tune.early_stopping import Race
from scaling_search.tune.execution import Execution
from scaling_search.tune.trainable import Shared
from scaling_search.tune.trials import Listed, TrialTask, run_trials
from search_spaces.baselines import AllowedReferences, ProxyForm, get_baseline, realise
from search_spaces.coefficients import Scaling
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import Augmentation, ProxySpec

FORM = ProxyForm(width=0.25, stem_stride=1, strides=(1, 2, 1, 2, 1, 1, 1))


@dataclass
class Heard:
    """Everything a run told, in order, as (kind, trial); `on` is called after each."""

    on: Callable[[str, int, str], None] = lambda kind, trial, about: None
    stop: Callable[[], bool] = lambda: False
    events: list[tuple[str, int]] = field(default_factory=list)
    reports: dict[int, list[EpochReport]] = field(default_factory=dict)
    results: dict[int, TrialResult] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)
    workers: dict[int, str] = field(default_factory=dict)

    def _note(self, kind: str, trial_id: int, about: str = "") -> None:
        self.events.append((kind, trial_id))
        self.on(kind, trial_id, about)

    def started(self, trial_id: int) -> None:
        self._note("started", trial_id)

    def reported(self, trial_id: int, report: EpochReport, worker: str) -> None:
        self.reports.setdefault(trial_id, []).append(report)
        self.workers[trial_id] = worker
        self._note("reported", trial_id, worker)

    def finished(self, trial_id: int, result: TrialResult, worker: str) -> None:
        self.results[trial_id] = result
        self._note("finished", trial_id, worker)

    def stopped(self, trial_id: int, epoch: int, worker: str) -> None:
        self._note("stopped", trial_id, str(epoch))

    def failed(self, trial_id: int, error: str, *, final: bool) -> None:
        self.errors.setdefault(trial_id, []).append(error)
        self._note("failed for good" if final else "failed", trial_id, error)

    def should_stop(self) -> bool:
        return self.stop()

    def of(self, kind: str) -> list[int]:
        return [trial for found, trial in self.events if found == kind]


@dataclass
class Bench:
    """Runs tasks on the shared Ray."""

    data: PreparedDataset
    proxy: ProxySpec
    heard = Heard

    def network(self, scaling: Scaling) -> NetworkSpec:
        return realise(
            get_baseline("efficientnet_b0"),
            scaling,
            form=FORM,
            resolution_px=16,
            in_channels=self.data.channels,
            classes=len(self.data.class_names),
        )

    def task(
        self, trial_id: int, *, seed: int = 0, weight: float = 1.0, **change: object
    ) -> TrialTask:
        spec = self.network(Scaling(1.0, 1.0 + 0.5 * (trial_id % 3), 1.0)).to_dict() | change
        return TrialTask(trial_id, spec, seed, weight)

    def run(
        self,
        tasks: list[TrialTask],
        heard: Heard | None = None,
        *,
        data: PreparedDataset | None = None,
        proxy: ProxySpec | None = None,
        race: Race | None = None,
        references: AllowedReferences | None = None,
        **resources: float,
    ) -> Heard:
        heard = heard or Heard()
        shared = Shared(
            proxy=proxy or self.proxy,
            data=data or self.data,
            device="cpu",
            threads=1,
            channels_last=True,
            references=references or AllowedReferences(),
        )
        given = Execution(**({"workers": 1} | resources))  # type: ignore[arg-type]
        run_trials(Listed(tasks), shared, given, heard, race)
        return heard


@pytest.fixture(scope="session")
def bench(shared_ray: None, small_digits: PreparedDataset) -> Bench:
    proxy = ProxySpec(
        steps=4,
        batch_size=16,
        reports=2,
        dropout=0.2,
        stochastic_depth=0.2,
        norm_images=32,
        augmentation=Augmentation(crop_padding=0.125),
    )
    return Bench(small_digits, proxy)
