"""The weights that trials left, and where their networks look."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.values import CheckpointRecord, Gallery

CHECKPOINT: Final[dict[str, Any]] = {
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

MAPS: Final[dict[str, Any]] = {
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


class CheckpointItem(Document):
    """The file in which a trial left its weights."""

    model_config = ConfigDict(json_schema_extra={"example": CHECKPOINT})

    trial: int = Field(description="Id of the trial.")
    candidate: int = Field(description="Index of the candidate in the plan.")
    seed: int
    accuracy: float | None = Field(description="Top-1 on the validation split, 0 to 1.")
    spec_key: str = Field(description="Identity of the network.")
    name: str = Field(description="The file, in the folder of checkpoints where it was trained.")
    sha256: str = Field(description="Of the whole file.")
    size_bytes: int
    created_at: Moment

    @classmethod
    def from_record(cls, row: CheckpointRecord) -> Self:
        """From what the store reads."""
        return cls.of(row, trial=row.trial_id)

    def to_record(self) -> CheckpointRecord:
        """The record."""
        return self.fill(CheckpointRecord, trial_id=self.trial)


class Checkpoints(Document):
    """All that a sweep kept."""

    model_config = ConfigDict(json_schema_extra={"example": {"checkpoints": [CHECKPOINT]}})

    checkpoints: list[CheckpointItem] = Field(description="By accuracy, best first.")


class Maps(Document):
    """Class activation maps of a sweep's networks, in figures."""

    model_config = ConfigDict(json_schema_extra={"example": MAPS})

    networks: list[dict[str, Any]] = Field(
        description="As `scaling-search cam --json` prints them: of each its `name`, "
        "`resolution_px`, `map_px`, `method`, and the means `pointing`, `energy` and `area`."
    )
    created_at: Moment

    @classmethod
    def from_record(cls, row: Gallery) -> Self:
        """From what the store reads."""
        return cls.of(row, networks=list(row.networks))
