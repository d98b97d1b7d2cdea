"""Transfers: weights that were learned on some images, used on others."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from results.values.json import Moment, documented

_CELL: dict[str, Any] = {
    "weights": "b0",
    "dataset": "photos",
    "method": "full",
    "params": 330_000,
    "flops": 8_400_000,
    "trained_params": 330_000,
    "resolution_px": 32,
    "seeds": 3,
    "diverged": 0,
    "accuracy": {"mean": 0.812, "low": 0.795, "high": 0.829},
    "gain": {"mean": 0.054, "low": 0.031, "high": 0.077, "seeds": 3, "verdict": "better"},
    "learning_rate": 0.004,
    "rates": [{"learning_rate": 0.004, "accuracy": 0.82}],
    "rate_at_end": False,
    "train_seconds": 21.5,
    "checkpoint": "transfer-1-full-seed-0-3f6c0e8a1b2d.safetensors",
}

_TRANSFER: dict[str, Any] = {
    "id": 1,
    "name": "transfer",
    "weights": [{"name": "b0", "source": "b0.safetensors", "kind": "checkpoint"}],
    "datasets": [{"name": "photos", "classes": 4, "train_images": 200, "measured_on": "test"}],
    "created_at": "2026-11-22T10:00:00Z",
    "finished_at": "2026-11-22T10:20:00Z",
    "complete": True,
    "runs_done": 20,
    "runs_of": 20,
    "cells": [_CELL],
    "versions": {"torch": "2.13.0"},
    "hardware": {"cores": 2},
    "spec": {"methods": ["linear_probe", "full", "gradual", "scratch"], "seeds": [0, 1, 2]},
}

_RUN: dict[str, Any] = {
    "id": 4,
    "weights": "b0",
    "dataset": "photos",
    "method": "full",
    "seed": 0,
    "learning_rate": 0.004,
    "role": "result",
    "spec_key": "0f3a9c1d2e4b5a67",
    "resolution_px": 32,
    "params": 330_000,
    "flops": 8_400_000,
    "trained_params": 330_000,
    "accuracy": 0.815,
    "validation_accuracy": 0.82,
    "n_images": 800,
    "steps": 200,
    "images": 12_800,
    "train_seconds": 21.5,
    "seconds": 23.1,
    "diverged": False,
    "curve": [[3200, 1.21, 0.61], [12_800, 0.42, 0.82]],
    "checkpoint": "transfer-1-full-seed-0-3f6c0e8a1b2d.safetensors",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size_bytes": 1_400_000,
    "created_at": "2026-11-22T10:01:12Z",
}


@dataclass(frozen=True, kw_only=True)
class NewTransfer:
    """A transfer, to be stored before anything is trained."""

    name: str
    weights: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            description="Of each its `name`, source, hash and network, and what it was trained on."
        ),
    ]
    datasets: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            description="Of each its `name`, `fingerprint`, `split_key` and `test_fingerprint` "
            "(hashes of the images, of their split and of the test images), `classes`, the number "
            "of images of each split, the split that accuracies are `measured_on`, and `notes`."
        ),
    ]
    versions: dict[str, Any]
    hardware: dict[str, Any]
    spec: Annotated[
        dict[str, Any], Field(description="The whole specification, enough to repeat it.")
    ]


@dataclass(frozen=True, kw_only=True)
class Transfer(NewTransfer):
    """A transfer: weights × data sets × methods, each measured over several seeds."""

    __pydantic_config__ = documented(_TRANSFER)

    id: int
    created_at: Moment
    finished_at: Annotated[
        Moment | None, Field(description="End of the last run; null while runs are missing.")
    ]
    complete: Annotated[bool, Field(description="Whether every run of the specification is done.")]
    runs_done: int
    runs_of: Annotated[
        int | None, Field(description="Runs of the specification; null before the first ends.")
    ]
    cells: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            description="Of each weights, data set and method: `params` and `flops` of the "
            "network, `accuracy` with its 95% interval over seeds and images, and the paired "
            "`gain` over the same network from scratch, with a `verdict` (better, worse or no "
            "difference shown)."
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class Transfers:
    """Some transfers."""

    __pydantic_config__ = documented({"transfers": [_TRANSFER]})

    transfers: Annotated[list[Transfer], Field(description="Newest first.")]


@dataclass(frozen=True, kw_only=True)
class NewTransferRun:
    """One training of a transfer that came to its end."""

    weights: str
    dataset: str
    method: Annotated[str, Field(description="linear_probe, full, gradual or scratch.")]
    seed: int
    learning_rate: float
    role: Annotated[
        str, Field(description="`rate`: it helped to choose the learning rate; or `result`.")
    ]
    spec_key: Annotated[str, Field(description="Identity of the network.")]
    resolution_px: int
    params: int
    flops: int
    trained_params: Annotated[int, Field(description="Parameters that were trained at the end.")]
    accuracy: Annotated[float | None, Field(description="Top-1, 0 to 1; null for a rate.")]
    validation_accuracy: Annotated[float | None, Field(description="Null if it diverged.")]
    correct: Annotated[bytes | None, Field(exclude=True)] = None
    """One bit for each of `n_images`, in their order, as `numpy.packbits` packs them; no JSON."""
    n_images: Annotated[int, Field(description="Number of images that `accuracy` is of.")]
    steps: int
    images: Annotated[int, Field(description="Trained, repeats counted.")]
    train_seconds: float
    seconds: Annotated[float, Field(description="With building and evaluating.")]
    diverged: bool
    curve: Annotated[
        tuple[tuple[int, float | None, float], ...],
        Field(description="At each report: images trained, training loss, validation accuracy."),
    ]
    checkpoint: Annotated[
        str | None,
        Field(
            description="The file of its network, in the folder of checkpoints of the machine "
            "that trained it."
        ),
    ] = None
    sha256: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class TransferRun(NewTransferRun):
    """One training of a transfer, as it is stored."""

    __pydantic_config__ = documented(_RUN)

    id: int
    created_at: Moment


@dataclass(frozen=True, kw_only=True)
class TransferRuns:
    """Every run of a transfer."""

    __pydantic_config__ = documented({"runs": [_RUN]})

    runs: Annotated[list[TransferRun], Field(description="In the order in which they ended.")]
