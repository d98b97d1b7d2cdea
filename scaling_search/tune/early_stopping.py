"""Early stopping by Ray Tune's ASHA: a trial that is behind others after as many epochs stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from ray.tune.schedulers import ASHAScheduler, FIFOScheduler

ACCURACY = "racing_accuracy"
"""Key of a result that races; one without it is never stopped."""
_EPOCH = "training_iteration"


@dataclass(frozen=True)
class Ran:
    """A trial that raced in an earlier run of the sweep: its accuracy after each epoch."""

    bracket: int
    accuracies: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class RaceRules:
    """When trials are stopped.

    Args:
        epochs: of a trial that is not stopped.
        first_rung: epochs before any trial may be stopped.
        reduction: one of so many goes on at a rung; the next is so many times later.
        brackets: 1 is ASHA; with more (Hyperband), those of bracket k are first looked at
            reduction**k times later, as a hedge against epochs that say little.
    """

    epochs: int
    first_rung: int
    reduction: int
    brackets: int = 1

    def rungs(self, bracket: int) -> tuple[int, ...]:
        """Epochs after which trials of a bracket may be stopped."""
        rungs, rung = [], self.first_rung * self.reduction**bracket
        while rung < self.epochs:
            rungs.append(rung)
            rung *= self.reduction
        return tuple(rungs)

    def bracket_of(self, index: int) -> int:
        """The bracket of a candidate: brackets with more rungs get more of them."""
        places = [
            bracket for bracket in range(self.brackets) for _ in range(len(self.rungs(bracket)))
        ]
        return places[index % len(places)]

    def rung_of(self, bracket: int, epoch: int) -> int:
        """The number, from 1, of the rung at which a trial stopped after an epoch."""
        return sum(rung <= epoch for rung in self.rungs(bracket))


class Race(FIFOScheduler):
    """One ASHA scheduler per bracket, fed with what ran before.

    Args:
        rules: of the race.
        before: trials of earlier runs, in the order in which they ended.
    """

    def __init__(self, rules: RaceRules, before: Sequence[Ran] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._brackets: list[Any] = [
            ASHAScheduler(
                time_attr=_EPOCH,
                metric=ACCURACY,
                mode="max",
                max_t=rules.epochs,
                grace_period=rules.first_rung * rules.reduction**bracket,
                reduction_factor=rules.reduction,
            )
            for bracket in range(rules.brackets)
        ]

        for number, ran in enumerate(before):
            for epoch, accuracy in enumerate(ran.accuracies, start=1):
                self.decides(f"before-{number}", ran.bracket, epoch, accuracy=accuracy)

    def decides(self, name: str, bracket: int, epoch: int, *, accuracy: float) -> str:
        """CONTINUE or STOP for a recorded trial of this name, which is not trained now."""
        trial, scheduler = SimpleNamespace(trial_id=name), self._brackets[bracket]
        scheduler.on_trial_add(None, trial)
        result = {_EPOCH: epoch, ACCURACY: accuracy}
        decided: str = scheduler.on_trial_result(None, trial, result)
        return decided

    def _of(self, trial: Any) -> Any:
        return self._brackets[trial.config["task"]["bracket"] or 0]

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        """A trial enters."""
        self._of(trial).on_trial_add(tune_controller, trial)

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        """Whether it goes on after an epoch."""
        decided: str = self._of(trial).on_trial_result(tune_controller, trial, result)
        return decided

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
        """A trial came to its end."""
        self._of(trial).on_trial_complete(tune_controller, trial, result)

    def on_trial_remove(self, tune_controller: Any, trial: Any) -> None:
        """A trial is gone."""
        self._of(trial).on_trial_remove(tune_controller, trial)
