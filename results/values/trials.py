"""Trials, their attempts, and what each epoch reported."""

import math
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from results.states import AttemptState, TrialState
from search_spaces.errors import InputError


@dataclass(frozen=True, kw_only=True)
class NewEpoch:
    """What an attempt reports after an epoch; counts and seconds run from its first step.

    NaN and infinity are stored as None.
    """

    attempt_id: int
    epoch: int
    """From 1."""
    steps: int
    images: int
    train_loss: float | None = None
    validation_loss: float | None = None
    accuracy: float | None = None
    """Top-1 on the validation split, 0 to 1."""
    top5_accuracy: float | None = None
    train_seconds: float | None = None
    images_per_second: float | None = None
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Epoch(NewEpoch):
    """A stored epoch, with the trial and attempt that it belongs to."""

    id: int
    trial_id: int
    attempt: int
    """Number of the attempt, from 1."""
    reported_at: datetime


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """How a trial ended: with an accuracy, or diverged.

    Args:
        correct: one bool for each validation image, in the split's order, for intervals over
            images; shape (n_validation,).

    Raises:
        InputError: without divergence, if the accuracy is missing or not within 0 to 1.
    """

    accuracy: float | None
    loss: float | None = None
    top5_accuracy: float | None = None
    images: int
    steps: int
    train_seconds: float | None = None
    images_per_second: float | None = None
    peak_memory_bytes: int | None = None
    correct: npt.NDArray[np.bool_] | None = field(default=None, compare=False, repr=False)
    diverged: bool = False
    error: str | None = None
    """For a diverged trial: where and how it diverged."""

    def __post_init__(self) -> None:
        if self.diverged:
            return
        if self.accuracy is None or not math.isfinite(self.accuracy) or not 0 <= self.accuracy <= 1:
            raise InputError(
                f"accuracy is {self.accuracy}: a finished trial's accuracy lies between 0 and 1; "
                "mark a trial without one as diverged"
            )


@dataclass(frozen=True, kw_only=True)
class StoppedTrial:
    """How far a trial came that its sweep's strategy ended early."""

    rung: int
    """Which of the strategy's rungs it did not pass, from 1."""
    epoch: int
    """The last one that it reported."""
    images: int
    steps: int
    accuracy: float | None
    """After that epoch: for the log, since a trial's own accuracy is that of a full budget."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A stored trial: one candidate trained with one seed."""

    id: int
    sweep_id: int
    candidate_id: int
    seed: int
    state: TrialState
    attempts: int
    """How many attempts have been started, interrupted ones included."""
    worker: str | None
    started_at: datetime | None
    """When the latest attempt started."""
    finished_at: datetime | None
    accuracy: float | None
    top5_accuracy: float | None
    loss: float | None
    images: int | None
    steps: int | None
    train_seconds: float | None
    images_per_second: float | None
    peak_memory_bytes: int | None
    error: str | None
    n_validation: int | None
    rung: int | None
    """At which rung, from 1, a race stopped it; None unless it is `stopped`."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a trial, numbered from 1."""

    id: int
    trial_id: int
    number: int
    state: AttemptState
    worker: str | None
    started_at: datetime
    finished_at: datetime | None
    error: str | None
