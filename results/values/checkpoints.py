"""The weights that trials left, and the class activation maps of their networks."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from results.values.json import Moment, documented

_CHECKPOINT: dict[str, Any] = {
    "trial": 5,
    "candidate": 4,
    "seed": 0,
    "accuracy": 0.871,
    "spec_key": "0f3a9c1d2e4b5a67",
    "name": "sweep-1-trial-5-3f6c0e8a1b2d.safetensors",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size_bytes": 2_150_400,
    "created_at": "2026-11-22T10:00:12Z",
}

_GALLERY: dict[str, Any] = {
    "networks": [
        {
            "name": "compound",
            "resolution_px": 40,
            "map_px": 5,
            "method": "cam",
            "pointing": 0.75,
            "energy": 0.4,
            "area": 0.1,
        }
    ],
    "created_at": "2026-11-22T10:05:00Z",
}


@dataclass(frozen=True, kw_only=True)
class NewCheckpoint:
    """A file in the folder of checkpoints, and the trial whose weights it holds."""

    trial: Annotated[int, Field(description="Id of the trial.")]
    name: Annotated[
        str,
        Field(description="The file, in the folder of checkpoints of the machine that trained it."),
    ]
    sha256: Annotated[str, Field(description="Of the whole file.")]
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class CheckpointRecord(NewCheckpoint):
    """The file in which a trial left its weights."""

    __pydantic_config__ = documented(_CHECKPOINT)

    candidate: Annotated[int, Field(description="Index of the candidate in the plan.")]
    seed: int
    accuracy: Annotated[
        float | None, Field(description="Top-1 accuracy on the validation split, 0 to 1.")
    ]
    spec_key: Annotated[str, Field(description="Identity of the network.")]
    created_at: Moment


@dataclass(frozen=True, kw_only=True)
class Checkpoints:
    """All files of weights that a sweep keeps."""

    __pydantic_config__ = documented({"checkpoints": [_CHECKPOINT]})

    checkpoints: Annotated[
        list[CheckpointRecord], Field(description="By accuracy, the best first.")
    ]


@dataclass(frozen=True, kw_only=True)
class NewGallery:
    """Class activation maps of a sweep's networks."""

    sweep_id: int
    networks: tuple[dict[str, Any], ...]
    """Of each network what it is, and how well its maps point at objects."""
    page: bytes
    """Self-contained HTML."""
    picture: bytes
    """The first page of images, as PNG."""


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Figures of a sweep's class activation maps."""

    __pydantic_config__ = documented(_GALLERY)

    networks: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            description="As `scaling-search cam --json` prints them: of each its `name`, "
            "`resolution_px`, `map_px`, `method`, and the means `pointing`, `energy` and `area`."
        ),
    ]
    created_at: Moment
