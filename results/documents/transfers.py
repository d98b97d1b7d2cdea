"""Transfers: what was learned on some images, used on others."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.values import Transfer, TransferRun

_CELL: Final[dict[str, Any]] = {
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

TRANSFER: Final[dict[str, Any]] = {
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

RUN: Final[dict[str, Any]] = {
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


class TransferItem(Document):
    """A transfer: weights × data sets × methods, each measured over several seeds."""

    model_config = ConfigDict(json_schema_extra={"example": TRANSFER})

    id: int
    name: str
    weights: list[dict[str, Any]] = Field(
        description="Of each its `name`, where it is from, its hash and network, and what it was "
        "trained on."
    )
    datasets: list[dict[str, Any]] = Field(
        description="Of each its `name`, `fingerprint`, `split_key` and `test_fingerprint` (hashes "
        "of the images, of their split and of the test images), `classes`, the images of each "
        "split, on which of them accuracies were `measured_on`, and `notes` on the images."
    )
    created_at: Moment
    finished_at: Moment | None = Field(description="When everything was trained; null before.")
    complete: bool = Field(description="Whether every run that was asked for is there.")
    runs_done: int
    runs_of: int | None = Field(description="How many were asked for; null before the first.")
    cells: list[dict[str, Any]] = Field(
        description="Of each weights, data set and method: `params` and `flops` of the network, "
        "`accuracy` with its 95% interval over seeds and images, and the paired `gain` over the "
        "same network from scratch, with a `verdict` (better, worse or no difference shown)."
    )
    versions: dict[str, Any]
    hardware: dict[str, Any]
    spec: dict[str, Any] = Field(description="The whole specification, enough to repeat it.")

    @classmethod
    def from_record(cls, row: Transfer) -> Self:
        """From what is stored."""
        report = row.report or {}
        return cls.of(
            row,
            weights=list(row.weights),
            datasets=list(row.datasets),
            complete=bool(report.get("complete", False)),
            runs_done=report.get("runs", 0),
            runs_of=report.get("of"),
            cells=list(report.get("cells", [])),
        )

    def to_record(self) -> Transfer:
        """The record."""
        report = None
        if self.runs_of is not None:
            report = {
                "complete": self.complete,
                "runs": self.runs_done,
                "of": self.runs_of,
                "cells": self.cells,
            }
        return self.fill(
            Transfer, weights=tuple(self.weights), datasets=tuple(self.datasets), report=report
        )


class TransferRunItem(Document):
    """One training of a transfer."""

    model_config = ConfigDict(json_schema_extra={"example": RUN})

    id: int
    weights: str
    dataset: str
    method: str = Field(description="linear_probe, full, gradual or scratch.")
    seed: int
    learning_rate: float
    role: str = Field(description="`rate`: it helped to choose the learning rate; or `result`.")
    spec_key: str = Field(description="Identity of the network.")
    resolution_px: int
    params: int
    flops: int
    trained_params: int = Field(description="Parameters that were trained at the end.")
    accuracy: float | None = Field(description="Top-1, 0 to 1; null for a rate.")
    validation_accuracy: float | None = Field(description="Null if it diverged.")
    n_images: int = Field(description="That `accuracy` is of.")
    steps: int
    images: int = Field(description="Trained, repeats counted.")
    train_seconds: float
    seconds: float
    diverged: bool
    curve: list[tuple[int, float | None, float]] = Field(
        description="At each report: images trained, training loss, validation accuracy."
    )
    checkpoint: str | None = Field(
        description="The file of its network, in the folder of checkpoints where it was trained."
    )
    sha256: str | None
    size_bytes: int | None
    created_at: Moment

    @classmethod
    def from_record(cls, row: TransferRun) -> Self:
        """From what is stored; which images were right is left out."""
        return cls.of(row, curve=list(row.curve))

    def to_record(self, transfer_id: int) -> TransferRun:
        """The record, without which images were right."""
        return self.fill(
            TransferRun, curve=tuple(self.curve), transfer_id=transfer_id, correct=None
        )
