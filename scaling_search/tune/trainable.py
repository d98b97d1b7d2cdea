"""The code inside a Ray worker: one trial after another in the same process.

It receives values from the driver and returns values; it does not know the database.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from ray import tune

from results.values.trials import EpochReport, TrialResult
from scaling_search.data import PreparedDataset
from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.keeping import Keeping, keep
from scaling_search.training import Training
from scaling_search.tune.early_stopping import ACCURACY
from search_spaces.baselines import AllowedReferences
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.proxy import ProxySpec

TRIAL, SPEC, SEED, BRACKET = "trial_id", "spec", "seed", "bracket"
EPOCH, RESULT, WORKER, KEPT = "epoch_report", "trial_result", "worker", "kept_weights"
"""Keys of a trial's config, and of what a step reports."""


@dataclass(frozen=True)
class Shared:
    """What all trials of a sweep share; sent once to each worker."""

    proxy: ProxySpec
    data: PreparedDataset
    device: str
    threads: int
    channels_last: bool
    references: AllowedReferences = field(default_factory=AllowedReferences)
    """The user's own code that may run; none on a runner, where others submit sweeps."""
    keeping: Keeping | None = None


class ProxyTrainable(tune.Trainable):
    """Trains a candidate for one epoch per step; an actor is reused for the next trial."""

    def setup(self, config: dict[str, Any], shared: Shared | None = None) -> None:
        """Take what all trials share; the process keeps torch imported and the images mapped."""
        assert shared is not None  # tune.with_parameters passes it
        shared.references.allow()
        self._shared = shared
        self._begin(config["task"])

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Start the next trial in this process."""
        self._begin(new_config["task"])
        return True

    def _begin(self, config: dict[str, Any]) -> None:
        self._config = config
        self._training: Training | None = None
        self._epochs: Generator[EpochReport, None, TrialResult] | None = None

    def step(self) -> dict[str, Any]:
        """One epoch: its report, and with the last one the trial's result."""
        if self._training is None or self._epochs is None:
            # Built here and not in setup, so that an error counts against the trial, not the actor.
            self._training = Training(
                NetworkSpec.from_dict(self._config[SPEC]),
                self._shared.proxy,
                self._shared.data,
                self._config[SEED],
                device=self._shared.device,
                threads=self._shared.threads,
                channels_last=self._shared.channels_last,
            )
            self._epochs = self._training.epochs()
        report = next(self._epochs)
        answer: dict[str, Any] = {
            EPOCH: report,
            WORKER: f"{socket.gethostname()}:{os.getpid()}",
            "done": False,
        }
        if self._config.get(BRACKET) is not None and not report.diverged:
            answer[ACCURACY] = report.accuracy
        if report.diverged or report.epoch == self._shared.proxy.reports:
            try:
                next(self._epochs)
            except StopIteration as end:
                answer |= {RESULT: end.value, "done": True}
                answer |= self._kept(self._training, end.value)
        return answer

    def _kept(self, training: Training, result: TrialResult) -> dict[str, Any]:
        keeping = self._shared.keeping
        if keeping is None or result.diverged:
            return {}
        about = About.of(
            NetworkSpec.from_dict(self._config[SPEC]),
            self._shared.data,
            protocol=keeping.protocol,
            seed=self._config[SEED],
            accuracy=result.accuracy,
        )
        return {KEPT: keep(keeping, self._config[TRIAL], training.network, about)}

    def cleanup(self) -> None:
        """Free the network of a trial that was stopped early."""
        self._training = self._epochs = None
