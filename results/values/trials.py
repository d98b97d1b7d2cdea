"""Trials, their attempts, and what each epoch reported."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field

from results.states import AttemptState, TrialState
from results.values.json import Moment
from search_spaces.errors import InputError


@dataclass(frozen=True, kw_only=True)
class EpochReport:
    """A trial at one of its evaluations; counts run from the first step of the attempt.

    Figures that are not finite are stored as None.
    """

    epoch: int
    """Number of this report, from 1."""
    steps: int
    """Optimizer steps."""
    images: int
    """Training images, repeats counted."""
    train_loss: float | None = None
    """Mean over the steps since the last report, with label smoothing and augmentation."""
    validation_loss: float | None = None
    accuracy: float
    """Top-1 on the validation split, 0 to 1."""
    top5_accuracy: float | None = None
    """None with ten classes or fewer."""
    train_seconds: float | None = None
    images_per_second: float
    """Training images since the last report, evaluation not counted."""
    peak_memory_bytes: int | None = None
    """Most memory used so far: of the process on a CPU (sampled between forward and backward), of
    the device's allocator on CUDA."""
    learning_rate: float | None = None
    """Of the last step; not stored."""
    diverged: bool = False
    """The trial stops here because its loss is not finite or exploded; not stored."""


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What one attempt reported after one epoch; counts run from its first step."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 21,
                "trial": 5,
                "candidate": 4,
                "seed": 0,
                "attempt": 1,
                "attempt_id": 5,
                "epoch": 1,
                "steps": 25,
                "images": 800,
                "train_loss": 1.9,
                "validation_loss": 1.7,
                "accuracy": 0.43,
                "top5_accuracy": None,
                "train_seconds": 1.9,
                "images_per_second": 421.1,
                "peak_memory_bytes": 301_989_888,
                "reported_at": "2026-11-22T10:00:04Z",
            }
        }
    )

    id: int
    trial: Annotated[int, Field(description="Id of the trial.")]
    candidate: Annotated[int, Field(description="Index of the candidate in the plan.")]
    seed: int
    attempt: Annotated[int, Field(description="Number of the attempt at the trial.")]
    attempt_id: Annotated[int, Field(description="Id of the attempt.")]
    epoch: int
    steps: int
    images: int
    train_loss: float | None
    validation_loss: float | None
    accuracy: float | None
    top5_accuracy: float | None
    train_seconds: float | None
    images_per_second: float | None
    peak_memory_bytes: int | None
    reported_at: Moment


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """A trial at its end: its last evaluation, and what it took.

    Raises:
        InputError: without divergence, if the accuracy is missing or not within 0 to 1.
    """

    accuracy: float | None
    """Top-1 on the validation split, 0 to 1."""
    loss: float | None = None
    """Mean cross-entropy on the validation split, without label smoothing."""
    top5_accuracy: float | None = None
    images: int
    """Training images, repeats counted."""
    steps: int
    train_seconds: float | None = None
    """Time in training steps, without building, resizing and evaluating."""
    seconds: float | None = None
    """Time with building, resizing and evaluating; not stored."""
    images_per_second: float | None = None
    """images / train_seconds."""
    peak_memory_bytes: int | None = None
    """As in `EpochReport`."""
    correct: bytes | None = None
    """One bit for each validation image in the split's order, by `pack_correct`; paired
    comparisons of candidates need it."""
    n_validation: int | None = None
    """Validation images: the bits of `correct` that count."""
    diverged: bool = False
    """Training stopped early because the loss was not finite or exploded."""

    def __post_init__(self) -> None:
        if self.diverged:
            return
        if self.accuracy is None or not math.isfinite(self.accuracy) or not 0 <= self.accuracy <= 1:
            raise InputError(
                f"accuracy is {self.accuracy}: a finished trial's accuracy lies between 0 and 1; "
                "mark a trial without one as diverged"
            )

    @property
    def error(self) -> str | None:
        """Where it diverged, if it did."""
        return f"diverged at step {self.steps}" if self.diverged else None


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
    """One candidate trained with one seed."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 5,
                "candidate": 4,
                "candidate_id": 12,
                "roles": ["search"],
                "alpha": 1.0,
                "beta": 1.19,
                "gamma": 1.19,
                "flops": 3_401_600,
                "params": 512_000,
                "activations": 160_000,
                "measured_ratio": 1.98,
                "seed": 0,
                "state": "finished",
                "attempts": 1,
                "worker": "worker-1",
                "started_at": "2026-11-22T10:00:02Z",
                "finished_at": "2026-11-22T10:00:12Z",
                "accuracy": 0.871,
                "top5_accuracy": None,
                "loss": 0.52,
                "images": 4000,
                "steps": 125,
                "train_seconds": 9.4,
                "images_per_second": 425.5,
                "peak_memory_bytes": 301_989_888,
                "error": None,
                "n_validation": 287,
                "rung": None,
            }
        }
    )

    id: int
    candidate: Annotated[int, Field(description="Index of the candidate in the plan.")]
    candidate_id: Annotated[int, Field(description="Id of the candidate.")]
    roles: Annotated[tuple[str, ...], Field(description="Why the candidate is in the plan.")]
    alpha: float
    beta: float
    gamma: float
    flops: Annotated[int, Field(description="Multiply-adds of one image.")]
    params: int
    activations: int
    measured_ratio: Annotated[float, Field(description="FLOPs over the baseline's.")]
    seed: int
    state: TrialState
    attempts: Annotated[int, Field(description="How often it was started.")]
    worker: str | None
    started_at: Moment | None
    """When the latest attempt started."""
    finished_at: Moment | None
    accuracy: Annotated[float | None, Field(description="Top-1 on the validation split, 0 to 1.")]
    top5_accuracy: float | None
    loss: float | None
    images: Annotated[int | None, Field(description="Training images seen, repeats counted.")]
    steps: int | None
    train_seconds: float | None
    images_per_second: float | None
    peak_memory_bytes: int | None
    error: str | None
    n_validation: Annotated[int | None, Field(description="Images of the validation split.")]
    rung: Annotated[
        int | None,
        Field(description="At which rung, from 1, a race stopped it; else null."),
    ]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a trial, numbered from 1."""

    id: int
    trial_id: int
    number: int
    state: AttemptState
    worker: str | None
    started_at: Moment
    finished_at: Moment | None
    error: str | None


def pack_correct(correct: npt.NDArray[np.bool_]) -> bytes:
    """One bool for each image, shape (n,), as ceil(n / 8) bytes."""
    return np.packbits(correct).tobytes()


def unpack_correct(packed: bytes, n_validation: int) -> npt.NDArray[np.bool_]:
    """The bools, shape (n_validation,), that `pack_correct` packed."""
    bits: npt.NDArray[Any] = np.unpackbits(np.frombuffer(packed, np.uint8), count=n_validation)
    return bits.astype(np.bool_)
