"""What can be searched, and on what: baselines and data sets."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.values import Dataset

DATASET: Final[dict[str, Any]] = {
    "name": "digits",
    "fingerprint": "3f6c0e",
    "classes": 10,
    "class_names": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    "images": 1437,
    "channels": 1,
    "native_px": 8,
    "notes": [],
    "seen_at": "2026-11-22T10:00:00Z",
}


BASELINE: Final[dict[str, Any]] = {
    "name": "efficientnet_b0",
    "params": 5_288_548,
    "flops": 401_659_392,
    "activations": 6_727_352,
    "complexity_source": "closed_form",
    "resolution_px": 224,
    "classes": 1000,
    "in_channels": 3,
    "stages": 7,
    "blocks": 16,
    "total_stride": 32,
    "rounding": {"depth": "ceil", "width_divisor": 8},
    "published_family": True,
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 224},
}


class DatasetItem(Document):
    """A registered data set, as last seen; a submitted sweep names it by its name."""

    model_config = ConfigDict(json_schema_extra={"example": DATASET})

    name: str
    fingerprint: str = Field(description="Hash of the images' content.")
    classes: int
    class_names: list[str] = Field(description="In the order of the labels, where known.")
    images: int = Field(description="Training images, validation split included.")
    channels: int
    native_px: int | None = Field(description="Side of the images in px, if they share one.")
    notes: list[str] = Field(description="What a reader of results should know about them.")
    seen_at: Moment

    @classmethod
    def from_record(cls, row: Dataset) -> Self:
        """From what is stored, but for paths, which are the server's business."""
        return cls.of(
            row,
            class_names=list(row.details.get("class_names", [])),
            native_px=row.native_resolution_px,
            notes=list(row.notes),
        )


class BaselineItem(Document):
    """A network that can be scaled, and what it costs unscaled."""

    model_config = ConfigDict(json_schema_extra={"example": BASELINE})

    name: str
    params: int
    flops: int = Field(description="Multiply-adds of one image.")
    activations: int
    complexity_source: str = Field(description="What counted the FLOPs.")
    resolution_px: int = Field(description="Its own base resolution.")
    classes: int
    in_channels: int
    stages: int
    blocks: int
    total_stride: int
    rounding: dict[str, Any] = Field(description="How multipliers become blocks, channels, px.")
    published_family: bool = Field(description="Whether /v1/families/published has its family.")
    spec: dict[str, Any] = Field(description="The realised network.")
