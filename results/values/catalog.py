"""What outlives a sweep: measured complexities, data sets by fingerprint; and known baselines."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field

from results.values.json import Moment, documented
from search_spaces.baselines import Baseline, complexity
from search_spaces.families import PUBLISHED_FAMILIES

_DATASET: dict[str, Any] = {
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

_BASELINE: dict[str, Any] = {
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
    """The measured complexity of a network; one multiply-add is one FLOP."""

    key: MeasurementKey
    flops: int
    params: int
    activations: int
    uncounted: dict[str, int]
    """Operators that were not counted, and how often each occurs."""
    seconds: float
    """Duration of the measurement."""


@dataclass(frozen=True, kw_only=True)
class DatasetSummary:
    """A registered data set, as last seen; a submitted sweep names it by its name."""

    __pydantic_config__ = documented(_DATASET)

    name: str
    fingerprint: Annotated[str, Field(description="Hash of the images' content.")]
    classes: int
    class_names: Annotated[
        tuple[str, ...], Field(description="In the order of the labels, where known.")
    ]
    images: Annotated[int, Field(description="Training images, validation split included.")]
    channels: int
    native_px: Annotated[
        int | None, Field(description="Side of the images in px, if they share one.")
    ]
    notes: Annotated[
        tuple[str, ...], Field(description="What a reader of results should know about them.")
    ]
    seen_at: Moment


@dataclass(frozen=True, kw_only=True)
class Datasets:
    """Every registered data set."""

    __pydantic_config__ = documented({"datasets": [_DATASET]})

    datasets: list[DatasetSummary]


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A data set in its present state; another content is another row."""

    name: str
    fingerprint: str
    """Hash of the content."""
    source: str
    """Where it comes from: a path, a Hub name, a package."""
    classes: int
    images: int
    """In the training data, validation split included."""
    channels: int
    native_px: int | None = None
    """Side of the images; None if they vary without a common size."""
    details: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Dataset(DatasetSummary):
    """A stored data set with what stays on the server: where it comes from, and all its details."""

    id: int
    source: str
    """Where it comes from: a path, a Hub name, a package."""
    details: dict[str, Any]

    @property
    def choices(self) -> dict[str, Any]:
        """How the images are read, where the registration deviates from the default."""
        return dict(self.details.get("choices", {}))

    @property
    def detail_px(self) -> int | None:
        """Pixels of detail along a side: the images' own (median), or fewer where fewer are kept.

        None if unknown.
        """
        native = self.details.get("native_median_px", self.native_px)
        return None if native is None else min(native, self.details.get("source_px", native))


@dataclass(frozen=True, kw_only=True)
class BaselineSummary:
    """A network that can be scaled, and what it costs unscaled."""

    __pydantic_config__ = documented(_BASELINE)

    name: str
    params: int
    flops: Annotated[int, Field(description="Multiply-adds of one image.")]
    activations: int
    complexity_source: Annotated[str, Field(description="Method that counted the FLOPs.")]
    resolution_px: Annotated[int, Field(description="Its own base resolution.")]
    classes: int
    in_channels: int
    stages: int
    blocks: int
    total_stride: int
    rounding: Annotated[
        dict[str, Any],
        Field(description="How multipliers become blocks, channels and pixels."),
    ]
    published_family: Annotated[
        bool, Field(description="Whether /v1/families/published has its family.")
    ]
    spec: Annotated[dict[str, Any], Field(description="The realised network.")]

    @classmethod
    def of(cls, baseline: Baseline) -> Self:
        """The summary of a baseline, its cost in closed form."""
        cost, base = complexity(baseline, baseline.base), baseline.base
        return cls(
            name=baseline.name,
            params=cost.params,
            flops=cost.flops,
            activations=cost.activations,
            complexity_source="closed_form",
            resolution_px=base.resolution_px,
            classes=base.classes,
            in_channels=base.in_channels,
            stages=len(base.stages),
            blocks=sum(base.depths),
            total_stride=math.prod(base.strides),
            rounding=baseline.rounding.model_dump(),
            published_family=baseline.name in PUBLISHED_FAMILIES,
            spec=base.to_dict(),
        )


@dataclass(frozen=True, kw_only=True)
class Baselines:
    """Every network that can be scaled."""

    __pydantic_config__ = documented({"baselines": [_BASELINE]})

    baselines: list[BaselineSummary]
