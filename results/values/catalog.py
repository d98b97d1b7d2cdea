"""What outlives a sweep: measured complexities, and data sets by fingerprint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class MeasurementKey:
    """What a measurement depends on."""

    spec_key: str
    classes: int
    in_channels: int
    mode: str
    """`train` or `eval`: fvcore counts batch norm differently."""
    versions: str
    """Versions of the libraries that counted, such as `fvcore 0.1.5, torch 2.13.0`."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was counted: one multiply-add is one FLOP."""

    key: MeasurementKey
    flops: int
    params: int
    activations: int
    uncounted: dict[str, int]
    """Operators that were not counted, and how often each occurs."""
    seconds: float
    """What the measurement took."""


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A data set as it is now."""

    name: str
    fingerprint: str
    """Hash of the content: another content is another row."""
    source: str
    """Where it comes from: a path, a Hub name, a package."""
    classes: int
    images: int
    """In the training data, validation split included."""
    channels: int
    native_resolution_px: int | None = None
    """Side of the images; None if they vary without a common size."""
    details: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Dataset(NewDataset):
    """A stored data set."""

    id: int
    seen_at: datetime
    """When it was last stored with this content."""

    @property
    def choices(self) -> dict[str, Any]:
        """What was chosen of how to read the images, when they were registered."""
        return dict(self.details.get("choices", {}))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of results should know about the images."""
        return tuple(self.details.get("notes", ()))

    @property
    def detail_px(self) -> int | None:
        """Pixels of detail along a side: the images' own (median), or fewer where fewer are kept.

        None if unknown.
        """
        native = self.details.get("native_median_px", self.native_resolution_px)
        return None if native is None else min(native, self.details.get("source_px", native))
