"""Transfers: weights that were learned on some images, used on others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class NewTransfer:
    """A transfer, to be stored before anything is trained."""

    name: str
    spec: dict[str, Any]
    """The whole `TransferSpec`."""
    weights: tuple[dict[str, Any], ...]
    """Of each weights their name, source, hash, network, and what they were trained on."""
    datasets: tuple[dict[str, Any], ...]
    """Of each data set its name, the fingerprints and images of its splits, classes and notes."""
    versions: dict[str, Any]
    hardware: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Transfer(NewTransfer):
    """A stored transfer."""

    id: int
    report: dict[str, Any] | None
    """What it found so far; None before the first run."""
    created_at: datetime
    finished_at: datetime | None
    """When everything was trained; None before."""


@dataclass(frozen=True, kw_only=True)
class NewTransferRun:
    """One training of a transfer that came to its end."""

    weights: str
    dataset: str
    method: str
    seed: int
    learning_rate: float
    role: str
    """`rate`: it helped to choose the learning rate; `result`: it was measured."""
    spec_key: str
    resolution_px: int
    params: int
    flops: int
    trained_params: int
    """Those that were trained at the end."""
    accuracy: float | None
    """Top-1 on the images that the transfer measures on, 0 to 1; None where none was measured."""
    validation_accuracy: float | None
    """None if it diverged."""
    correct: bytes | None
    """One bit for each of `n_images`, in their order, as `numpy.packbits` packs them."""
    n_images: int
    steps: int
    images: int
    train_seconds: float
    seconds: float
    """With building and evaluating."""
    diverged: bool
    curve: tuple[tuple[int, float | None, float], ...]
    """At each report: images trained, training loss, validation accuracy."""
    checkpoint: str | None = None
    """The file of the network in the folder of checkpoints, if it was kept."""
    sha256: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class TransferRun(NewTransferRun):
    """A stored run."""

    id: int
    transfer_id: int
    created_at: datetime
