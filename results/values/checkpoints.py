"""The weights that trials left, and where their networks look."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class NewCheckpoint:
    """A file in the folder of checkpoints, and the trial whose weights it holds."""

    trial_id: int
    name: str
    """Of the file, without a folder."""
    sha256: str
    """Of all its bytes."""
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class CheckpointRecord(NewCheckpoint):
    """A stored one, with what its trial is."""

    candidate: int
    """Index of the candidate in the plan."""
    spec_key: str
    """The network's."""
    seed: int
    accuracy: float | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewGallery:
    """Class activation maps of a sweep's networks."""

    sweep_id: int
    networks: tuple[dict[str, Any], ...]
    """Of each network what it is, and how well its maps point at objects."""
    page: bytes
    """HTML that needs nothing else."""
    picture: bytes
    """The first page of images, as PNG."""


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """A stored one without its page and picture."""

    sweep_id: int
    networks: tuple[dict[str, Any], ...]
    created_at: datetime
